"""`posture doctor` proposes to declare whom every policy leaves out."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.doctor import proposals
from pipeline.home import Home


def test_without_a_snapshot_there_is_nothing_to_propose(tmp_path: Path) -> None:
    assert proposals.read_proposals(Home(tmp_path)) == {}


def test_a_proposal_is_an_entry_to_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(_: Any) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute(
            "create table mart_data_quality as select * from (values "
            "('t1', 'undeclared_emergency_account', 'e1', 'Every enabled policy leaves out e.'), "
            "('t1', 'missing_days', '', 'x')) as rows (tenant_id, finding, subject, detail)"
        )
        return connection

    monkeypatch.setattr(proposals, "open_published", opened)
    [line] = proposals.read_proposals(Home(tmp_path))["t1"]
    assert line.startswith("Every enabled policy leaves out e. If it is an emergency account")
    assert line.endswith("{tenant: t1, principal: e1, role: emergency}")


def test_a_snapshot_of_an_older_version_proposes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "open_published", lambda _: duckdb.connect())
    assert proposals.read_proposals(Home(tmp_path)) == {}
