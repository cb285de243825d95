"""What Graph changed without notice, from the wire to `posture status`."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.sandbox import Sandbox

FEED = "security_defaults"


def test_unknown_members_and_a_changed_type_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "2")

    def grown(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"enforcedSince": "2026-06-01"}

    def changed(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"isEnabled": {"state": "on"}}

    with Sandbox(tenants=2, days=30, today=date(2026, 6, 30), latency=0.0) as sandbox:
        config = sandbox.write_config(tmp_path / "tenants.yaml")
        first, second = (tenant.tenant_id for tenant in sandbox.tenants)
        path = "identitySecurityDefaultsEnforcementPolicy"
        sandbox.edits.add(path=path, tenant_id=first, function=grown)
        sandbox.edits.add(path=path, tenant_id=second, function=changed)
        words = ["--config", str(config), "--home", str(tmp_path / "data")]
        feeds = ["--feed", FEED, "--date", "2026-06-30"]
        assert main(["collect", *words, *feeds]) == 3
        capsys.readouterr()
        assert main(["status", *words]) == 0
    drift = [line for line in capsys.readouterr().out.splitlines() if line.startswith("drift: ")]
    refused, unknown = sorted(drift, key=lambda line: "not in the catalogue" in line)
    assert f"drift: {FEED}: " in refused
    assert "isEnabled" in refused
    assert unknown == (
        f"drift: {FEED}.enforcedSince is not in the catalogue (1 tenant, 2026-06-30)"
    )
