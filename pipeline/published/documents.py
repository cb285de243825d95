"""What a manifest.json may say: it can come from anywhere, and its words become SQL and paths.

Members that are not declared are left aside: a later version may have more.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

# What Power BI, pandas, Spark and every DuckDB client since 1.0 read alike.
ALLOWED_TYPE = re.compile(
    r"BOOLEAN|INTEGER|BIGINT|DOUBLE|VARCHAR|DATE|TIMESTAMP|DECIMAL\(([0-9]|1[0-8]),[0-4]\)"
)
# A thousand models with a thousand months each take less.
MAX_BYTES = 64 * 2**20

Name = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,99}\z")]
# Letters of no language that a file system folds, no dot that could lead upwards.
Id = Annotated[str, Field(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,99}\z")]
Count = Annotated[StrictInt, Field(ge=0, lt=2**63)]
Month = Annotated[str, Field(pattern=r"\A[0-9]{4}-[0-9]{2}\z")]
ColumnType = Annotated[str, Field(pattern=rf"\A(?:{ALLOWED_TYPE.pattern})\z")]


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore")


class FileDocument(_Document):
    """One Parquet file."""

    path: str
    rows: Count
    bytes: Count
    sha256: Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]
    month: Month | None = None
    version: Count | None = None


class ModelDocument(_Document):
    """One model and its files."""

    schema_: Literal["core", "marts"] = Field(alias="schema")
    rows: Count
    columns: Annotated[dict[Name, ColumnType], Field(min_length=1)]
    files: Annotated[tuple[FileDocument, ...], Field(min_length=1)]
    day_column: Name | None = None

    @model_validator(mode="after")
    def _day_is_a_column(self) -> Self:
        if self.day_column is not None and not {self.day_column, "tenant_id"} <= {*self.columns}:
            raise ValueError("day_column: the model has no such column, or no tenant_id")
        return self


class ManifestDocument(_Document):
    """A manifest.json."""

    snapshot: Id
    as_of: date
    published_at: datetime
    generation: Id
    kept_snapshots: tuple[Id, ...]
    models: dict[Name, ModelDocument]
    built_as_of: datetime | None = None
    client_tenant_id: Id | None = None
    build: Id | None = None

    @model_validator(mode="after")
    def _files_are_of_the_snapshot(self) -> Self:
        """Each in the folder of its model, no two of one name."""
        for name, model in self.models.items():
            folder = re.escape(f"snapshots/{self.snapshot}/{name}/")
            paths = [file.path for file in model.files]
            for path in paths:
                if not re.fullmatch(rf"{folder}[A-Za-z0-9_-]{{1,100}}\.parquet", path):
                    raise ValueError(f"{name}: a file is not one of its snapshot")
            if len(set(paths)) < len(paths):
                raise ValueError(f"{name}: a file is named twice")
        return self


def parsed_json(path: Path) -> Any:
    """The JSON of a file. Raises OSError, and ValueError where it is none or out of bounds."""
    with path.open("rb") as source:
        content = source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES >> 20} MB")
    try:
        return json.loads(content, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it has a member twice")
    return found
