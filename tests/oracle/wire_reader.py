"""Plain requests to Graph: sign in, read a list to its last page, say why there is none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpx

from pipeline.sandbox import Sandbox
from tests.oracle.captures import Record

OUTCOMES = {401: "auth_failed", 408: "unavailable", 429: "throttled"}
NOT_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
NO_SIGN_INS = (NOT_PREMIUM, "Authentication_MSGraphPermissionMissing")
# What PIM says of rules, inside its message, where it was never used.
NEVER_USED = "MissingProvider"
MORE = "@odata.nextLink"
ALL_WORDS = {"Prefer": "include-unknown-enum-members"}


# The same few numbers come hundreds of thousands of times: one object each is enough.
_decimal = lru_cache(maxsize=100_000)(Decimal)


class RefusedError(Exception):
    """Graph did not answer with a page: the outcome, the error's code, and when it said so."""

    def __init__(self, outcome: str, code: str, at: datetime) -> None:
        super().__init__(f"{outcome} {code}")
        self.outcome, self.code, self.at = outcome, code, at


@dataclass
class WireReader:
    """Reads one tenant as one application; `at` is Graph's clock at the first answer."""

    url: str
    client: httpx.Client
    token: str
    at: datetime | None = None

    @classmethod
    def signed_in(cls, sandbox: Sandbox, client: httpx.Client, tenant_id: str) -> "WireReader":
        tenant = next(t for t in sandbox.tenants if t.tenant_id == tenant_id)
        answer = client.post(
            f"{sandbox.url}/{tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": tenant.client_id,
                "client_secret": tenant.client_secret,
                "scope": f"{sandbox.url}/.default",
            },
        )
        return cls(sandbox.url, client, str(answer.json().get("access_token", "")))

    def records(self, path: str) -> list[Record]:
        """Every record of a list; its nested lists that go on elsewhere are read to their end."""
        found = [record for page in self._pages(f"{self.url}/{path}") for record in page["value"]]
        for record in found:
            for name in [name for name in record if name.endswith(MORE)]:
                rest = self._pages(record.pop(name))
                more = [one for page in rest for one in page["value"]]
                record[name.removesuffix(MORE)] += more
        return found

    def first_page(self, path: str) -> list[Record]:
        """The records of the first page alone."""
        return list(next(self._pages(f"{self.url}/{path}"))["value"])

    def single(self, path: str) -> list[Record]:
        """The one object that stands at a path."""
        return list(self._pages(f"{self.url}/{path}"))

    def _pages(self, url: str | None) -> Iterator[dict[str, Any]]:
        while url is not None:
            headers = ALL_WORDS | {"Authorization": f"Bearer {self.token}"}
            answer = self.client.get(url, headers=headers)
            at = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
            self.at = self.at or at
            if answer.status_code != 200:
                raise RefusedError(*_refusal(answer), at)
            page = _exact(answer.text)
            yield page
            url = page.get(MORE)


def _refusal(answer: httpx.Response) -> tuple[str, str]:
    """What a refusal means (meanings 2), and its code."""
    if answer.status_code in OUTCOMES or answer.status_code >= 500:
        return OUTCOMES.get(answer.status_code, "unavailable"), ""
    error = answer.json()["error"]
    code, message = str(error["code"]), str(error["message"])
    if NEVER_USED in message:
        return "bad_response", NEVER_USED
    unlicensed = code in ("AadPremiumLicenseRequired", NOT_PREMIUM) or "not licensed" in message
    if unlicensed:
        return "not_licensed", code
    return {403: "not_permitted", 404: "not_found"}.get(answer.status_code, "bad_response"), code


def _exact(text: str) -> dict[str, Any]:
    """The JSON with every fraction as it was written."""
    document: dict[str, Any] = json.loads(text, parse_float=_decimal)
    return document
