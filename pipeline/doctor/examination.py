"""One tenant examined: signed in to, asked one question a feed, and judged."""

import asyncio
from collections.abc import Sequence

from pipeline.config.settings import Tenant
from pipeline.doctor.answers import ORACLES, Answer, ask, questions, refused
from pipeline.doctor.claims import Claims, read_claims
from pipeline.doctor.findings import FeedFinding, TenantFindings, held_up, missing_permissions
from pipeline.doctor.licences import (
    includes,
    tier_of_organization,
    tier_of_scores,
    tier_of_skus,
)
from pipeline.doctor.permissions import accepted, completing, consent_url
from pipeline.doctor.uses import missing_in
from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.licences import Tier
from pipeline.graph.outcomes import NON_PREMIUM, Outcome

# Nobody can consent for these: Microsoft owns the one, and the other takes no consent.
_WITHOUT_CONSENT = ("azure_cli", "managed_identity")
# A refusal that is not about the feed's own permission.
_OTHER_PERMISSION = {"Authentication_ApplicationHasNoDirectoryReadAccess": "Directory.Read.All"}


class Examination:
    """Examines one tenant; nothing is written anywhere."""

    def __init__(self, tenant: Tenant, client: GraphClient, feeds: Sequence[Feed]) -> None:
        self._tenant = tenant
        self._client = client
        self._feeds = feeds
        self._claims = Claims()
        self._answers: dict[str, Answer] = {}
        self._withheld: dict[str, str] = {}

    async def run(self) -> TenantFindings:
        """What was found. Trouble with the tenant is a finding and no exception."""
        sign_in = await self._sign_in()
        if sign_in is None:
            await self._ask([feed for feed in self._feeds if feed.name in ORACLES])
            tier = self._tier()
            self._client.is_premium = None if tier is None else tier is not Tier.FREE
            await self._ask([feed for feed in self._feeds if feed.name not in ORACLES])
        tier = self._tier()
        feeds = [
            self._finding(feed, self._judged(feed, sign_in, tier), tier) for feed in self._feeds
        ]
        feeds = held_up(feeds)
        granted = self._claims.permissions
        return TenantFindings(
            tenant_id=self._tenant.tenant_id,
            tenant_name=self._tenant.name or self._name(),
            cloud=self._tenant.cloud.name,
            is_signed_in=sign_in is None,
            sign_in_note=sign_in.note if sign_in else None,
            licence_tier=tier,
            granted=None if granted is None else sorted(granted),
            missing=missing_permissions(feeds),
            consent_url=self._consent_url(),
            feeds=feeds,
        )

    async def _sign_in(self) -> Answer | None:
        """None, or why there is no token."""
        try:
            token = await self._client.tokens.get_token(self._tenant.cloud.scope)
        except Exception as error:
            return refused(error)
        self._claims = read_claims(token.token)
        return None

    async def _ask(self, feeds: Sequence[Feed]) -> None:
        async def one(feed: Feed) -> None:
            if not self._is_in_cloud(feed):
                return
            for asked in questions(feed, self._tenant.cloud.graph_url):
                answer = await ask(self._client, feed, asked)
                if asked.is_optional and answer.outcome is Outcome.NOT_PERMITTED:
                    self._withheld[feed.name] = asked.permission
                    continue
                self._answers.setdefault(feed.name, answer)
                if not answer.outcome.is_committed:
                    self._answers[feed.name] = answer
                    return

        await asyncio.gather(*map(one, feeds))

    def _judged(self, feed: Feed, sign_in: Answer | None, tier: Tier | None) -> Answer:
        """What a run would make of the feed now; Graph's own answer wins over what is claimed."""
        if not self._is_in_cloud(feed):
            note = f"the cloud {self._tenant.cloud.name} does not offer this; nothing to do"
            return Answer(Outcome.NOT_IN_CLOUD, note)
        if sign_in is not None:
            return sign_in
        answer = self._answers.get(feed.name) or self._expected(feed)
        is_licensed = tier in (Tier.P1, Tier.P2)
        if answer.error_code == NON_PREMIUM and is_licensed:
            note = "Graph's licence check failed although the tenant is licensed; run again later"
            return Answer(Outcome.UNAVAILABLE, note, NON_PREMIUM)
        return answer

    def _expected(self, feed: Feed) -> Answer:
        """The verdict where there is nothing cheap to ask: that of a feed it shares all with."""
        for other in self._feeds:
            answer = self._answers.get(other.name)
            if answer and (other.permission, other.licence) == (feed.permission, feed.licence):
                return Answer(Outcome.OK) if answer.outcome.is_committed else answer
        if self._claims.grants(accepted(feed)) is False:
            note = f"grant the application permission {feed.permission} and give admin consent"
            return Answer(Outcome.NOT_PERMITTED, note)
        return Answer(Outcome.OK)

    def _finding(self, feed: Feed, answer: Answer, tier: Tier | None) -> FeedFinding:
        outcome = answer.outcome
        is_granted = self._claims.grants(accepted(feed))
        is_licensed = includes(tier, feed.licence)
        if outcome.is_committed:
            is_granted = is_licensed = True
        elif outcome is Outcome.NOT_PERMITTED:
            is_granted = False
        elif outcome is Outcome.NOT_LICENSED:
            is_licensed = False
        lacking = tuple(
            one for one in completing(feed) if self._claims.grants(frozenset({one})) is False
        )
        incomplete = lacking if outcome.is_committed else ()
        withheld = self._withheld.get(feed.name) if outcome.is_committed else None
        return FeedFinding(
            feed=feed.name,
            verdict=outcome,
            permission=feed.permission,
            is_granted=is_granted,
            licence=feed.licence,
            is_licensed=is_licensed,
            is_in_cloud=outcome is not Outcome.NOT_IN_CLOUD,
            missing_in=missing_in(feed.name)
            if not outcome.is_committed or incomplete or withheld
            else (),
            note=answer.note,
            to_grant=_OTHER_PERMISSION.get(answer.error_code or "")
            or answer.permission
            or feed.permission,
            incomplete_without=incomplete,
            withheld=withheld,
        )

    def _is_in_cloud(self, feed: Feed) -> bool:
        return not feed.is_absent_in(self._tenant.cloud)

    def _tier(self) -> Tier | None:
        readers = (tier_of_skus, tier_of_organization, tier_of_scores)
        for name, read in zip(ORACLES, readers, strict=True):
            answer = self._answers.get(name)
            tier = read(answer.records) if answer and answer.outcome.is_committed else None
            if tier is not None:
                return tier
        return None

    def _name(self) -> str | None:
        answer = self._answers.get("organization")
        name = answer.records[0].get("displayName") if answer and answer.records else None
        return name if isinstance(name, str) else None

    def _consent_url(self) -> str | None:
        credential = self._tenant.credential
        client_id = credential.client_id or self._claims.client_id
        if client_id is None or credential.kind in _WITHOUT_CONSENT:
            return None
        return consent_url(self._tenant.cloud, self._tenant.tenant_id, client_id)
