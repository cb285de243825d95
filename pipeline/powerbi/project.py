"""Assembles the Power BI project and writes it: the provider's own, or one client's."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.powerbi import queries, tmdl
from pipeline.powerbi.definition import Table, tables
from pipeline.powerbi.fields import Known
from pipeline.powerbi.folder import write_folder
from pipeline.powerbi.measures import measures
from pipeline.powerbi.readme import readme
from pipeline.powerbi.report import document, report_files
from pipeline.powerbi.roles import ROLE, ROLE_DESCRIPTION, permissions

NAME = "Posture"
MARK = f"{NAME}.pbip"
DATA_FOLDER = "C:\\Posture\\published"
STORAGE_URL = "https://ACCOUNT.dfs.core.windows.net/CONTAINER/published"
_FABRIC = "https://developer.microsoft.com/json-schemas/fabric"
# What Desktop keeps beside the project: settings of one person, and the data themselves.
_IGNORED = "**/.pbi/localSettings.json\n**/.pbi/cache.abf\n"
_EXPRESSIONS = {
    "PublishedFiles": "Every file below the folder: the one place where data come from.",
    "Manifest": "The current snapshot as manifest.json describes it, and the folder it is in.",
    "ReadModel": "The rows of a published model in the current snapshot; none where it has none.",
    "RangeStart": "Large facts are read from this day on; incremental refresh sets it.",
    "RangeEnd": "Large facts are read up to the day before this one; incremental refresh sets it.",
}


@dataclass(frozen=True)
class Options:
    """What tells one project from another.

    `storage_url` reads Azure Data Lake Storage instead of `data_folder`. `models` are the published
    ones there are, None for all. `is_client` leaves out what needs other tenants, and all access.
    """

    display_name: str = NAME
    data_folder: str = DATA_FOLDER
    storage_url: str | None = None
    incremental: bool = False
    models: Collection[str] | None = None
    is_client: bool = False


def write_provider_project(
    target: Path, *, data_folder: str = DATA_FOLDER, storage_url: str | None = None,
    incremental: bool = False,
) -> None:  # fmt: skip
    """Write the provider's own project, with its role, as the folder `target`.

    The folder is replaced. With `incremental`, large facts carry a refresh policy.
    Raises PostureError where it cannot be written.
    """
    options = Options(data_folder=data_folder, storage_url=storage_url, incremental=incremental)
    found = project_files(options)
    if storage_url is None:
        # To lay over the model's own file: then Azure Data Lake Storage is its one source.
        found["storage/expressions.tmdl"] = _expressions(Options(storage_url=STORAGE_URL))
    write_folder(target, found, mark=MARK)


def write_client_project(
    target: Path, *, data_folder: str, display_name: str, models: Collection[str]
) -> None:
    """Write one client's project as the folder `target`, which is replaced.

    It has the tables of `models` alone, no role, no access table, no page that compares clients;
    `data_folder` is where `manifest.json` of the copy will stand. Raises PostureError where it
    cannot be written.
    """
    options = Options(
        display_name=display_name, data_folder=data_folder, models=frozenset(models), is_client=True
    )
    write_folder(target, project_files(options), mark=MARK)


def project_files(options: Options) -> dict[str, str]:
    """Every file of the project by its path; the same options give the same bytes."""
    chosen = _tables(options)
    found_measures = measures(chosen)
    known = Known.of(chosen, found_measures)
    semantic = _model_files(options, chosen)
    semantic["definition/tables/Measures.tmdl"] = tmdl.measures_table(found_measures)
    parameter = "DataFolder" if options.storage_url is None else "StorageUrl"
    found = {
        MARK: _pbip(),
        ".gitignore": _IGNORED,
        "README.md": readme(options.display_name, parameter, chosen, found_measures),
    }
    found |= {f"{NAME}.SemanticModel/{path}": text for path, text in semantic.items()}
    report = report_files(known, is_client=options.is_client)
    report[".platform"] = _platform("Report", options)
    report["definition.pbir"] = document(
        "definitionProperties/2.0.0",
        {
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{NAME}.SemanticModel"}},
        },
        base=f"{_FABRIC}/item/report",
    )
    return found | {f"{NAME}.Report/{path}": text for path, text in report.items()}


def _tables(options: Options) -> list[Table]:
    def is_kept(table: Table) -> bool:
        if options.is_client and (table.is_access or table.needs_all_tenants):
            return False
        return table.model is None or options.models is None or table.model in options.models

    kept = [table for table in tables() if is_kept(table)]
    names = {table.name for table in kept}
    return [_without_lost_ends(table, names) for table in kept]


def _without_lost_ends(table: Table, names: Collection[str]) -> Table:
    ends = {source: end for source, end in (table.relates or {}).items() if end in names}
    return replace(table, relates=ends)


def _model_files(options: Options, chosen: list[Table]) -> dict[str, str]:
    roles = [] if options.is_client else [ROLE]
    found = {
        ".platform": _platform("SemanticModel", options),
        "definition.pbism": document(
            "definitionProperties/1.0.0",
            {"version": "4.2", "settings": {}},
            base=f"{_FABRIC}/item/semanticModel",
        ),
        "definition/database.tmdl": tmdl.database(),
        "definition/model.tmdl": tmdl.model(["Measures", *(one.name for one in chosen)], roles),
        "definition/expressions.tmdl": _expressions(options),
        "definition/relationships.tmdl": tmdl.relationships(chosen),
    }
    for table in chosen:
        text = tmdl.table(table, queries.query(table), incremental=options.incremental)
        found[f"definition/tables/{table.name}.tmdl"] = text
    if roles:
        rules = permissions(chosen)
        found[f"definition/roles/{ROLE}.tmdl"] = tmdl.role(ROLE, ROLE_DESCRIPTION, rules)
    return found


def _expressions(options: Options) -> str:
    if options.storage_url is None:
        name, value, source = "DataFolder", options.data_folder, queries.folder_source()
        meaning = "The folder that holds manifest.json: published/ or a copy of it."
    else:
        name, value, source = "StorageUrl", options.storage_url, queries.storage_source()
        meaning = "The folder of Azure Data Lake Storage that holds manifest.json."
    bodies = {
        "PublishedFiles": source,
        "Manifest": queries.MANIFEST,
        "ReadModel": queries.READ_MODEL,
        "RangeStart": queries.parameter("#datetime(2000, 1, 1, 0, 0, 0)", "DateTime"),
        "RangeEnd": queries.parameter("#datetime(2100, 1, 1, 0, 0, 0)", "DateTime"),
    }
    parts = [tmdl.expression(name, queries.parameter(queries.text(value)), meaning)]
    parts += [tmdl.expression(one, body, _EXPRESSIONS[one]) for one, body in bodies.items()]
    return "\n".join(parts) + "\n"


def _platform(kind: str, options: Options) -> str:
    owner = "client" if options.is_client else "provider"
    return document(
        "platformProperties/2.0.0",
        {
            "metadata": {"type": kind, "displayName": options.display_name},
            "config": {
                "version": "2.0",
                "logicalId": tmdl.tag("item", owner, kind, options.display_name),
            },
        },
        base=f"{_FABRIC}/gitIntegration",
    )


def _pbip() -> str:
    return document(
        "pbipProperties/1.0.0",
        {
            "version": "1.0",
            "artifacts": [{"report": {"path": f"{NAME}.Report"}}],
            "settings": {"enableAutoRecovery": True},
        },
        base=f"{_FABRIC}/pbip",
    )
