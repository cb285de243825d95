"""A second reader of Graph: plain requests, every page, nothing chosen and nothing forgotten."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any

import httpx

from pipeline.sandbox import Sandbox
from tests.judge.captures import Capture, Life, Record, Run, TenantSetting

FEEDS: Mapping[str, str] = {
    "secure_scores": "v1.0/security/secureScores",
    "secure_score_control_profiles": "v1.0/security/secureScoreControlProfiles",
    "role_definitions": "v1.0/roleManagement/directory/roleDefinitions",
    "role_definitions_beta": "beta/roleManagement/directory/roleDefinitions",
    "role_assignments": "v1.0/roleManagement/directory/roleAssignments?$expand=principal",
    "role_assignment_schedule_instances": (
        "v1.0/roleManagement/directory/roleAssignmentScheduleInstances?$expand=principal"
    ),
    "role_eligibility_schedule_instances": (
        "v1.0/roleManagement/directory/roleEligibilityScheduleInstances?$expand=principal"
    ),
    "organization": "v1.0/organization",
    "subscribed_skus": "v1.0/subscribedSkus",
}
# As the pipeline names them: it reads beta with the definitions.
JUDGED = tuple(feed for feed in FEEDS if feed != "role_definitions_beta")
OUTCOMES = {401: "auth_failed", 403: "not_permitted", 429: "throttled", 503: "unavailable"}
NO_LICENCE = "AadPremiumLicenseRequired"


class RefusedError(Exception):
    """Graph did not answer with a page: the outcome, and when it said so."""

    def __init__(self, outcome: str, at: datetime) -> None:
        super().__init__(outcome)
        self.outcome, self.at = outcome, at


@dataclass
class Recorder:
    """Reads a sandbox beside the pipeline, on the same clock, and grows into a `Life`."""

    sandbox: Sandbox
    runs: list[Run] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)

    def __enter__(self) -> "Recorder":
        self._client = httpx.Client(verify=str(self.sandbox.ca_bundle), timeout=30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    @property
    def life(self) -> Life:
        return Life(tuple(self.runs), tuple(self.captures))

    def record(self, run_date: date, settings: Sequence[TenantSetting]) -> None:
        """Read every feed of every configured tenant as one run of that date."""
        run = Run(len(self.runs), run_date, tuple(settings))
        self.runs.append(run)
        for setting in settings:
            token = self._token(setting.tenant_id)
            for feed, path in FEEDS.items():
                self.captures.append(self._capture(run, setting.tenant_id, feed, path, token))

    def _token(self, tenant_id: str) -> str:
        tenant = next(t for t in self.sandbox.tenants if t.tenant_id == tenant_id)
        answer = self._client.post(
            f"{self.sandbox.url}/{tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": tenant.client_id,
                "client_secret": tenant.client_secret,
                "scope": f"{self.sandbox.url}/.default",
            },
        )
        return str(answer.json().get("access_token", ""))

    def _capture(self, run: Run, tenant_id: str, feed: str, path: str, token: str) -> Capture:
        records: tuple[Record, ...] = ()
        try:
            pages = list(self._pages(f"{self.sandbox.url}/{path}", token))
            collected_at = pages[0][0]
            records = tuple(record for _, page in pages for record in page["value"])
            outcome = "ok" if records else "empty"
        except RefusedError as refused:
            outcome, collected_at = refused.outcome, refused.at
        if feed != "secure_scores" and collected_at.date() != run.run_date:
            # What Graph only knows as of now is not kept for another day, its refusals neither.
            outcome, records = "not_for_this_date", ()
        return Capture(tenant_id, feed, run.run_date, run.order, outcome, records, collected_at)

    def _pages(self, url: str | None, token: str) -> Iterator[tuple[datetime, Record]]:
        while url is not None:
            answer = self._client.get(url, headers={"Authorization": f"Bearer {token}"})
            at = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
            if answer.status_code != 200:
                raise RefusedError(_refusal(answer), at)
            page = _exact(answer.text)
            yield at, page
            url = page.get("@odata.nextLink")


def _refusal(answer: httpx.Response) -> str:
    if answer.status_code == 400 and answer.json()["error"]["code"] == NO_LICENCE:
        return "not_licensed"
    return OUTCOMES.get(answer.status_code, "bad_response")


def _exact(text: str) -> dict[str, Any]:
    """The JSON with every fraction as it was written."""
    document: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return document
