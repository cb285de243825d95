"""Records to Arrow and back: nothing is lost, nothing is invented, a type change is told."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.graph.flat import Flat
from pipeline.graph.flatten import flatten
from pipeline.graph.rebuild import rebuild
from pipeline.graph.schemas import FEED_TABLES, SCHEMAS
from pipeline.graph.table_spec import Table
from pipeline.graph.values import TypeChangeError

TABLES = {table.name: table for table in FEED_TABLES}
SCORES = TABLES["secure_scores"]


def flat(table: Table, records: list[dict[str, Any]], **options: Any) -> Flat:
    hashes = ["hash"] * len(records) if table.hashed else None
    return flatten(table, records, indices=range(len(records)), hashes=hashes, **options)


def column(result: Flat, table: str, name: str) -> list[Any]:
    values: list[Any] = result.tables[table][name].to_pylist()
    return values


text = st.text(st.characters(codec="utf-8"), max_size=8)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1)
times = st.sampled_from(
    [
        "2026-07-17T00:00:00Z",
        "2026-07-17T10:14:47.3023572Z",
        "2026-07-17T10:14:47.100Z",
        "2026-07-17T10:14:47.256866Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "2026-07-17T02:00:00+02:00",
        "2026-07-17",
        "soon",
    ]
)
WIRE = {
    "str": text,
    "f64": numbers | st.sampled_from(["1", "9.50", "-3", "1e3"]),
    "i64": st.integers(-(2**63), 2**64 - 1) | st.sampled_from(["5", "-7", 3.0]),
    "bool": st.booleans(),
    "ts": times | text,
    "count": st.sampled_from(["5", "05", "", "-1", 7, "+3", " 4", "x"]) | text,
    "flag": st.sampled_from(["true", "false", "True", "", True, "maybe"]) | text,
}

PLAIN = {"str": text, "bool": st.booleans(), "i64": st.integers(-(2**63), 2**63 - 1)}


def undeclared(names: Iterable[str], size: int) -> st.SearchStrategy[dict[str, Any]]:
    """Members that no column takes, whatever their type (Hypothesis tries names it finds here)."""
    declared = {name.lower() for name in names}
    keys = text.filter(lambda name: name.lower() not in declared)
    return st.dictionaries(keys, json_values, max_size=size)


def deep(leaves: Mapping[str, str], below: str = "") -> st.SearchStrategy[Any]:
    """Any object, or list of objects, whose known paths hold what they may."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    for path, kind in leaves.items():
        if not path.startswith(below):
            continue
        name, dot, _ = path.removeprefix(below).partition(".")
        if name == "*":
            return st.lists(deep(leaves, f"{below}*."), max_size=2)
        if name.endswith("[]"):
            members[name.removesuffix("[]")] = st.none() | st.lists(text, max_size=3)
        elif not dot:
            members[name] = st.none() | PLAIN[kind]
        elif name not in members:
            members[name] = st.none() | deep(leaves, f"{below}{name}.")
    known = st.fixed_dictionaries({}, optional=members)
    return st.builds(lambda more, those: more | those, undeclared(members, 1), known)


