"""Each figure of the report is the model's: every marked number is looked up again."""

from collections import Counter
from dataclasses import replace
from math import isclose

import pytest

from pipeline import open_published
from pipeline.config.branding import Branding
from pipeline.report import render_report
from tests.estate import Estate
from tests.report.marts import Marts
from tests.report.page import Element, figures, parsed

PORTFOLIO = {
    "mart_portfolio_trend": {"average_ratio", "cohort_30d_ratio", "all_tenants_average_ratio"},
    "mart_posture_overview": {"score_ratio", "change_7d_ratio", "gap_to_all_tenants_ratio", "zone"},
    "mart_tenant_comparison": {"portfolio_rank", "portfolio_percentile_ratio"},
    "mart_score_movement": {"ratio_delta", "earned_ratio", "regressed_ratio", "microsoft_ratio"},
    "fct_score_change": {"ratio_delta"},
    "mart_control_portfolio": {"missing_tenant_count", "tenant_count", "at_stake_points"},
    "fct_identity_posture_daily": {"privileged_count", "standing_count", "unprotected_count"},
    "mart_privileged_access": {"tenant_id principal_id", "tenant_id"},
    "mart_recommended_actions": {"gain_points"},
    "mart_alerts": {"alert_kind", "first_seen_date"},
    "mart_data_quality": {"finding", "tenant_id"},
}
TENANT = {
    "mart_posture_overview": {"score_ratio", "score_points", "change_30d_ratio", "quick_win_count"},
    "fct_tenant_score_daily": {"score_ratio", "known_score_ratio", "control_count"},
    "fct_score_benchmark_daily": {"average_ratio"},
    "fct_score_change": {"ratio_delta"},
    "mart_score_movement": {"ratio_delta", "exception_ratio", "microsoft_ratio", "start_ratio"},
    "mart_recommended_actions": {"action_rank", "gain_points", "gain_ratio", "days_open_count"},
    "mart_roadmap": {"ratio_after", "ratio_before", "step_number"},
    "mart_remediation_log": {"event_date", "gained_points", "event_kind"},
    "fct_identity_posture_daily": {"privileged_count", "mfa_covered_ratio"},
    "mart_privileged_access": {"finding_count"},
    "mart_partner_access": {"first_seen_date"},
    "mart_best_practices": {"score_ratio"},
    "mart_exceptions": {"points_at_stake", "age_days", "review_due_date"},
    "mart_zero_trust": {"known_score_ratio", "control_count"},
    "mart_tenant_comparison": {"all_tenants_gap_ratio", "portfolio_decile"},
    "mart_data_quality": {"finding"},
    "fct_collection": {"extract_date"},
}


@pytest.fixture(scope="module")
def pages(estate: Estate) -> dict[str | None, Element]:
    """The portfolio's report (None) and every tenant's."""
    with open_published(estate.home) as connection:
        return {
            tenant_id: parsed(render_report(connection, tenant_id=tenant_id, branding=Branding()))
            for tenant_id in (None, *estate.tenant_ids)
        }


def test_every_figure_is_the_models_own(estate: Estate, pages: dict[str | None, Element]) -> None:
    with open_published(estate.home) as connection:
        marts = Marts(connection)
        for page in pages.values():
            found = figures(page)
            assert len(found) > 500
            assert [reported for one in found if (reported := marts.complaint(one))] == []


def test_the_figures_asked_for_are_there(estate: Estate, pages: dict[str | None, Element]) -> None:
    everywhere: dict[str, Counter[str]] = {}
    for tenant_id in estate.tenant_ids:
        for one in figures(pages[tenant_id]):
            everywhere.setdefault(one.model, Counter())[one.column] += 1
    missing = {m: columns - set(everywhere[m]) for m, columns in TENANT.items()}
    assert not any(missing.values()), missing
    portfolio: dict[str, set[str]] = {}
    for one in figures(pages[None]):
        portfolio.setdefault(one.model, set()).add(one.column)
    missing = {m: columns - portfolio[m] for m, columns in PORTFOLIO.items()}
    assert not any(missing.values()), missing


def test_the_waterfall_shows_the_parts_of_the_mart_and_they_sum(
    estate: Estate, pages: dict[str | None, Element]
) -> None:
    parts = [f"{part}_ratio" for part in (
        "earned", "regressed", "population", "exception", "licence", "microsoft", "unexplained"
    )]  # fmt: skip
    columns = ", ".join(["start_ratio", *parts, "end_ratio", "ratio_delta"])
    with open_published(estate.home) as connection:
        for tenant_id in estate.tenant_ids:
            [(start, *moved, end, delta)] = connection.execute(
                f"select {columns} from mart_score_movement"
                " where tenant_id = ? and scope = 'overall' and period = '30d'",
                [tenant_id],
            ).fetchall()
            assert isclose(sum(moved), delta, abs_tol=1e-9)
            assert isclose(start + delta, end, abs_tol=1e-9)
            for kind in ("wide", "narrow"):
                drawn = _values(pages[tenant_id], f"why-{kind}-t why-{kind}-d")
                shown = [f"{100 * start:.1f}%", *(f"{100 * m:+.1f}pp" for m in moved if m)]
                shown = [text if float(text[:-2]) else "0.0pp" for text in shown]
                assert drawn == [*shown, f"{100 * end:.1f}%"]


def test_each_chart_has_its_numbers_beside_it(pages: dict[str | None, Element]) -> None:
    for page in pages.values():
        for chart in page.all("svg"):
            if chart.attributes.get("role") != "img":
                assert chart.attributes.get("aria-hidden") == "true" or chart.has("swatch")
                continue
            section = chart
            while section.tag != "section":
                assert section.parent is not None
                section = section.parent
            assert section.all("table")
            if chart.has("spark"):
                assert "from" in chart.attributes["aria-label"]
                continue
            title, text = chart.all("title")[0], chart.all("desc")[0]
            labelled = f"{title.attributes['id']} {text.attributes['id']}"
            assert chart.attributes["aria-labelledby"] == labelled
            assert title.text
            assert text.text


def _values(page: Element, labelled: str) -> list[str]:
    [chart] = [svg for svg in page.all("svg") if svg.attributes.get("aria-labelledby") == labelled]
    texts = [text.text for text in chart.all("text") if text.has("value")]
    return [text.replace("\u2212", "-").replace("\u00a0", "") for text in texts]


def test_a_figure_that_is_not_the_models_is_found(estate: Estate) -> None:
    with open_published(estate.home) as connection:
        html = render_report(connection, tenant_id=estate.tenant_ids[0], branding=Branding())
        marts = Marts(connection)
        one = figures(parsed(html))[0]
        assert (one.model, one.column) == ("mart_posture_overview", "score_ratio")
        assert marts.complaint(one) is None
        assert marts.complaint(replace(one, value=repr(float(one.value) + 0.01)))
        assert marts.complaint(replace(one, text=one.text.replace(".", "1.")))
        assert marts.complaint(replace(one, column="all_tenants_average_ratio"))
