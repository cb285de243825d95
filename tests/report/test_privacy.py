"""A tenant's report may be handed to the client: it knows of no other tenant."""

from html import escape

import pytest

from pipeline import open_published
from pipeline.config.branding import Branding
from pipeline.report import render_report
from tests.estate import Estate
from tests.report.one_client import one_client
from tests.report.page import figures, parsed

OTHERS = """
select distinct text from (
    select tenant_id, tenant_id as text from dim_tenant
    union all select tenant_id, tenant_name from dim_tenant
    union all select tenant_id, principal_id from dim_principal
    union all select tenant_id, user_principal_name from dim_principal
    union all select tenant_id, split_part(user_principal_name, '@', 2) from dim_principal
    union all select tenant_id, policy_id from fct_policy_daily
)
where tenant_id <> $tenant and length(text) > 4
    and text not in (select service_principal_id from fct_application_privilege_daily
                     where tenant_id = $tenant)
"""


def traces(html: str, others: list[str]) -> list[str]:
    """Those of the others' ids and names that stand in the report, in whatever spelling."""
    folded = html.lower()
    return [one for one in others if one.lower() in folded or escape(one).lower() in folded]


@pytest.mark.parametrize("position", range(8))
def test_no_other_tenant_is_in_a_tenants_report(estate: Estate, position: int) -> None:
    tenant_id = estate.tenant_ids[position]
    with open_published(estate.home) as connection:
        html = render_report(connection, tenant_id=tenant_id, branding=Branding())
        others = [row[0] for row in connection.execute(OTHERS, {"tenant": tenant_id}).fetchall()]
    assert len(others) > 100
    assert traces(html, others) == []
    assert traces(html + escape(others[0]), others)
    shown = figures(parsed(html))
    assert all(("tenant_id", tenant_id) in one.key for one in shown)
    counted = [one for one in shown if "tenant_count" in one.column or one.column == "rank"]
    assert counted == []
    assert not [
        one for one in shown if "percentile" in one.column or "portfolio_rank" in one.column
    ]


def test_the_portfolios_report_would_be_caught(estate: Estate) -> None:
    tenant_id = estate.tenant_ids[0]
    with open_published(estate.home) as connection:
        html = render_report(connection, tenant_id=None, branding=Branding())
        others = [row[0] for row in connection.execute(OTHERS, {"tenant": tenant_id}).fetchall()]
    assert len(traces(html, others)) > 7


def test_a_clients_own_database_gives_the_same_report(estate: Estate) -> None:
    tenant_id = estate.tenant_ids[3]
    with open_published(estate.home) as connection:
        ours = render_report(connection, tenant_id=tenant_id, branding=Branding())
    with one_client(estate, tenant_id) as connection:
        alone = render_report(
            connection, tenant_id=tenant_id, branding=Branding(), is_client_copy=True
        )
    assert "posture.duckdb" in alone
    assert "posture.duckdb" not in ours
    assert figures(parsed(alone)) == figures(parsed(ours))
    assert "In tenth" in parsed(alone).text
