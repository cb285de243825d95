"""Fifty tenants over twelve days, lived twice at once: by the pipeline and by the recorder.

Nine of them are hostile and collected every day; what happens to the others is in ordinary.py.

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
from tests.judge import hostile, ordinary
from tests.judge.captures import Life, TenantSetting
from tests.judge.recorder import Recorder
from tests.judge.scripted import ScriptedTenant

START = date(2026, 6, 19)
OFFSETS = (0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 14)
BUILT = (0, 6, 11)
HISTORY = 90
TENANTS = 50
USERS = 60
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
    sandbox_of = Sandbox(
        tenants=TENANTS,
        days=HISTORY,
        seed=23,
        today=START,
        latency=0.0,
        users=USERS,
        log_requests=False,
        throttling=False,
    )
    with sandbox_of as sandbox:
        usual = [tenant.tenant_id for tenant in sandbox.tenants][EMPTY + 1 :]
        make_hostile(sandbox)
        days = [START + timedelta(days=offset) for offset in OFFSETS]
        ordinary.make_eventful(sandbox, usual, days)
        return _lived(sandbox, home, usual, built_on)


def _lived(
    sandbox: Sandbox, home: Home, usual: Sequence[str], built_on: Sequence[int]
) -> Portfolio:
    with Recorder(sandbox, briefly=usual) as seen:
        result = Portfolio(home, seen.life)
        for step, offset in enumerate(OFFSETS):
            today = START + timedelta(days=offset)
            sandbox.set_today(today)
            collect_step(sandbox, seen, home, step=step)
            if step in built_on:
                result.snapshots[step] = built(home, today)
                result.lives[step] = seen.life
        result.life = seen.life
        return result


def collect_step(sandbox: Sandbox, seen: Recorder, home: Home, *, step: int) -> None:
    """The runs of one day: mostly one, once a second after trouble, once one for yesterday."""
    config = home.root.parent / "tenants.yaml"
    written = configured(sandbox, config, step)
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    is_asked = {one: ordinary.is_collected(n, step) for n, one in enumerate(ids[EMPTY + 1 :])}
    asked = [one.tenant_id for one in written if is_asked.get(one.tenant_id, True)]
    awkward = [one for one in asked if one not in is_asked]
    with troubled(sandbox, step):
        run(home, seen, config, written, sandbox.today, asked)
    if step == RUN_TWICE:
        run(home, seen, config, written, sandbox.today, awkward)
    if step == RUN_FOR_YESTERDAY:
        run(home, seen, config, written, sandbox.today - timedelta(days=1), awkward)


def run(
    home: Home,
    seen: Recorder,
    config: Path,
    written: Sequence[TenantSetting],
    run_date: date,
    collected: Sequence[str],
) -> None:
    settings = load_config(config)
    with home.lock():
        collect(settings, home, run_date=run_date, tenants=collected)
    seen.record(run_date, written, collected)


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
        if position > EMPTY and not ordinary.configure(entry, position - EMPTY - 1, step):
            continue
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
    for fault in [*faults.get(step, []), *ordinary.faults(ids[EMPTY + 1 :], step)]:
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
    )
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
