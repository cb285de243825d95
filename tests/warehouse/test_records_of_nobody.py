"""A record that does not say whose it is costs itself, and not the days around it."""

from datetime import date, timedelta
from pathlib import Path

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import control, profile, record, tenant, write_run

DAY = date(2026, 3, 16)
NOBODYS = DAY - timedelta(days=2)


def test_one_record_without_its_tenant_leaves_the_other_days_of_the_score(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    days = [DAY - timedelta(days=number) for number in range(4)]
    scores = [record(tenant(1), day, [control("A", 5, 50)], maximum=10) for day in days]
    for one in scores:
        if one["createdDateTime"].startswith(str(NOBODYS)):
            one |= {"id": "NA", "azureTenantId": "NA"}
    profiles = [profile(tenant(1), "A", 10), profile(tenant(1), "B", 3) | {"azureTenantId": None}]
    answers = {"secure_scores": scores, "secure_score_control_profiles": profiles}
    write_run(home.lake, DAY, {tenant(1): answers})
    assert build(home).ok
    with open_built(home) as connection:

        def rows(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        scored = rows(
            "select score_date from core.fct_tenant_score_daily where scope = 'overall' order by 1"
        )
        assert scored == [(day,) for day in sorted(days) if day != NOBODYS]
        controls = rows("select distinct score_date from core.fct_control_score_daily order by 1")
        assert controls == scored
        assert rows("select control_id from core.dim_control") == [("A",)]
        statuses = "select score_status from core.fct_identity_posture_daily where snapshot_date = "
        assert rows(f"{statuses}date '{DAY}'") == [("ok",)]
        found = rows(
            "select feed, subject, finding_count, detail from marts.mart_data_quality"
            " where finding = 'quarantined_rows' order by feed desc"
        )
    why = "azureTenantId names no tenant"
    assert found == [
        ("secure_scores", why, 1, f"For example NA of {NOBODYS}."),
        ("secure_score_control_profiles", why, 1, "For example B."),
    ]
