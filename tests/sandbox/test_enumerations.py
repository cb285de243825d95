"""Words that an enumeration gained later come only to who asks for them (wire contract: 9.6)."""

from typing import Any

import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox.conftest import GetClient, records

PREFERENCE = {"Prefer": "include-unknown-enum-members"}
HIDDEN = "unknownFutureValue"
# Where the sandbox has such a word by itself: the path, and how to find it in a record.
BY_ITSELF = {
    "linux": (ask.POLICIES, lambda one: (one["conditions"]["platforms"] or {}).values()),
    "longLivedCredentials": (ask.RECOMMENDATIONS, lambda one: [[one["recommendationType"]]]),
}
# The others, put into every record: the path, what is put there, the words it has without asking.
PLANTED: dict[str, tuple[str, dict[str, Any], str]] = {
    "riskRemediation": (
        ask.POLICIES,
        {"grantControls": {"builtInControls": ["mfa", "riskRemediation"]}},
        "['mfa', 'unknownFutureValue']",
    ),
    "qrCodePin": (
        ask.STRENGTHS,
        {"allowedCombinations": ["fido2", "password,qrCodePin"]},
        "['fido2', 'password,unknownFutureValue']",
    ),
    "mdiSecureScore": (ask.RECOMMENDATIONS, {"category": "mdiSecureScore"}, f"'{HIDDEN}'"),
    "needsMoreAction": (ask.RECOMMENDATIONS, {"status": "needsMoreAction"}, f"'{HIDDEN}'"),
    "userChangedPasswordOnPremises": (
        f"{ask.RISKY_USERS}?$top=500",
        {"riskDetail": "userChangedPasswordOnPremises"},
        f"'{HIDDEN}'",
    ),
}


def words(found: list[dict[str, Any]], read: Any) -> set[str]:
    return {word for one in found for group in read(one) for word in group}


@pytest.mark.parametrize("word", BY_ITSELF)
def test_a_newer_word_of_the_story_is_hidden_without_the_preference(
    sandbox: Sandbox, client: GetClient, word: str
) -> None:
    path, read = BY_ITSELF[word]
    graph = client(sandbox.tenants[2])
    without = words(records(graph, path), read)
    assert word not in without
    assert HIDDEN in without
    graph.headers.update(PREFERENCE)
    asked = words(records(graph, path), read)
    assert word in asked
    assert HIDDEN not in asked
    assert asked - {word} == without - {HIDDEN}


@pytest.mark.parametrize("word", PLANTED)
def test_every_known_newer_word_is_hidden_without_the_preference(
    sandbox: Sandbox, client: GetClient, word: str
) -> None:
    path, change, shown = PLANTED[word]

    def plant(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"value": [one | change for one in page["value"]]}

    sandbox.edits.add(path=path.partition("?")[0], function=plant)
    graph = client(sandbox.tenants[2])
    first = records(graph, path)[0]
    assert word not in str(first)
    assert shown in str(first)
    # One of several preferences, in any case.
    graph.headers["Prefer"] = "odata.maxpagesize=999, Include-Unknown-Enum-Members"
    assert word in str(records(graph, path)[0])


def test_plain_text_is_the_same_with_and_without(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[2])
    path = "/v1.0/security/secureScoreControlProfiles"

    def plant(page: dict[str, Any]) -> dict[str, Any]:
        state = {"controlStateUpdates": [{"state": "thirdParty"}]}
        return page | {"value": [one | state for one in page["value"]]}

    sandbox.edits.add(path=path, function=plant)
    without = records(graph, path)
    graph.headers.update(PREFERENCE)
    assert records(graph, path) == without
