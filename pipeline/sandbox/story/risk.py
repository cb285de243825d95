"""Identity Protection: people at risk, what was detected, and how it ended."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.sandbox.story.catalogue import BLOCK
from pipeline.sandbox.story.identity import derived_uuid

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_KEPT = 90  # days that a detection is kept
# riskEventType, level, timing, activity
_EVENTS = (
    ("unfamiliarFeatures", "medium", "realtime", "signin"),
    ("anonymizedIPAddress", "medium", "realtime", "signin"),
    ("passwordSpray", "high", "offline", "signin"),
    ("leakedCredentials", "high", "offline", "user"),
    ("unlikelyTravel", "low", "offline", "signin"),
    ("maliciousIPAddress", "high", "offline", "signin"),
)
# How it ends: riskState, riskDetail, risk level of the person after it.
_ENDS = (
    ("remediated", "userPerformedSecuredPasswordChange", "none"),
    ("remediated", "userPassedMFADrivenByRiskBasedPolicy", "none"),
    ("dismissed", "adminDismissedAllRiskForUser", "none"),
    ("confirmedSafe", "adminConfirmedSigninSafe", "none"),
    ("confirmedCompromised", "adminConfirmedUserCompromised", "high"),
)
_PLACES = (
    ("Porto Alegre", "Rio Grande do Sul", "BR", -30.03, -51.23),
    ("Lagos", "Lagos", "NG", 6.45, 3.39),
    ("Hanoi", "Ha Noi", "VN", 21.03, 105.85),
    ("Reykjavik", "Hofudborgarsvaedi", "IS", 64.15, -21.94),
)


@dataclass(frozen=True)
class Episode:
    """Somebody is at risk from day `start` on; `end` is the day on which it is over, if ever."""

    number: int
    user: dict[str, Any]
    start: int
    end: int | None
    event: tuple[str, str, str, str]
    outcome: tuple[str, str, str]


class Risk:
    """One tenant's episodes: one a block of days for an administrator, several for others."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def _episodes(self, day: int) -> list[Episode]:
        found = []
        for block in range(-1, day // BLOCK + 1):
            for place in range(3):
                episode = self._episode(block, place)
                if episode and episode.start <= day:
                    found.append(episode)
        return sorted(found, key=lambda episode: (episode.start, episode.number))

    def _episode(self, block: int, place: int) -> Episode | None:
        rng = self._tenant.rng("risk", block, place)
        start = block * BLOCK + rng.randint(2 + 8 * place, 9 + 8 * place)
        # The first of all is of somebody whom the directory no longer knows.
        number = 10**6 if (block, place) == (-1, 0) else rng.randint(0, 40)
        user = self._victim(number, start, is_admin=place == 1)
        length = rng.randint(2, 12)
        # Every fourth stays at risk for good: nobody has looked.
        end = None if rng.random() < 0.25 else start + length
        if user is None:
            return None
        return Episode(block * 3 + place, user, start, end, rng.choice(_EVENTS), rng.choice(_ENDS))

    def _victim(self, number: int, day: int, *, is_admin: bool) -> dict[str, Any] | None:
        cast, day = self._story.cast, max(0, day)
        if is_admin:
            held = {grant.principal_id for grant in self._story.directory.grants(day)}
            holders = [h for h in cast.holders(day) if h["id"] in held and h["accountEnabled"]]
            return holders[(number % 4 + 1) % len(holders)]
        person = cast.staff.person(number)
        return cast.staff.record(person) if person.is_enabled else None

    def users(self, day: int) -> list[dict[str, Any]]:
        """riskyUsers of a day: whoever ever was, with how it stands; deleted people stay too."""
        latest = {episode.user["id"]: episode for episode in self._episodes(day)}
        return [self._user(episode, day) for episode in latest.values()]

    def _user(self, episode: Episode, day: int) -> dict[str, Any]:
        state, detail, level, changed = self._standing(episode, day)
        return {
            "id": episode.user["id"],
            # False even for somebody who no longer exists: the service does not keep it up.
            "isDeleted": False,
            "isProcessing": episode.start == day,
            "riskLevel": level,
            "riskState": state,
            "riskDetail": detail,
            "riskLastUpdatedDateTime": self._at(episode, changed, hour=11),
            "userDisplayName": episode.user["displayName"],
            "userPrincipalName": episode.user["userPrincipalName"],
        }

    def _standing(self, episode: Episode, day: int) -> tuple[str, str, str, int]:
        if episode.end is not None and episode.end <= day:
            return *episode.outcome, episode.end
        return "atRisk", "none", episode.event[1], episode.start

    def detections(self, day: int) -> list[dict[str, Any]]:
        """riskDetections that are still kept on a day, newest first; two an episode."""
        found = []
        for episode in reversed(self._episodes(day)):
            if episode.start > day - _KEPT:
                found += [self._detection(episode, part, day) for part in (1, 0)]
        return found

    def _detection(self, episode: Episode, part: int, day: int) -> dict[str, Any]:
        state, detail, _, changed = self._standing(episode, day)
        kind, level, timing, activity = episode.event
        own = f"{self._tenant.tenant_id} {episode.number} {part}"
        city, region, country, latitude, longitude = _PLACES[episode.number % len(_PLACES)]
        agent = [{"Key": "userAgent", "Value": "Mozilla/5.0 (X11; Linux x86_64)"}]
        alerts = [{"Key": "alertUrl", "Value": None}]
        address = f"2001:db8::{episode.number & 0xFF:x}" if part else "203.0.113.77"
        return {
            "id": sha256(own.encode()).hexdigest(),
            "requestId": derived_uuid("request", own),
            "correlationId": derived_uuid("correlation", own),
            "riskEventType": kind,
            "riskState": state,
            "riskLevel": level if part == 0 else "low",
            "riskDetail": detail,
            "source": "IdentityProtection",
            "detectionTimingType": timing,
            "activity": activity,
            "tokenIssuerType": "AzureAD",
            "ipAddress": None if activity == "user" else address,
            "activityDateTime": self._at(episode, episode.start, hour=5 + part),
            "detectedDateTime": self._at(episode, episode.start, hour=6 + part),
            "lastUpdatedDateTime": self._at(episode, changed, hour=11 + part),
            "userId": episode.user["id"],
            "userDisplayName": episode.user["displayName"],
            "userPrincipalName": episode.user["userPrincipalName"],
            "additionalInfo": orjson.dumps(agent if activity == "signin" else alerts).decode(),
            "location": {
                "city": city,
                "state": region,
                "countryOrRegion": country,
                "geoCoordinates": {"latitude": latitude, "longitude": longitude},
            },
        }

    def _at(self, episode: Episode, day: int, *, hour: int) -> str:
        moment = (self._story.born + timedelta(days=day)).isoformat()
        fraction = self._tenant.fraction("risk at", episode.number, hour)
        rest = int(fraction * 8_999_999) + 1_000_000
        return f"{moment}T{hour:02d}:{int(fraction * 60):02d}:31.{rest}Z"
