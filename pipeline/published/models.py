"""What a snapshot says of its models, for readers that have neither dbt project nor warehouse."""

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import PostureError
from pipeline.files import sync
from pipeline.published.documents import parsed_json
from pipeline.published.manifest import SCHEMAS
from pipeline.warehouse.public_models import ExportPolicy, PublicModel

FILE = "models.json"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def write_models(snapshot: Path, models: tuple[PublicModel, ...]) -> None:
    """Write descriptions, keys and export policies of the models into a snapshot's folder."""
    document = {model.name: dataclasses.asdict(model) for model in models}
    path = snapshot / FILE
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    sync(path)


def read_models(snapshot: Path) -> tuple[PublicModel, ...]:
    """The models of a snapshot, as its publisher declared them."""
    path = snapshot / FILE
    try:
        return tuple(_model(entry) for entry in parsed_json(path).values())
    except FileNotFoundError as error:
        raise PostureError(
            f"{path}: is missing, this snapshot was published by an older version; "
            "run `posture build` and `posture publish`"
        ) from error
    except OSError as error:
        raise PostureError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PostureError(f"{path}: is damaged; run `posture publish` again") from error


def _require_names(model: PublicModel) -> None:
    """Raise ValueError where a name could be more than one: it becomes SQL."""
    dated = [name for name in (model.date_column, model.day_column) if name is not None]
    left_out = [] if model.export is None else [*model.export.null_columns]
    names = [model.name, *model.column_descriptions, *model.key, *dated, *left_out]
    if model.schema not in SCHEMAS or not all(_NAME.fullmatch(name) for name in names):
        raise ValueError("a name is none")


def _model(entry: Mapping[str, Any]) -> PublicModel:
    policy = entry["export"]
    if policy is not None:
        policy = ExportPolicy(**{**policy, "null_columns": tuple(policy["null_columns"])})
    known = {member.name for member in dataclasses.fields(PublicModel)}
    members = {name: value for name, value in entry.items() if name in known}
    model = PublicModel(**{**members, "key": tuple(entry["key"]), "export": policy})
    _require_names(model)
    return model
