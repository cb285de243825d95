"""Fifty tenants over twelve days, lived twice at once: by the pipeline and by the recorder.

Nine of them are hostile and collected every day; what happens to the others is in ordinary.py.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import yaml

from pipeline.collection.collect import collect
from pipeline.collection.part_buffer import release_unused
from pipeline.config.settings import load_config
from pipeline.home import Home
from pipeline.published.publish import publish
from pipeline.sandbox import Sandbox
from pipeline.warehouse.build import build
from tests.oracle import hand_register, ordinary
from tests.oracle.captures import Life, TenantSetting
from tests.oracle.nine import (
    EMPTY,
    HISTORY,
    LATE,
    LATE_FROM,
    LEAVING,
    LEAVING_FROM,
    OFFSETS,
    START,
    make_hostile,
    troubled,
)
from tests.oracle.recorder import Recorder

BUILT = (0, 6, 11)
# Days whose captures are built together with those of the next one, as after a night without a
# build. Between the other builds lie days on their own: the first, the one of two runs, that of a
# run for yesterday, the one on which a tenant joins and that on which one leaves.
BUILT_WITH_THE_NEXT = (1, 3, 8)
TENANTS = 50
USERS = 60
RUN_TWICE = 6
RUN_FOR_YESTERDAY = 7
# Nothing but the register is new in the second run of this day.
DECLARED_ANEW = 9
COLLECTION_TIME = timedelta(hours=11)


@dataclass
class Portfolio:
    """A home that was collected; what the recorder saw; snapshot and life at each build."""

    home: Home
    life: Life
    snapshots: dict[int, dict[str, pd.DataFrame]] = field(default_factory=dict)
    lives: dict[int, Life] = field(default_factory=dict)
    tenants: tuple[str, ...] = ()

    @property
    def hostile(self) -> tuple[str, ...]:
        """The nine tenants of which every day was collected."""
        return self.tenants[: EMPTY + 1]


def live(root: Path, *, read_on: Sequence[int] = BUILT) -> Portfolio:
    """Collect twelve days, build on most of them, publish and read back on some."""
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
        return _lived(sandbox, home, usual, read_on)


def _lived(sandbox: Sandbox, home: Home, usual: Sequence[str], read_on: Sequence[int]) -> Portfolio:
    with Recorder(sandbox, briefly=usual) as seen:
        tenants = tuple(tenant.tenant_id for tenant in sandbox.tenants)
        result = Portfolio(home, seen.life, tenants=tenants)
        for step, offset in enumerate(OFFSETS):
            today = START + timedelta(days=offset)
            sandbox.set_today(today)
            collect_step(sandbox, seen, home, step=step)
            if step in read_on:
                result.snapshots[step], result.lives[step] = built(home, today), seen.life
            elif step not in BUILT_WITH_THE_NEXT:
                build_day(home)
        result.life = seen.life
        return result


def collect_step(sandbox: Sandbox, seen: Recorder | None, home: Home, *, step: int) -> None:
    """The runs of one day: mostly one, once a second after trouble, once one for yesterday."""
    config = home.root.parent / "tenants.yaml"
    written = configured(sandbox, config, step)
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    is_asked = {one: ordinary.is_collected(n, step) for n, one in enumerate(ids[EMPTY + 1 :])}
    asked = [one.tenant_id for one in written if is_asked.get(one.tenant_id, True)]
    awkward = [one for one in asked if one not in is_asked]
    written = declare(sandbox, config, written, step)
    with troubled(sandbox, step):
        run(home, seen, config, written, sandbox.today, asked)
    if step in (RUN_TWICE, DECLARED_ANEW):
        written = declare(sandbox, config, written, step, is_again=True)
    if step == DECLARED_ANEW:
        build_day(home)
        with troubled(sandbox, step):
            run(home, seen, config, written, sandbox.today, asked)
    if step == RUN_TWICE:
        run(home, seen, config, written, sandbox.today, awkward)
    if step == RUN_FOR_YESTERDAY:
        run(home, seen, config, written, sandbox.today - timedelta(days=1), awkward)


def run(
    home: Home,
    seen: Recorder | None,
    config: Path,
    written: Sequence[TenantSetting],
    run_date: date,
    collected: Sequence[str],
) -> None:
    """Collect, and let whoever looks on record the same."""
    settings = load_config(config)
    with home.lock():
        collect(settings, home, run_date=run_date, tenants=collected)
    if seen is not None:
        seen.record(run_date, written, collected)


def built(home: Home, today: date) -> dict[str, pd.DataFrame]:
    """Build, publish, and read back what was published."""
    build_and_publish(home, today)
    return {
        name: pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
        for name, files in published_files(home.published).items()
    }


def build_and_publish(home: Home, today: date) -> None:
    build_day(home)
    with home.lock():
        at = datetime.combine(today, datetime.min.time(), tzinfo=UTC) + COLLECTION_TIME
        publish(home, run_date=today, published_at=at)


def build_day(home: Home) -> None:
    with home.lock():
        outcome = build(home)
        assert outcome.ok, f"build failed: {outcome.failed}"
    # What the portfolio keeps lies between what builds and collections let go of.
    release_unused()


def published_files(folder: Path) -> dict[str, list[str]]:
    """The files of every published model that has some, found through the manifest alone."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    return {
        name: [str(folder / file["path"]) for file in model["files"]]
        for name, model in manifest["models"].items()
        if model["files"]
    }


def declare(
    sandbox: Sandbox,
    config: Path,
    written: Sequence[TenantSetting],
    step: int,
    *,
    is_again: bool = False,
) -> list[TenantSetting]:
    """Write the register.yaml of a step, and tell what it says of each tenant."""
    found = hand_register.entries(sandbox, step, is_again=is_again)
    known = {one.tenant_id for one in written}
    entries = [
        {"tenant": t, **one} for t, several in found.items() if t in known for one in several
    ]
    config.with_name("register.yaml").write_text(yaml.safe_dump({"principals": entries}))
    return [
        replace(one, declared=tuple(_in_lower_case(e) for e in found.get(one.tenant_id, ())))
        for one in written
    ]


def _in_lower_case(entry: dict[str, str]) -> dict[str, str]:
    return {name: value.lower() for name, value in entry.items()}


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
