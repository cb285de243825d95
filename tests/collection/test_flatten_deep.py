"""Deep objects as rows of path and text, secrets that are never kept, and words not known."""

from typing import Any

import orjson
import pytest

from pipeline.graph.flat import Flat
from pipeline.graph.flatten import flatten
from pipeline.graph.rebuild import rebuild
from pipeline.graph.schemas import FEED_TABLES
from pipeline.graph.values import TypeChangeError

TABLES = {table.name: table for table in FEED_TABLES}


def flat(name: str, record: dict[str, Any], **options: Any) -> Flat:
    return flatten(TABLES[name], [record], indices=[0], **options)


def shown(result: Flat, table: str) -> list[tuple[str, str, int]]:
    rows = result.tables[table].to_pylist()
    return [(row["path"], row["value"], row["item_index"]) for row in rows]


POLICY = {
    "id": "p",
    "conditions": {
        "users": {"includeUsers": ["All", "b"], "excludeRoles": [], "includeGroups": None},
        "clientAppTypes": ["all"],
        "platforms": None,
    },
    "grantControls": {
        "operator": "OR",
        "authenticationStrength": {
            "id": "s",
            "combinationConfigurations": [{"id": "c", "allowedAAGUIDs": ["x"]}],
        },
        "authenticationStrength@odata.context": "https://example.com/$metadata",
    },
    "sessionControls": {"signInFrequency": {"value": 4, "isEnabled": True, "type": "hours"}},
}


def test_a_deep_object_is_shown_as_rows_and_kept_whole() -> None:
    result = flat("conditional_access_policies", POLICY)
    assert shown(result, "conditional_access_policies_conditions") == [
        ("users.includeUsers", "All", 0),
        ("users.includeUsers", "b", 1),
        ("clientAppTypes", "all", 0),
    ]
    assert shown(result, "conditional_access_policies_grant_controls") == [
        ("operator", "OR", 0),
        ("authenticationStrength.id", "s", 0),
        ("authenticationStrength.combinationConfigurations.c.id", "c", 0),
        ("authenticationStrength.combinationConfigurations.c.allowedAAGUIDs", "x", 0),
    ]
    assert shown(result, "conditional_access_policies_session_controls") == [
        ("signInFrequency.value", "4", 0),
        ("signInFrequency.isEnabled", "true", 0),
        ("signInFrequency.type", "hours", 0),
    ]
    assert not result.unknown
    [extra] = result.tables["conditional_access_policies"]["extra"].to_pylist()
    assert orjson.loads(extra) == {name: POLICY[name] for name in POLICY if name != "id"}
    assert rebuild("conditional_access_policies", result.tables) == [POLICY]


def test_a_list_of_deep_objects_names_each_by_its_id() -> None:
    methods = [
        {"id": "Fido2", "state": "enabled", "includeTargets": [{"id": "all_users"}]},
        {"state": "disabled", "excludeTargets": [{"targetType": "group"}]},
    ]
    record = {"id": "m", "authenticationMethodConfigurations": methods}
    result = flat("authentication_methods_policy", record)
    table = "authentication_methods_policy_authentication_method_configurations"
    assert shown(result, table) == [
        ("Fido2.id", "Fido2", 0),
        ("Fido2.state", "enabled", 0),
        ("Fido2.includeTargets.all_users.id", "all_users", 0),
        ("1.state", "disabled", 0),
        ("1.excludeTargets.0.targetType", "group", 0),
    ]
    assert rebuild("authentication_methods_policy", result.tables) == [record]


def test_what_is_unknown_in_a_deep_object_is_told_shown_and_kept() -> None:
    sunny = [True, None, {"id": "n", "uv": 7}, [["hot"]]]
    conditions = {"weather": {"sunny": sunny}, "users": {"moon": "x"}}
    record = {"id": "p", "conditions": conditions}
    result = flat("conditional_access_policies", record)
    assert result.unknown == {
        "conditional_access_policies_conditions.weather": 1,
        "conditional_access_policies_conditions.users.moon": 1,
    }
    assert shown(result, "conditional_access_policies_conditions") == [
        ("weather.sunny", "true", 0),
        ("weather.sunny.n.id", "n", 0),
        ("weather.sunny.n.uv", "7", 0),
        ("weather.sunny.3.0", "hot", 0),
        ("users.moon", "x", 0),
    ]
    assert rebuild("conditional_access_policies", result.tables) == [record]


