"""What a snapshot says of its models, for readers that have neither dbt project nor warehouse."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import PostureError
from pipeline.files import sync
from pipeline.warehouse.public_models import ExportPolicy, PublicModel

FILE = "models.json"


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
        document = json.loads(path.read_bytes())
        return tuple(_model(entry) for entry in document.values())
    except FileNotFoundError as error:
        raise PostureError(
            f"{path}: is missing, this snapshot was published by an older version; "
            "run `posture build` and `posture publish`"
        ) from error
    except OSError as error:
        raise PostureError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PostureError(f"{path}: is damaged; run `posture publish` again") from error


def _model(entry: Mapping[str, Any]) -> PublicModel:
    policy = entry["export"]
    if policy is not None:
        policy = ExportPolicy(**{**policy, "null_columns": tuple(policy["null_columns"])})
    return PublicModel(**{**entry, "key": tuple(entry["key"]), "export": policy})
