"""The notebooks: they run, their numbers are the marts', and the .ipynb beside them are theirs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from pipeline import open_published
from tests.docs.notebook_run import FOLDER, run, same
from tests.docs.smaller_home import home_of
from tests.estate import Estate

SOURCES = sorted(FOLDER.glob("*.py"))
ALL_BY_MARIMO = """
import json, sys
from marimo._cli.cli import main
for words in json.loads(sys.argv.pop()):
    code = main(["--quiet", *words], standalone_mode=False)
    if code:
        sys.exit(code)
"""


def test_there_are_four_and_each_has_its_ipynb() -> None:
    assert [source.stem for source in SOURCES] == [
        "comparing_clients",
        "privileged_access_review",
        "tour_of_the_marts",
        "why_did_the_score_move",
    ]
    assert sorted(FOLDER.glob("*.ipynb")) == [source.with_suffix(".ipynb") for source in SOURCES]


def test_they_are_sound_and_regenerate_without_a_difference(tmp_path: Path) -> None:
    commands = [["check", "--strict", *map(str, SOURCES)]]
    targets = [tmp_path / f"{source.stem}.ipynb" for source in SOURCES]
    for source, target in zip(SOURCES, targets, strict=True):
        commands.append(["export", "ipynb", str(source), "-o", str(target)])
    # One process for all, because marimo takes longer to import than to do them.
    subprocess.run([sys.executable, "-c", ALL_BY_MARIMO, json.dumps(commands)], check=True)
    for source, target in zip(SOURCES, targets, strict=True):
        made = target.read_bytes()
        assert made == source.with_suffix(".ipynb").read_bytes(), f"{source}: make notebooks"


def test_each_runs_as_a_script(estate: Estate, tmp_path: Path) -> None:
    # One process for all, because its imports cost more than they do.
    run_all = (
        "import runpy, sys; paths = sys.argv.pop().split(':');"
        "[runpy.run_path(path, {}, '__main__') for path in paths]"
    )
    paths = ":".join(map(str, SOURCES))
    done = subprocess.run(
        [sys.executable, "-c", run_all, "--home", str(estate.home.root), paths],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "POSTURE_HOME"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_each_ipynb_runs_and_shows_its_charts_without_a_network(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTURE_HOME", str(estate.home.root))
    kernel = KernelManager(kernel_name="python3")
    kernel.start_kernel(cwd=str(FOLDER))
    try:
        for source in SOURCES:
            notebook = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
            # One kernel for all, because starting four costs more than running them.
            notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
            client = NotebookClient(notebook, km=kernel, timeout=600)
            client.execute(reset_kc=True, cleanup_kc=False)
            shown = [
                output["data"]
                for cell in notebook.cells
                for output in cell.get("outputs", ())
                if "data" in output
            ]
            charts = [kind for data in shown for kind in data if "vegalite" in kind]
            assert len(charts) >= 1, source
            text = [
                str(data.get(f"text/{kind}", "")) for data in shown for kind in ("html", "markdown")
            ]
            assert [part for part in text if re.search(r"<script|<img|<link|<iframe", part)] == []
    finally:
        kernel.shutdown_kernel(now=True)


def test_the_tour_shows_the_marts(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    defined = run("tour_of_the_marts", estate.home, monkeypatch)
    columns = "tenant_id, score_ratio, change_30d_ratio, open_action_count, privileged_count"
    same(
        defined["overview"],
        estate.home,
        f"select {columns} from mart_posture_overview"
        " order by score_ratio desc nulls last, tenant_name",
    )
    assert all(defined["marts"]["question"]), "every mart has its question"
    assert defined["doubts"]["row_count"].sum() > 0


@pytest.mark.parametrize("period", ["7d", "30d", "month:2026-05"])
def test_the_move_is_the_marts(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, period: str
) -> None:
    for tenant in estate.tenant_ids[:2]:
        asked = {"TENANT": tenant, "PERIOD": period}
        defined = run("why_did_the_score_move", estate.home, monkeypatch, **asked)
        query = (
            "select tenant_id, start_ratio, end_ratio, ratio_delta, earned_ratio, microsoft_ratio"
            " from mart_score_movement where scope = 'overall' and tenant_id = ? and period = ?"
        )
        same(defined["movement"], estate.home, query, tenant, period)
        [delta] = defined["movement"]["ratio_delta"]
        [points] = defined["movement"]["points_delta"]
        assert defined["parts"]["ratio"].sum() == pytest.approx(delta, abs=1e-9)
        assert defined["controls"]["points"].sum() == pytest.approx(points, abs=1e-6)


def test_the_review_is_the_marts(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    for tenant in estate.tenant_ids[1:3]:
        defined = run("privileged_access_review", estate.home, monkeypatch, TENANT=tenant)
        with open_published(estate.home) as connection:
            findings = connection.execute(
                "select count(distinct principal_id),"
                " count(distinct principal_id) filter (where is_without_mfa),"
                " count(distinct principal_id) filter (where is_stale)"
                " from mart_privileged_access where tenant_id = ?",
                [tenant],
            ).fetchall()[0]
        by_name = defined["findings"].set_index("finding")["holder_count"]
        shown = (len(defined["holders"]), by_name.get("without_mfa", 0), by_name.get("stale", 0))
        assert shown == findings
        counts = (
            "select snapshot_date, privileged_count, standing_count from fct_identity_posture_daily"
            " where tenant_id = ? and privileged_count is not null order by snapshot_date"
        )
        same(defined["counts"], estate.home, counts, tenant)


def test_the_comparison_is_the_marts(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    defined = run("comparing_clients", estate.home, monkeypatch)
    same(
        defined["comparison"],
        estate.home,
        "select tenant_id, score_ratio, portfolio_rank, portfolio_percentile_ratio,"
        " segment_percentile_ratio from mart_tenant_comparison order by portfolio_rank",
    )
    same(
        defined["portfolio"],
        estate.home,
        "select trend_date, average_ratio, cohort_30d_ratio as cohort_ratio from"
        " mart_portfolio_trend where group_kind = 'portfolio'"
        " and trend_date > date '2026-06-30' - 30 order by trend_date",
    )
    same(
        defined["missed"],
        estate.home,
        "select control_id, missing_tenant_count, at_stake_points from mart_control_portfolio"
        " where missing_tenant_count > 0 order by 2 desc, 3 desc nulls last, 1",
    )


@pytest.mark.parametrize("whose", ["one client", "nobody"])
def test_a_clients_copy_and_an_empty_home_are_told_and_no_error(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    tenant = estate.tenant_ids[4] if whose == "one client" else "nobody"
    home = home_of(tenant, estate.home, tmp_path)
    defined = {source.stem: run(source.stem, home, monkeypatch) for source in SOURCES}
    expected = 1 if whose == "one client" else 0
    assert len(defined["comparing_clients"]["comparison"]) == expected
    assert len(defined["comparing_clients"]["missed"]) == 0
    assert len(defined["why_did_the_score_move"]["movement"]) == expected
    assert (len(defined["privileged_access_review"]["holders"]) > 0) is bool(expected)
    assert len(defined["tour_of_the_marts"]["overview"]) == expected
