"""Following pages: to the end, never in circles, never to another host."""

from typing import Any

import pytest

from pipeline.graph.feeds import FEEDS

from .conftest import Lab, NewLab


def test_gotcha_11_pages_are_followed_to_the_end(new_lab: NewLab) -> None:
    with new_lab(tenants=3, page_size=5) as lab:
        [row] = lab.collect(feeds=["role_assignments"], tenants=[lab.ids[2]]).log
        assert row.outcome == "ok"
        assert row.pages == row.requests == -(-row.rows // 5) > 2
        assert lab.table("role_assignments").num_rows == row.rows


def nine_pages(lab: Lab) -> None:
    """Serve the scores of the first tenant in pages of ten, whatever is asked."""
    full: list[dict[str, Any]] = []

    def cut(page: dict[str, Any]) -> dict[str, Any]:
        if not full:
            full.extend(page["value"])
        skip = cut.skip  # type: ignore[attr-defined]
        cut.skip = skip + 10  # type: ignore[attr-defined]
        link = f"{lab.sandbox.url}/v1.0/security/secureScores?$top=90&$skip={skip + 10}"
        more = {"@odata.nextLink": link} if skip + 10 < len(full) else {}
        return {"value": full[skip : skip + 10], **more}

    cut.skip = 0  # type: ignore[attr-defined]
    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScores?", function=cut)


def test_nine_pages_are_one_feed(lab: Lab) -> None:
    nine_pages(lab)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.pages, row.requests) == ("ok", 9, 9)
    indices = lab.table("secure_scores")["record_index"].to_pylist()
    assert sorted(indices) == list(range(row.rows))


def test_a_break_on_the_last_of_nine_pages_leaves_nothing(lab: Lab) -> None:
    nine_pages(lab)
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="$skip=80", status=503)
    log = {row.tenant_id: row for row in lab.collect(feeds=["secure_scores"]).log}
    broken = log[lab.ids[0]]
    assert (broken.outcome, broken.pages, broken.rows) == ("unavailable", 8, 0)
    assert log[lab.ids[1]].outcome == "ok"
    for table in ("secure_scores", "secure_scores_control_scores"):
        assert set(lab.table(table)["tenant_id"].to_pylist()) == {lab.ids[1]}


def test_beta_that_breaks_off_leaves_nothing(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["mid_size"], page_size=3) as lab:
        path = "v1.0/identity/conditionalAccess/policies"
        lab.sandbox.edits.add(path=path, function=lambda page: {"value": []})
        lab.sandbox.faults.add(path="beta/identity/conditionalAccess", nth_page=2, status=404)
        row = lab.collect_one("conditional_access_policies")
        assert (row.outcome, row.pages) == ("empty", 2)
        assert "without beta" in (row.note or "")
        tables = FEEDS["conditional_access_policies"].tables
        assert {lab.table(table).num_rows for table in tables} == {0}


def test_an_empty_page_with_a_next_link_is_not_the_end(lab: Lab) -> None:
    lab.sandbox.faults.add(path="secureScoreControlProfiles", empty_page=True, times=1)
    row = lab.collect_one("secure_score_control_profiles")
    assert (row.outcome, row.pages) == ("ok", 2)
    assert row.rows > 50


def test_a_list_belongs_to_the_day_of_its_first_page(new_lab: NewLab) -> None:
    """Also when midnight comes between two pages: as of its first page it was that day's."""
    with new_lab(tenants=1, shapes=["regulated"], users=60, days=20, page_size=5) as lab:
        today, asked = lab.sandbox.today, iter(range(1000))

        def midnight(page: dict[str, Any]) -> dict[str, Any]:
            if next(asked) == 1:
                lab.sandbox.advance()
            return page

        lab.sandbox.edits.add(path="roleAssignments?", function=midnight)
        row = lab.collect_one("role_assignments", run_date=today)
        assert (row.outcome, row.collected_at.date()) == ("ok", today)
        assert row.pages > 2
        assert lab.table("role_assignments").num_rows == row.rows
        # What is asked for from now on is of the new day.
        late = lab.collect_one("organization", run_date=today)
        assert late.outcome == "not_for_this_date"


def test_a_byte_order_mark_before_a_body_is_read_over(lab: Lab) -> None:
    lab.sandbox.faults.add(path="subscribedSkus", status=200, body=b'\xef\xbb\xbf{"value":[]}')
    row = lab.collect_one("subscribed_skus")
    assert (row.outcome, row.requests) == ("empty", 1)


def test_a_next_link_that_repeats_is_noticed(lab: Lab) -> None:
    lab.sandbox.faults.add(path="secureScoreControlProfiles", repeat_next_link=True)
    row = lab.collect_one("secure_score_control_profiles")
    assert row.outcome == "bad_response"
    assert row.note is not None
    assert "repeats" in row.note
    assert row.requests == 1
    assert lab.table("secure_score_control_profiles").num_rows == 0


def test_a_page_that_comes_twice_under_new_links_is_noticed(lab: Lab) -> None:
    count = iter(range(1000))

    def endless(page: dict[str, Any]) -> dict[str, Any]:
        link = f"{lab.sandbox.url}/v1.0/security/secureScoreControlProfiles?$skip={next(count)}"
        return {"value": page["value"][:5], "@odata.nextLink": link}

    lab.sandbox.edits.add(path="secureScoreControlProfiles", function=endless)
    lab.sandbox.edits.add(path="$skip", function=lambda page: page | {"value": page["value"][:5]})
    row = lab.collect_one("secure_score_control_profiles")
    assert row.outcome == "bad_response"
    assert row.requests < 400


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/v1.0/security/secureScores?$skiptoken=1",
        "http://localhost:{port}/v1.0/security/secureScores?$skiptoken=1",
        "https://localhost:1/v1.0/security/secureScores?$skiptoken=1",
        "https://user:pw@localhost:{port}/v1.0/x",
        "//localhost:{port}/v1.0/x",
        "https://localhost:{port}/{tenant}/oauth2/v2.0/token",
        "https://localhost:{port}/v1.0",
        "https://localhost:{port}/v1.0x/security/secureScores",
        "https://localhost:{port}/v2.0/security/secureScores",
        "https://localhost:{port}/v1.0/../common/oauth2/v2.0/token",
        "https://localhost:{port}/beta/%2e%2e/common/oauth2/v2.0/token",
        "https://localhost:{port}/beta/..%5ccommon",
        "nonsense",
    ],
)
def test_a_next_link_that_leaves_graph_is_not_followed(lab: Lab, link: str) -> None:
    port = lab.sandbox.url.rpartition(":")[2]
    page = {"value": [], "@odata.nextLink": link.format(port=port, tenant=lab.ids[0])}
    lab.sandbox.edits.add(path="secureScores?", function=lambda _: page)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.error_code) == ("bad_response", "foreign_next_link")
    assert row.requests == len(lab.graph_calls()) == 1


def test_an_expired_token_is_renewed_between_pages(lab: Lab) -> None:
    nine_pages(lab)
    lab.sandbox.faults.add(path="$skip=30", status=401, times=1)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.pages, row.retries) == ("ok", 9, 1)
    tokens = [one for one in lab.sandbox.requests if one.path.endswith("/token")]
    assert len(tokens) == 2
