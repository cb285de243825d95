"""Makes a client's own copy of what is published: selected rows, written anew.

    published/ -> DIR/snapshots/<id>/<model>/   Parquet, the rows of this tenant
               -> DIR/manifest.json             as published, and whose copy it is
               -> DIR/posture.duckdb            every model as a table, read from those files
               -> DIR/report.html, DIR/powerbi/ made from the copy, not from published/

Nothing of the provider's files is copied, renamed or deleted from: what is not selected is never
in any file of the copy. The same snapshot gives the same bytes.
"""

import dataclasses
import os
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pipeline.errors import PostureError, writing_errors
from pipeline.export import surfaces
from pipeline.export.check import require_no_word_of_others, require_one_tenant
from pipeline.export.database import write_own_database
from pipeline.export.folder import new_folder
from pipeline.export.selected_files import write_selected
from pipeline.export.tenant import ClientTenant, find_tenant
from pipeline.export.vouched import own_words, product_words, withheld
from pipeline.export.words import ForeignWords
from pipeline.files import sync
from pipeline.home import Home
from pipeline.published.manifest import Manifest, manifest_document, read_manifest
from pipeline.published.models import read_models, write_models
from pipeline.published.reader import open_snapshot
from pipeline.warehouse.public_models import PublicModel

# The warehouse behind a copy is nobody's business; no month of a copy is ever linked.
GENERATION = "client-copy"
EMPTY = "Empty in a client's copy: its rows tell of other tenants."
LEFT_OUT = "Null in a client's copy: it would tell of other tenants."
LEFT_OUT_UNLESS = "Null in a client's copy unless {}: it would tell of other tenants."


@dataclass(frozen=True)
class Copy:
    """A client's own copy: where it is, whose, of which snapshot, and what it holds."""

    path: Path
    tenant: ClientTenant
    manifest: Manifest

    @property
    def row_count(self) -> int:
        return sum(model.rows for model in self.manifest.models.values())


def export_tenant(home: Home, tenant: str, target: Path, *, config: Path) -> Copy:
    """Write the copy of the tenant (id or name) into the folder `target`, whole or not at all.

    Reads the current snapshot of `published/` and, for the look of the report, `config`. A copy
    of the same tenant that is already at `target` is replaced. Raises UsageError where the tenant
    is unknown, inactive or ambiguous or `target` holds anything else, PostureError where nothing
    is published or the disk refuses.
    """
    published = home.published.resolve()
    manifest = read_manifest(published)
    if manifest is None:
        raise PostureError(f"{published}: nothing is published yet; run `posture run` first")
    snapshot = Path("snapshots", manifest.snapshot)
    models = read_models(published / snapshot)
    with writing_errors(target, doing="export", kept="nothing was exported"):
        client = find_tenant(home, tenant)
        with new_folder(target, tenant_id=client.tenant_id) as folder:
            copied = _write_data(folder.path, manifest, models, client, published=published)
            branding = surfaces.branding_of(config)
            surfaces.write_report(folder.path, tenant_id=client.tenant_id, branding=branding)
            held = {model.name for model in models if not _is_empty(model)}
            surfaces.write_power_bi(folder.path, tenant_name=client.tenant_name, models=held)
            require_one_tenant(folder.path, copied, tenant_id=client.tenant_id)
            with open_snapshot(manifest, published, is_locked=True) as connection:
                others = ForeignWords.of_others(connection, client.tenant_id)
                vouched = own_words(connection, client.tenant_id, withheld(models))
                said = chain([branding.name or ""], vouched, product_words(models))
                require_no_word_of_others(folder.path, others, said)
            _settle(folder.path, copied)
        return Copy(folder.target, client, copied)


def _write_data(
    folder: Path,
    manifest: Manifest,
    models: tuple[PublicModel, ...],
    client: ClientTenant,
    *,
    published: Path,
) -> Manifest:
    snapshot = folder / "snapshots" / manifest.snapshot
    snapshot.mkdir(parents=True)
    described = tuple(_with_what_is_left_out(model) for model in models)
    copied = dataclasses.replace(
        manifest,
        generation=GENERATION,
        kept_snapshots=(manifest.snapshot,),
        models=write_selected(
            snapshot, manifest, models, tenant_id=client.tenant_id, published=published
        ),
        client_tenant_id=client.tenant_id,
    )
    write_models(snapshot, described)
    (folder / "manifest.json").write_text(manifest_document(copied), encoding="utf-8")
    write_own_database(folder)
    return copied


def _with_what_is_left_out(model: PublicModel) -> PublicModel:
    """The model, its comments saying what a reader of the copy will miss."""
    said: dict[str, str] = {}
    if model.export:
        said |= {
            name: LEFT_OUT_UNLESS.format(condition)
            for name, condition in model.export.null_unless.items()
        }
        said |= dict.fromkeys(model.export.null_columns, LEFT_OUT)
    columns = {
        name: f"{text.strip()} {said[name]}" if name in said else text
        for name, text in model.column_descriptions.items()
    }
    description = f"{model.description.strip()} {EMPTY}" if _is_empty(model) else model.description
    return dataclasses.replace(model, description=description, column_descriptions=columns)


def _is_empty(model: PublicModel) -> bool:
    return model.export is None or model.export.rows == "never"


def _settle(folder: Path, manifest: Manifest) -> None:
    """Everything on disk and dated as the snapshot, so that two copies are alike to the date."""
    moment = manifest.published_at.timestamp()
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        sync(path)
        os.utime(path, (moment, moment))