def records_of(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    """Any record whose declared members have a type that their columns accept."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    nested: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
    for one in table.columns:
        value = st.none() | WIRE[one.kind]
        if len(one.path) == 1:
            members[one.path[0]] = value
        else:
            nested.setdefault(one.path[0], {})[one.path[1]] = value
    for name, inner in nested.items():
        known = st.fixed_dictionaries({}, optional=inner)
        members[name] = st.none() | st.builds(lambda a, b: b | a, known, undeclared(inner, 2))
    for child in table.children:
        if child.form == "leaves":
            members[child.member] = st.none() | deep(child.table.leaves)
            continue
        item = text | st.none() if child.form == "scalars" else records_of(child.table)
        members[child.member] = st.none() | (
            item if child.form == "object" else st.lists(item, max_size=3)
        )
    other_case = {}
    if table.ignore_case:
        other_case = {one.path[0].lower(): WIRE[one.kind] | st.none() for one in table.columns}
    return st.builds(
        lambda known, more, cased: more | cased | known,
        st.fixed_dictionaries({}, optional=members),
        undeclared(members, 2),
        st.fixed_dictionaries({}, optional=other_case),
    )


@pytest.mark.parametrize("name", TABLES)
def test_any_record_comes_back_value_for_value(name: str) -> None:
    table = TABLES[name]

    @settings(max_examples=40, deadline=None)
    @given(st.lists(records_of(table), max_size=4))
    def check(records: list[dict[str, Any]]) -> None:
        records = orjson.loads(orjson.dumps(records))
        result = flat(table, records)
        for one, rows in result.tables.items():
            rows.cast(pa.schema([SCHEMAS[one].field(name) for name in rows.column_names]))
        assert rebuild(name, result.tables) == records

    check()


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=40, deadline=None)
@given(record=st.dictionaries(st.sampled_from(["id", "title", "x"]) | text, json_values))
def test_a_hostile_record_is_kept_whole_or_refused_by_name(
    name: str, record: dict[str, Any]
) -> None:
    try:
        result = flat(TABLES[name], [record])
    except TypeChangeError as error:
        problem = str(error)
    else:
        problem = ": expected " * (rebuild(name, result.tables) == [record])
    assert ": expected " in problem


def test_a_typed_null_means_absent_and_a_wire_null_is_kept() -> None:
    records = [
        {"id": "a", "description": None},
        {"id": "b"},
        {"id": "c", "description": None, "novelty": 1},
    ]
    result = flat(TABLES["role_definitions"], records)
    assert column(result, "role_definitions", "description") == [None, None, None]
    extra = column(result, "role_definitions", "extra")
    assert extra == ['{"description":null}', None, '{"description":null,"novelty":1}']


def test_an_unknown_member_is_kept_and_reported_at_every_depth() -> None:
    record = {
        "id": "a",
        "novelty": {"deep": [1, 2]},
        "vendorInformation": {"vendor": "Microsoft", "edition": 3},
        "controlScores": [{"controlName": "x", "weight": 1.5}],
        "averageComparativeScores": [{"basis": "AllTenants", "@odata.type": "#x"}],
    }
    result = flat(SCORES, [record])
    assert result.unknown == {
        "secure_scores.novelty": 1,
        "secure_scores.vendorInformation.edition": 1,
        "secure_scores_control_scores.weight": 1,
    }
    assert column(result, "secure_scores_control_scores", "extra") == ['{"weight":1.5}']
    assert rebuild("secure_scores", result.tables) == [record]


def test_numbers_sent_as_text_are_cast_and_counted() -> None:
    records = [{"maxScore": "9.50", "activeUserCount": "12"}, {"maxScore": 3, "currentScore": 1.5}]
    result = flat(SCORES, records)
    assert column(result, "secure_scores", "max_score") == [9.5, 3.0]
    assert column(result, "secure_scores", "active_user_count") == [12, None]
    assert dict(result.cast) == {"secure_scores.maxScore": 1, "secure_scores.activeUserCount": 1}
    assert rebuild("secure_scores", result.tables) == records


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"maxScore": "much"}, "secure_scores.maxScore: expected a number, got text"),
        ({"maxScore": True}, "secure_scores.maxScore: expected a number, got a boolean"),
        ({"activeUserCount": 1.5}, "activeUserCount: expected a whole number, got a number"),
        ({"id": 5}, "secure_scores.id: expected text, got a number"),
        ({"createdDateTime": 5}, "createdDateTime: expected a time as text, got a number"),
        ({"vendorInformation": "x"}, "vendorInformation: expected an object, got text"),
        ({"controlScores": {}}, "controlScores: expected a list, got an object"),
        ({"controlScores": [None]}, "control_scores: expected an object, got null"),
        ({"enabledServices": [1]}, "enabledServices: expected text, got a number"),
        ({"controlScores": [{"count": True}]}, "count: expected a count as text, got a boolean"),
        ({"controlScores": [{"on": 1}]}, "on: expected true or false as text, got a number"),
    ],
)
def test_a_type_change_names_member_expected_and_got(record: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeChangeError) as caught:
        flat(SCORES, [record])
    assert message in str(caught.value)


def test_times_keep_microseconds_and_the_seventh_digit_goes_to_extra() -> None:
    stamps = ["2026-07-17T00:00:00Z", "2026-07-17T10:14:47.3023572Z", "never"]
    records = [{"controlScores": [{"lastSynced": stamp} for stamp in stamps]}]
    result = flat(SCORES, records)
    times = column(result, "secure_scores_control_scores", "last_synced")
    assert [time and time.microsecond for time in times] == [0, 302357, None]
    assert column(result, "secure_scores_control_scores", "extra") == [
        None,
        '{"lastSynced":"2026-07-17T10:14:47.3023572Z"}',
        '{"lastSynced":"never"}',
    ]
    assert dict(result.unreadable) == {"secure_scores_control_scores.lastSynced": 1}


def test_gotcha_04_counts_and_flags_travel_as_text() -> None:
    items = [
        {"count": "5", "total": "7", "on": "false"},
        {"count": 5, "on": "maybe"},
        {"count": "05", "on": "True"},
    ]
    result = flat(SCORES, [{"controlScores": items}])
    assert column(result, "secure_scores_control_scores", "count") == [5, 5, 5]
    assert column(result, "secure_scores_control_scores", "on") == [False, None, True]
    assert column(result, "secure_scores_control_scores", "extra") == [
        None,
        '{"count":5,"on":"maybe"}',
        '{"count":"05","on":"True"}',
    ]


def test_seat_range_bounds_are_found_in_either_case() -> None:
    items = [{"SeatSizeRangeLowerValue": "1"}, {"seatSizeRangeLowerValue": "101"}]
    result = flat(SCORES, [{"averageComparativeScores": items}])
    name = "secure_scores_average_comparative_scores"
    assert column(result, name, "seat_size_range_lower_value") == [1, 101]
    assert not result.unknown


def test_empty_lists_differ_from_absent_ones() -> None:
    records = [{"threats": []}, {"threats": None}, {}, {"threats": ["a", None]}]
    result = flat(TABLES["secure_score_control_profiles"], records)
    extra = column(result, "secure_score_control_profiles", "extra")
    assert extra == ['{"threats":[]}', '{"threats":null}', None, None]
    assert column(result, "secure_score_control_profiles_threats", "item_index") == [0, 1]
    assert column(result, "secure_score_control_profiles_threats", "record_index") == [3, 3]


def test_masked_unknown_members_keep_name_and_type_only() -> None:
    record = {
        "id": "a",
        "principal": {"id": "p", "nickname": "Zoë", "businessPhones": ["1"], "age": 3, "x": None},
    }
    result = flat(TABLES["role_assignments"], [record], mask_unknown=True)
    [extra] = column(result, "role_assignments_principal", "extra")
    assert orjson.loads(extra) == {
        "nickname": "string",
        "businessPhones": "array",
        "age": "number",
        "x": None,
    }