def test_masked_deep_objects_keep_names_and_types_of_what_is_unknown() -> None:
    conditions = {
        "weather": {"named": "Zoë"},
        "users": {"moon": "Zoë", "includeUsers": ["All"], "stars": [], "sun": {"up": None}},
        "note@odata.note": "Zoë",
    }
    result = flat("conditional_access_policies", {"conditions": conditions}, mask_unknown=True)
    [extra] = result.tables["conditional_access_policies"]["extra"].to_pylist()
    assert orjson.loads(extra)["conditions"] == {
        "weather": "object",
        "users": {"moon": "string", "includeUsers": ["All"], "stars": "array", "sun": "object"},
        "note@odata.note": "string",
    }
    # A model can still tell that there is more than it knows.
    assert shown(result, "conditional_access_policies_conditions") == [
        ("weather", "object", 0),
        ("users.moon", "string", 0),
        ("users.includeUsers", "All", 0),
    ]


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("conditions", [], "_conditions: expected an object, got a list"),
        ("conditions", {"users": "x"}, "_conditions.users: expected an object, got text"),
        ("conditions", {"clientAppTypes": "all"}, "clientAppTypes: expected a list, got text"),
        ("conditions", {"clientAppTypes": [1]}, "clientAppTypes: expected texts, got a number"),
        ("grantControls", {"operator": True}, "operator: expected text, got a boolean"),
        (
            "sessionControls",
            {"signInFrequency": {"value": "4"}},
            "signInFrequency.value: expected a whole number, got text",
        ),
        (
            "sessionControls",
            {"signInFrequency": {"value": True}},
            "signInFrequency.value: expected a whole number, got a boolean",
        ),
        (
            "sessionControls",
            {"disableResilienceDefaults": 1},
            "disableResilienceDefaults: expected true or false, got a number",
        ),
    ],
)
def test_a_type_change_at_depth_names_the_path(member: str, value: Any, message: str) -> None:
    with pytest.raises(TypeChangeError) as caught:
        flat("conditional_access_policies", {"id": "p", member: value})
    assert message in str(caught.value)
    assert str(caught.value).startswith("conditional_access_policies_")


def test_secrets_of_credentials_are_never_kept() -> None:
    record = {
        "id": "s",
        "passwordCredentials": [{"keyId": "k", "secretText": "S3cret", "hint": "S3c"}],
        "keyCredentials": [{"keyId": "c", "key": "MIIE", "usage": "Verify"}],
    }
    for name in ("service_principals", "service_principals_applications"):
        result = flat(name, record)
        written = orjson.dumps([rows.to_pylist() for rows in result.tables.values()]).decode()
        assert not [secret for secret in ("S3c", "MIIE", "secretText", "hint") if secret in written]
        assert not result.unknown
        assert rebuild(name, result.tables) == [
            {
                "id": "s",
                "passwordCredentials": [{"keyId": "k"}],
                "keyCredentials": [{"keyId": "c", "usage": "Verify"}],
            }
        ]


def test_credentials_of_an_expanded_principal_are_never_kept() -> None:
    credentials = [{"secretText": "S3cret", "key": "MIIE"}]
    principal = {"id": "p", "keyCredentials": credentials, "passwordCredentials": credentials}
    for name in ("role_assignments", "group_eligibility_schedule_instances"):
        result = flat(name, {"id": "a", "principal": principal})
        assert rebuild(name, result.tables) == [{"id": "a", "principal": {"id": "p"}}]


def test_words_that_are_not_known_are_counted_by_table_member_and_word() -> None:
    policy = {
        "id": "p",
        "state": "ENABLED",
        "conditions": {"clientAppTypes": ["all", "telepathy", "telepathy"]},
        "grantControls": {"builtInControls": ["mfa", "ask Zoë <b>"]},
    }
    result = flat("conditional_access_policies", policy)
    assert result.unknown == {
        "conditional_access_policies_conditions.clientAppTypes=telepathy": 2,
        "conditional_access_policies_grant_controls.builtInControls=?": 1,
    }
    masked = flat("conditional_access_policies", policy | {"state": "ajar"}, mask_unknown=True)
    assert "conditional_access_policies.state=?" in masked.unknown


def test_a_child_has_no_children_of_its_own_that_a_rebuild_would_miss() -> None:
    """`rebuild` knows one level; deeper objects are leaves or stay in extra."""
    for table in FEED_TABLES:
        for child in table.children:
            assert not child.table.children, child.table.name


def test_rows_below_the_right_parent_keep_their_order_among_many() -> None:
    records = [
        {"id": name, "impactedResources": [{"id": f"{name}{n}", "rank": n} for n in range(3)]}
        for name in ("b", "a", "c")
    ]
    table = TABLES["recommendations"]
    result = flatten(table, records, indices=[4, 9, 7])
    rows = result.tables["recommendations_impacted_resources"].to_pylist()
    assert [(row["parent_id"], row["record_index"], row["item_index"]) for row in rows[:4]] == [
        ("b", 4, 0),
        ("b", 4, 1),
        ("b", 4, 2),
        ("a", 9, 0),
    ]
    assert rebuild("recommendations", result.tables) == [records[0], records[2], records[1]]
