"""The registration report goes on where an interrupted run of the day stopped, and only there."""

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest

from pipeline.graph.readers import registration

from .conftest import Lab, NewLab, facts
from .test_killed_run import run_killed

REPORT = "user_registration_details"
PAGES = 5
# The report alone names nobody: role holders come from the feeds that it follows.
FEEDS = ["role_assignments", REPORT]


@pytest.fixture
def lab(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(registration, "_SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    with new_lab(tenants=1, shapes=["mid_size"], users=PAGES * 999 - 500) as one:
        yield one


def checkpoint(lab: Lab) -> Path:
    [path] = (lab.home.lake / ".resume").rglob("*.json")
    return path


def interrupt(lab: Lab, page: int) -> None:
    """A run that ends on a page of the report, and what is wrong with Graph mended after it."""
    lab.sandbox.faults.add(path="userRegistrationDetails", nth_page=page, status=503)
    log = {row.feed: row for row in lab.collect(feeds=FEEDS).log}
    assert (log[REPORT].outcome, log[REPORT].pages) == ("unavailable", page - 1)
    lab.sandbox.faults.clear()
    lab.sandbox.requests.clear()


def report_rows(lab: Lab) -> dict[str, pa.Table]:
    return {name: rows for name, rows in facts(lab).items() if name.startswith("user_registration")}


def finish(lab: Lab) -> Any:
    [row] = [one for one in lab.collect(feeds=FEEDS).log if one.feed == REPORT]
    assert row.outcome == "ok"
    assert not list((lab.home.lake / ".resume").rglob("*.json")), "a finished list needs none"
    return row


@pytest.fixture
def clean(lab: Lab) -> dict[str, pa.Table]:
    other = lab.beside("clean")
    assert finish(other).pages == PAGES
    lab.sandbox.requests.clear()
    return report_rows(other)


@pytest.mark.parametrize("page", [2, 4, PAGES])
def test_a_rerun_reads_the_pages_that_are_left(
    lab: Lab, clean: dict[str, pa.Table], page: int
) -> None:
    interrupt(lab, page)
    assert finish(lab).requests == PAGES - page + 1
    assert report_rows(lab) == clean


def test_an_interruption_of_the_rerun_loses_nothing_either(
    lab: Lab, clean: dict[str, pa.Table]
) -> None:
    interrupt(lab, 2)
    # Pages keep their numbers, whoever asks for them.
    lab.sandbox.faults.add(path="userRegistrationDetails", nth_page=4, status=503)
    assert lab.collect(feeds=[REPORT]).log[0].outcome == "unavailable"
    lab.sandbox.faults.clear()
    assert finish(lab).requests == 2
    assert report_rows(lab) == clean


def test_a_killed_process_leaves_a_checkpoint_that_counts(
    lab: Lab, clean: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_CHECKPOINT_SECONDS", "-1")
    folder = lab.home.lake / ".resume"
    assert run_killed(lab, path="userRegistrationDetails", when=lambda: any(folder.rglob("*.json")))
    lab.sandbox.requests.clear()
    # All feeds ran: the same people are kept only if those run again that name them.
    log = {row.feed: row for row in lab.collect().log}
    assert not lab.surprises(log.values())
    assert log[REPORT].requests < PAGES
    whole = lab.beside("whole")
    whole.collect()
    assert facts(lab) == facts(whole)


def forge(lab: Lab, **members: Any) -> None:
    path = checkpoint(lab)
    document = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps(document | members))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"url":"https://localhost/"}', b"\xff\xfe\x00"],
    ids=["empty", "cut off", "a list", "half of the members", "no text"],
)
def test_a_checkpoint_that_is_garbage_is_not_used(
    lab: Lab, clean: dict[str, pa.Table], content: bytes
) -> None:
    interrupt(lab, 3)
    checkpoint(lab).write_bytes(content)
    assert finish(lab).requests == PAGES
    assert report_rows(lab) == clean


@pytest.mark.parametrize(
    "members",
    [
        {"people": "of another day"},
        {"received": "many"},
        {"counts": 5},
        {"kept": ["ab"]},
        {"noticed": [{"a": "b"}, {}, {}]},
        {"url": None},
    ],
    ids=str,
)
def test_a_checkpoint_of_other_people_or_of_another_shape_is_not_used(
    lab: Lab, clean: dict[str, pa.Table], members: dict[str, Any]
) -> None:
    interrupt(lab, 3)
    forge(lab, **members)
    assert finish(lab).pages >= PAGES
    assert report_rows(lab) == clean


@pytest.mark.parametrize(
    "link",
    [
        "{root}/v1.0/reports/authenticationMethods/userRegistrationDetails?$skiptoken=ended",
        "{root}/v1.0/users/{gone}",
        "https://example.com/v1.0/reports/authenticationMethods/userRegistrationDetails",
        "nonsense",
    ],
)
def test_a_link_that_ran_out_or_leads_elsewhere_is_given_up(
    lab: Lab, clean: dict[str, pa.Table], link: str
) -> None:
    interrupt(lab, 3)
    forge(lab, url=link.format(root=lab.sandbox.url, gone="x"))
    assert finish(lab).pages == PAGES
    assert report_rows(lab) == clean
    assert {one.tenant_id for one in lab.graph_calls()} == {lab.ids[0]}


def test_a_checkpoint_of_another_date_is_cleared_and_not_used(lab: Lab) -> None:
    interrupt(lab, 3)
    old = checkpoint(lab)
    lab.sandbox.advance()
    assert finish(lab).requests == PAGES
    assert not old.exists()
    other = lab.beside("other")
    assert finish(other).requests == PAGES
    assert report_rows(lab) == report_rows(other)


def test_a_checkpoint_is_not_used_where_others_are_kept_by_now(lab: Lab) -> None:
    interrupt(lab, 3)

    def promote(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][0]["principalId"] = "00000000-0000-4000-8000-00000000cafe"
        return page

    lab.sandbox.edits.add(path="roleAssignments?", function=promote)
    for path in lab.lake.log_files():
        path.unlink()
    assert finish(lab).requests == PAGES


def test_a_report_that_refuses_the_query_is_read_without_it(
    lab: Lab, clean: dict[str, pa.Table]
) -> None:
    body = b'{"error":{"code":"BadRequest","message":"Query option not allowed."}}'
    lab.sandbox.faults.add(path="userRegistrationDetails?$select", status=400, body=body)
    row = lab.collect(feeds=FEEDS).log[-1]
    assert (row.feed, row.outcome) == (REPORT, "ok")
    assert row.rows == clean[REPORT].num_rows
    counts = report_rows(lab)["user_registration_counts"]
    assert counts == clean["user_registration_counts"]
    names = lab.table(REPORT)["user_principal_name"]
    assert names.null_count == 0, "names come along where no choice of members is taken"


def test_checkpoints_are_private_and_of_the_run_date(lab: Lab) -> None:
    interrupt(lab, 3)
    path = checkpoint(lab)
    assert path.parent.name == lab.sandbox.today.isoformat()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
