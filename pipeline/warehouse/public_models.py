"""Which models are published, and how, as the dbt manifest declares it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PostureError
from pipeline.home import Home

ROWS = ("tenant", "shared", "where", "never")


@dataclass(frozen=True)
class ExportPolicy:
    """What of a model goes into a client's own copy (`meta.export`, a word or these members).

    `rows`: `tenant`, those of its tenant_id; `shared`, all, because none is of any tenant;
    `where`, those that `condition` (SQL, over models already cut down to the tenant) lets through;
    `never`, none. `null_columns` would tell of other tenants and are null in the copy.
    """

    rows: str
    condition: str | None = None
    null_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublicModel:
    """A dbt model with `access: public`.

    `date_column` is set for the large facts (`meta.publish: monthly`): they are published as one
    file a month of that date. All others are one file, ordered by `key`. `day_column` is set for
    all facts of a tenant by day, large or not: readers get a view on each tenant's newest day.
    `export` is None where the models were built before any said what a client's copy may hold.
    """

    name: str
    schema: str
    description: str
    column_descriptions: Mapping[str, str]
    key: tuple[str, ...]
    date_column: str | None = None
    day_column: str | None = None
    export: ExportPolicy | None = None

    @property
    def is_monthly(self) -> bool:
        return self.date_column is not None


def public_models(home: Home) -> tuple[PublicModel, ...]:
    """Every public model of the last build, ordered by schema and name."""
    path = home.dbt_target / "manifest.json"
    try:
        nodes = json.loads(path.read_bytes())["nodes"].values()
    except FileNotFoundError as error:
        raise PostureError(f"{path}: nothing is built yet; run `posture build` first") from error
    except (ValueError, KeyError) as error:
        raise PostureError(f"{path}: is not a dbt manifest; run `posture build` again") from error
    public = [node for node in nodes if _is_public(node)]
    has_policies = any("export" in node["config"].get("meta", {}) for node in public)
    models = [_public_model(node, has_policies=has_policies) for node in public]
    return tuple(sorted(models, key=lambda model: (model.schema, model.name)))


def _is_public(node: Mapping[str, Any]) -> bool:
    return bool(node["resource_type"] == "model" and node.get("access") == "public")


def _public_model(node: Mapping[str, Any], *, has_policies: bool) -> PublicModel:
    name = node["name"]
    meta = node["config"].get("meta", {})
    key = tuple(meta.get("key", ()))
    if not key:
        raise PostureError(f"model {name}: has no meta.key; a published file is ordered by its key")
    is_monthly = meta.get("publish") == "monthly"
    if is_monthly and "publish_date_column" not in meta:
        raise PostureError(f"model {name}: meta.publish is monthly without publish_date_column")
    return PublicModel(
        name=name,
        schema=node["schema"],
        description=node.get("description", ""),
        column_descriptions={
            column["name"]: column.get("description", "") for column in node["columns"].values()
        },
        key=key,
        date_column=meta["publish_date_column"] if is_monthly else None,
        day_column=_day_column(node, key) if "tenant_id" in key else None,
        export=_export_policy(name, meta, has_tenant="tenant_id" in key) if has_policies else None,
    )


def _export_policy(name: str, meta: Mapping[str, Any], *, has_tenant: bool) -> ExportPolicy:
    """As declared; rows of a tenant are its own, and any other model has to say."""
    declared = meta.get("export", {})
    declared = {"rows": declared} if isinstance(declared, str) else declared
    policy = ExportPolicy(
        rows=declared.get("rows", "tenant" if has_tenant else "never"),
        condition=declared.get("condition"),
        null_columns=tuple(declared.get("null_columns", ())),
    )
    has_condition = policy.condition is not None
    if policy.rows not in ROWS or has_condition != (policy.rows == "where"):
        raise PostureError(
            f"model {name}: meta.export.rows is one of {', '.join(ROWS)}, where with a condition"
        )
    return policy


def _day_column(node: Mapping[str, Any], key: tuple[str, ...]) -> str | None:
    """The day a row of a fact describes: `meta.daily` names it, else the date in the key."""
    meta = node["config"].get("meta", {})
    if node["schema"] != "core" or not node["name"].startswith("fct_"):
        return None
    in_key = [column for column in key if column.endswith("_date")]
    named = meta.get("daily") or meta.get("publish_date_column")
    return named or (in_key[0] if in_key else None)
