"""Nine tenants over twelve days, lived twice at once: by the pipeline and by the recorder.

`JUDGE_SEED` names other invented histories than the usual ones.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pipeline.collect import collect
from pipeline.config import load_config
from pipeline.paths import Home
from pipeline.publish import publish
from pipeline.sandbox import Sandbox
from pipeline.warehouse import build
from tests.judge import hostile, hostile_scores
from tests.judge.captures import Life, TenantSetting
from tests.judge.recorder import JUDGED, Recorder
from tests.judge.scripted import ScriptedTenant

START = date(2026, 6, 19)
OFFSETS = (0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 14)
BUILT = (0, 4, 9, 11)
HISTORY = 90
# Chosen for what they hold: residual maxima in cents, a day without a percentage before a window.
SCRIPTS = {3: "birch 6", 4: "birch 23", 5: "birch 40", 6: "birch 230", 7: "f3 18"}
EMPTY = 8
LATE, LATE_FROM = 5, 5
LEAVING, LEAVING_FROM = 3, 10
RUN_TWICE = 6
RUN_FOR_YESTERDAY = 7
COLLECTION_TIME = timedelta(hours=11)
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
# The endpoint of assignments in its own right: the name of PIM's begins alike.
ASSIGNMENTS, ACTIVE, ELIGIBLE = "/roleAssignments?", "/roleAssignmentS", "/roleEligibilityS"


@dataclass
class Portfolio:
    """A home that was collected; what the recorder saw; snapshot and life at each build."""

    home: Home
    life: Life
    snapshots: dict[int, dict[str, pd.DataFrame]] = field(default_factory=dict)
    lives: dict[int, Life] = field(default_factory=dict)


@dataclass(frozen=True)
class Rebuilt:
    """The same lake built in one go in another home, and what was published there."""

    home: Home
    snapshot: dict[str, pd.DataFrame]


def live(root: Path, *, built_on: Sequence[int] = BUILT) -> Portfolio:
    """Collect twelve days, build and publish on some of them."""
    home = Home(root / "home")
    sandbox_of = Sandbox(tenants=EMPTY + 1, days=HISTORY, seed=23, today=START, latency=0.0)
    with sandbox_of as sandbox, Recorder(sandbox) as seen:
        make_hostile(sandbox)
        result = Portfolio(home, seen.life)
        for step, offset in enumerate(OFFSETS):
            today = START + timedelta(days=offset)
            sandbox.set_today(today)
            collected(sandbox, seen, home, step=step)
            if step in built_on:
                result.snapshots[step] = built(home, today)
                result.lives[step] = seen.life
        result.life = seen.life
        return result


def collected(sandbox: Sandbox, seen: Recorder, home: Home, *, step: int) -> None:
    """The runs of one day: mostly one, once a second after trouble, once one for yesterday."""
    config = home.root.parent / "tenants.yaml"
    written = configured(sandbox, config, step)
    with troubled(sandbox, step):
        run(home, seen, config, written, sandbox.today)
    if step == RUN_TWICE:
        run(home, seen, config, written, sandbox.today)
    if step == RUN_FOR_YESTERDAY:
        run(home, seen, config, written, sandbox.today - timedelta(days=1))


def run(
    home: Home, seen: Recorder, config: Path, written: Sequence[TenantSetting], run_date: date
) -> None:
    settings = load_config(config)
    with home.lock():
        collect(settings, home, run_date=run_date, feeds=JUDGED)
    seen.record(run_date, written)


def built(home: Home, today: date) -> dict[str, pd.DataFrame]:
    """Build, publish, and read back what was published."""
    with home.lock():
        outcome = build(home)
        assert outcome.ok, f"build failed: {outcome.failed}"
        at = datetime.combine(today, datetime.min.time(), tzinfo=UTC) + COLLECTION_TIME
        publish(home, run_date=today, published_at=at)
    return published(home.published)


def published(folder: Path) -> dict[str, pd.DataFrame]:
    """Every published model as a frame, found through the manifest alone."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    return {
        name: pd.concat(
            [pd.read_parquet(folder / file["path"]) for file in model["files"]], ignore_index=True
        )
        for name, model in manifest["models"].items()
        if model["files"]
    }


def configured(sandbox: Sandbox, config: Path, step: int) -> list[TenantSetting]:
    """Write the tenants.yaml of a step: one tenant joins late, one leaves, names and tags vary."""
    path = sandbox.write_config(config)
    document = yaml.safe_load(path.read_text())
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    kept = []
    for entry in document["tenants"]:
        position = ids.index(entry["id"].lower())
        if position == LATE and step < LATE_FROM:
            continue
        if position == LEAVING and step >= LEAVING_FROM:
            continue
        if position == 0:
            entry.pop("name", None)
        if position == 1:
            entry.pop("segment", None)
            entry["tags"] = {"region": "emea" if step < 6 else "amer", "wave": "1"}
        kept.append(entry)
    path.write_text(yaml.safe_dump(document | {"tenants": kept}, allow_unicode=True))
    return [
        TenantSetting(
            entry["id"].lower(), entry.get("name"), entry.get("segment"), entry.get("tags") or {}
        )
        for entry in kept
    ]


