"""Which models are published, and how, as the dbt manifest declares it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.warehouse.manifest import Model, read_public_models

ROWS = ("tenant", "shared", "where", "never")


@dataclass(frozen=True)
class ExportPolicy:
    """What of a model goes into a client's own copy (`meta.export`, a word or these members).

    `rows`: `tenant`, those of its tenant_id; `shared`, all, because none is of any tenant;
    `where`, those that `condition` (SQL, over models already cut down to the tenant) lets through;
    `never`, none. `null_columns` would tell of other tenants and are null in the copy; those of
    `null_unless` are where the condition beside them (SQL, over the row as published) is not true.
    """

    rows: str
    condition: str | None = None
    null_columns: tuple[str, ...] = ()
    null_unless: Mapping[str, str] = field(default_factory=dict)


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
    declared = read_public_models(home.dbt_target / "manifest.json")
    has_policies = any("export" in model.meta for model in declared)
    return tuple(_public_model(model, has_policies=has_policies) for model in declared)


def _public_model(model: Model, *, has_policies: bool) -> PublicModel:
    name, meta = model.name, model.meta
    key = tuple(meta.get("key", ()))
    if not key:
        raise PostureError(f"model {name}: has no meta.key; a published file is ordered by its key")
    is_monthly = meta.get("publish") == "monthly"
    if is_monthly and "publish_date_column" not in meta:
        raise PostureError(f"model {name}: meta.publish is monthly without publish_date_column")
    has_tenant = "tenant_id" in key
    return PublicModel(
        name=name,
        schema=model.schema,
        description=model.description,
        column_descriptions={column.name: column.description for column in model.columns},
        key=key,
        date_column=meta["publish_date_column"] if is_monthly else None,
        day_column=_day_column(model, key) if has_tenant else None,
        export=_export_policy(model, has_tenant=has_tenant) if has_policies else None,
    )


def _export_policy(model: Model, *, has_tenant: bool) -> ExportPolicy:
    """As declared; rows of a tenant are its own, and any other model has to say."""
    declared = model.meta.get("export", {})
    declared = {"rows": declared} if isinstance(declared, str) else declared
    policy = ExportPolicy(
        rows=declared.get("rows", "tenant" if has_tenant else "never"),
        condition=declared.get("condition"),
        null_columns=tuple(declared.get("null_columns", ())),
        null_unless=dict(declared.get("null_unless", {})),
    )
    has_condition = policy.condition is not None
    if policy.rows not in ROWS or has_condition != (policy.rows == "where"):
        raise PostureError(
            f"model {model.name}: meta.export.rows is one of {', '.join(ROWS)}, "
            "where with a condition"
        )
    return policy


def _day_column(model: Model, key: tuple[str, ...]) -> str | None:
    """The day a row of a fact describes: `meta.daily` names it, else the date in the key."""
    if model.schema != "core" or not model.name.startswith("fct_"):
        return None
    in_key = [column for column in key if column.endswith("_date")]
    named = model.meta.get("daily") or model.meta.get("publish_date_column")
    return named or (in_key[0] if in_key else None)
