"""Publishes the warehouse: an immutable snapshot of Parquet files, announced in one step.

    warehouse/       -> published/.staging/         written here first, where no reader looks
                     -> published/snapshots/<id>/   renamed whole
                     -> published/posture.duckdb    built beside, then replaced
                     -> published/manifest.json     replaced last: from here on readers see it

A publish that is killed anywhere leaves the previous snapshot current; the next one sweeps up.
Same warehouse content, same Parquet bytes.
"""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.errors import writing_errors
from pipeline.files import sync, whole_file
from pipeline.home import Home
from pipeline.published.database import write_database
from pipeline.published.files import SnapshotWriter
from pipeline.published.manifest import (
    DamagedManifestError,
    Manifest,
    PublishedModel,
    manifest_document,
    read_manifest,
)
from pipeline.published.models import write_models
from pipeline.warehouse.public_models import PublicModel, public_models

MIN_KEPT = 3
KEPT_FOR = timedelta(hours=24)
TIME_IN_ID = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot: its folder, and what it holds by model name."""

    id: str
    path: Path
    models: Mapping[str, PublishedModel]


def publish(home: Home, *, run_date: date, published_at: datetime) -> Snapshot:
    """Publish what the warehouse holds, as of `run_date`.

    A warehouse that was built as of an earlier time is published as of its own newest day. The
    caller holds `home.lock()`. Large facts are written by month, and a month that did not
    change is hard-linked from the snapshot before. `published_at` (aware) names the snapshot.
    Raises PostureError, and leaves the last snapshot current, where the warehouse is missing, a
    column has a type that not all readers share, or the disk refuses.
    """
    published = home.published
    with writing_errors(published, doing="publish", kept="the last snapshot stays published"):
        published.mkdir(parents=True, exist_ok=True)
        previous = _previous(published)
        models = public_models(home)
        staging = published / ".staging"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        snapshot_id = f"{published_at.astimezone(UTC):{TIME_IN_ID}}-{secrets.token_hex(2)}"
        with SnapshotWriter.open(
            home, folder=staging / snapshot_id, snapshot_id=snapshot_id, previous=previous
        ) as writer:
            manifest = Manifest(
                snapshot=snapshot_id,
                as_of=min(run_date, writer.newest_day or run_date),
                published_at=published_at.astimezone(UTC),
                generation=writer.generation,
                kept_snapshots=_kept(published, snapshot_id, previous),
                models=writer.write_all(models),
                built_as_of=writer.built_as_of,
                build=writer.build,
            )
        write_models(staging / snapshot_id, models)
        _announce(models, manifest, published=published, staging=staging)
        _sweep(published, manifest)
    return Snapshot(snapshot_id, published / "snapshots" / snapshot_id, manifest.models)


def is_published(home: Home, build: str, *, run_date: date) -> bool:
    """Whether readers see what that build made, as of the date."""
    manifest = _previous(home.published)
    return manifest is not None and (manifest.build, manifest.as_of) == (build, run_date)


def _previous(published: Path) -> Manifest | None:
    """The snapshot that this one follows. A damaged manifest is replaced as one that is absent."""
    try:
        return read_manifest(published)
    except DamagedManifestError:
        return None


def _announce(
    models: tuple[PublicModel, ...], manifest: Manifest, *, published: Path, staging: Path
) -> None:
    snapshots = published / "snapshots"
    snapshots.mkdir(exist_ok=True)
    (staging / manifest.snapshot).rename(snapshots / manifest.snapshot)
    sync(snapshots)
    name = "posture.duckdb"
    with whole_file(published / name, temporary=staging / name) as database:
        write_database(database, models, manifest, root=published.resolve())
    name = "manifest.json"
    with whole_file(published / name, temporary=staging / name) as document:
        document.write_text(manifest_document(manifest), encoding="utf-8")


def _kept(published: Path, snapshot_id: str, previous: Manifest | None) -> tuple[str, ...]:
    """This snapshot and the earlier ones that stay: the last three and all younger than a day."""
    if previous is not None:
        earlier = list(previous.kept_snapshots)
    else:
        earlier = sorted((path.name for path in published.glob("snapshots/*")), reverse=True)
    oldest_by_age = f"{_time_of(snapshot_id) - KEPT_FOR:{TIME_IN_ID}}"
    ids = [snapshot_id, *earlier]
    return tuple(name for rank, name in enumerate(ids) if rank < MIN_KEPT or name >= oldest_by_age)


def _time_of(snapshot_id: str) -> datetime:
    return datetime.strptime(snapshot_id.split("-")[0], TIME_IN_ID)


def _sweep(published: Path, current: Manifest) -> None:
    """Remove staging and every snapshot not kept, also one whose publish was killed half-way."""
    staging = published / ".staging"
    for path in (published / "snapshots").iterdir():
        if path.name not in current.kept_snapshots:
            # Renamed away first: a sweep that is killed must not leave half a snapshot behind.
            path.rename(staging / path.name)
    shutil.rmtree(staging)
