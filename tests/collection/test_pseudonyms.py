"""With pseudonyms no clear name is in any byte of any file; without them, all of them are."""

from pathlib import Path

import orjson
import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.graph.readers import registration

from .conftest import Lab, NewLab
from .parquet_bytes import everything_in
from .planted import PLACES, Place, Planted, plant
from .test_privacy import pseudonymise


def found_in(root: Path, planted: Planted) -> set[tuple[str, Place, str]]:
    """The places of which at least one name is in a file below a folder, or in its own name."""
    text = b"\n".join(
        str(path.relative_to(root)).encode()
        + (everything_in(path) if path.suffix == ".parquet" else path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    )
    return planted.found_in(text)


def interrupted_then_finished(lab: Lab) -> Planted:
    """Two runs: one that stops on the last page of the report, and leaves a checkpoint."""
    planted = plant(lab.sandbox)
    lab.sandbox.faults.add(path="userRegistrationDetails", nth_page=-1, status=404, times=1)
    first = {row.feed: row for row in lab.collect().log}
    assert first.pop("user_registration_details").outcome == "bad_response"
    assert not lab.surprises(first.values())
    [checkpoint] = lab.home.lake.glob(".resume/*/*.json")
    assert len(orjson.loads(checkpoint.read_bytes())["kept"]) > 5
    return planted


@pytest.fixture
def large(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> "NewLab":
    monkeypatch.setattr(registration, "_SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    return new_lab


def test_a_clear_run_holds_every_planted_name(large: NewLab) -> None:
    with large(tenants=1, days=60, shapes=["regulated"], users=2_500) as lab:
        planted = interrupted_then_finished(lab)
        lost = set(planted.marks) - found_in(lab.home.lake, planted)
        assert len(planted.marks) > 200
        assert {url for url, _, _ in planted.marks} == set(PLACES)
        checkpoints = found_in(lab.home.lake / ".resume", planted)
        assert {member for _, _, member in checkpoints} >= {"userDisplayName", "nickname"}
    assert lost == set(), "a name that is never written proves nothing"


def test_pseudonyms_leave_no_clear_name_in_any_byte(large: NewLab) -> None:
    with large(tenants=1, days=60, shapes=["regulated"], users=2_500) as lab:
        pseudonymise(lab)
        planted = interrupted_then_finished(lab)
        assert found_in(lab.home.root, planted) == set()
        rest = {row.feed: row for row in lab.collect().log}
        assert rest["user_registration_details"].outcome == "ok"
        assert found_in(lab.home.root, planted) == set()
        assert planted.count > 1_000
        names = lab.table("users")["display_name"].to_pylist()
        assert names
        assert {name[:3] for name in names} == {"pn_"}
        pages = lab.table("user_registration_details").to_pylist()
        assert all(orjson.loads(row["extra"])["manager"] == "object" for row in pages)
        assert all(orjson.loads(row["extra"])["aliases"] == "array" for row in pages)


def test_pseudonyms_spare_what_microsoft_wrote_and_keep_ids(new_lab: NewLab) -> None:
    with new_lab(tenants=1, days=30, shapes=["regulated"]) as lab:
        pseudonymise(lab)
        assert not lab.surprises(lab.collect().log)
    roles = lab.table("role_definitions").to_pylist()
    assert "Global Administrator" in {row["display_name"] for row in roles}
    assert {row["display_name"][:3] for row in roles if not row["is_built_in"]} == {"pn_"}
    strengths = lab.table("authentication_strengths").to_pylist()
    names = {row["policy_type"]: row["display_name"] for row in strengths}
    assert names["custom"].startswith("pn_")
    assert not names["builtIn"].startswith("pn_")
    assert all(row["id"] for row in lab.table("role_assignments_principal").to_pylist())
    members = {row["id"] for row in lab.table("group_members").to_pylist()}
    assert members & {row["id"] for row in lab.table("users").to_pylist()}
    domains = lab.table("organization_verified_domains")["name"].to_pylist()
    assert domains


def test_one_person_is_one_pseudonym_in_every_feed(new_lab: NewLab) -> None:
    with new_lab(tenants=1, days=30, shapes=["regulated"]) as lab:
        pseudonymise(lab)
        lab.collect(feeds=["users", "role_assignments", "risky_users"])
    users = {row["id"]: row["user_principal_name"] for row in lab.table("users").to_pylist()}
    holders = [
        (row["id"], row["user_principal_name"])
        for row in lab.table("role_assignments_principal").to_pylist()
        if row["user_principal_name"]
    ]
    assert len(holders) > 5
    assert all(users[identifier] == name for identifier, name in holders)
    risky = lab.table("risky_users").to_pylist()
    assert any(users.get(row["id"]) == row["user_principal_name"] for row in risky)


def test_every_feed_has_places_for_names_or_is_known_to_have_none() -> None:
    for feed in FEEDS.values():
        for request in feed.requests:
            path = f"{request.version}{request.path}".replace("{id}", "")
            words = [one.partition("?")[0].rpartition("/")[2] for one in PLACES]
            assert any(word and word in path for word in words), path