@contextmanager
def troubled(sandbox: Sandbox, step: int) -> Iterator[None]:
    """What goes wrong on single days: a permission missing, an endpoint that is down."""
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    faults: dict[int, list[dict[str, Any]]] = {
        2: [{"tenant_id": ids[1], "path": "/security/", "status": 403}],
        3: [{"tenant_id": ids[2], "path": ASSIGNMENTS, "status": 403}],
        4: [{"tenant_id": ids[2], "path": "beta/roleManagement", "status": 403}],
        5: [{"tenant_id": ids[2], "path": ELIGIBLE, "status": 403}],
        6: [
            {"tenant_id": ids[1], "path": "/subscribedSkus", "status": 403},
            {"tenant_id": ids[2], "path": ACTIVE, "status": 403},
        ],
        7: [
            {"tenant_id": ids[0], "path": "/roleManagement/", "status": 403},
            {"tenant_id": ids[3], "path": "/secureScoreControlProfiles", "status": 403},
        ],
        8: [{"tenant_id": ids[1], "path": "ScheduleInstances", "status": 403}],
        9: [{"tenant_id": ids[2], "path": "ScheduleInstances", "status": 403}],
        10: [{"tenant_id": ids[5], "path": ASSIGNMENTS, "status": 403}],
        11: [{"tenant_id": ids[4], "path": "/secureScores", "status": 403}],
    }
    for fault in faults.get(step, []):
        sandbox.faults.add(**fault)
    try:
        yield
    finally:
        sandbox.faults.clear()


def make_hostile(sandbox: Sandbox) -> None:
    """Three tenants keep the sandbox's story with awkward edits, three follow a random script."""
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    day: Callable[[int], date] = lambda step: START + timedelta(days=OFFSETS[step])  # noqa: E731
    scores, profiles = "/secureScores", "/secureScoreControlProfiles"
    hostile.edit(
        sandbox,
        ids[0],
        scores,
        hostile.missing_on(6),
        hostile.renamed("RoleOverlap", "roleoverlap"),
        hostile.at_zero("MFARegistrationV2"),
        hostile.scored_too("no_profile_half", 0.5, 50.0, maximum=1.0),
        hostile.scored_too("no_profile_zero", 0.0, 0.0, maximum=4.0),
        hostile_scores.away("OneAdmin", since=day(3), until=day(8)),
        hostile_scores.crowded("AdminMFAV2", 10.0),
    )
    gone = hostile.unlisted("OneAdmin", since=day(3), until=day(8))
    hostile.edit(sandbox, ids[0], profiles, gone)
    hostile.edit(
        sandbox,
        ids[1],
        scores,
        hostile.scored_twice(1, weekday=2),
        hostile.without_percentage("PWAgePolicyNew"),
        hostile.revised_after(1, restored_after=4),
    )
    hostile.edit(
        sandbox,
        ids[1],
        profiles,
        hostile.reweighted("AdminMFAV2", 12.0, since=day(2), until=day(6)),
        hostile.reweighted("OneAdmin", None, since=day(3), until=date.max),
        hostile.unlisted("IntegratedApps", until=day(7)),
        hostile.unlisted("SelfServicePasswordReset", since=day(5), until=day(9)),
        hostile.stated(
            "BlockLegacyAuthentication",
            [("Default", None), ("Ignored", day(0) - timedelta(days=20))],
            until=day(8),
        ),
        hostile.stated(
            "SigninRiskPolicy",
            [("Default", None), ("ThirdParty", day(1)), ("Reviewed", day(0))],
            until=date.max,
        ),
    )
    unlisted = hostile.another_role(DIRECTORY_READERS)
    hostile.edit(sandbox, ids[2], ASSIGNMENTS, hostile.unresolved(2), unlisted)
    hostile.edit(sandbox, ids[2], ACTIVE, hostile.recased)
    hostile.edit(sandbox, ids[2], ELIGIBLE, hostile.recased, hostile.unresolved(0))
    hostile.edit(sandbox, ids[1], "/subscribedSkus", hostile.suspended(since=day(9)))
    first, life_days = START - timedelta(days=HISTORY), HISTORY + OFFSETS[-1] + 1
    other = os.environ.get("JUDGE_SEED")
    for position, usual in SCRIPTS.items():
        seed = f"{other} {position}" if other else usual
        hostile.script(sandbox, ScriptedTenant(seed, ids[position], first, life_days))
        for path in (ASSIGNMENTS, ACTIVE, ELIGIBLE, "/subscribedSkus"):
            hostile.edit(sandbox, ids[position], path, hostile.flickering(seed))
    for path in (scores, profiles, ASSIGNMENTS, ACTIVE, ELIGIBLE, "/subscribedSkus"):
        hostile.edit(sandbox, ids[EMPTY], path, hostile.emptied)
