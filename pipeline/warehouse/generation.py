"""Which rows of the warehouse go together: those of one state of the models, from one reading."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from pipeline.files import whole_file
from pipeline.home import Home


@dataclass(frozen=True)
class Generation:
    """Rows of one generation were made by the same models from the same reading of the lake.

    `as_of` (ISO, UTC) is set where only what was read by then counts. `is_complete`: every shard
    has come this far; until then the generation before stays in place.
    """

    id: str
    models: str
    as_of: str | None
    is_complete: bool = False

    @classmethod
    def of_home(cls, home: Home, *, models: str, as_of: str | None, is_new: bool) -> "Generation":
        """The one to go on with; a new one where `is_new`, or where other models made the last.

        One that was begun anew and did not finish is gone on with.
        """
        last = cls.read(home)
        if last is None or (last.models, last.as_of) != (models, as_of):
            return cls(uuid4().hex, models, as_of)
        is_wanted_anew = last.is_complete and (is_new or as_of is not None)
        return last.anew() if is_wanted_anew else last

    @classmethod
    def read(cls, home: Home) -> "Generation | None":
        """The generation that the home holds or was making."""
        try:
            return cls(**json.loads(_generation_file(home).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def anew(self) -> "Generation":
        """Another one of the same models and time."""
        return replace(self, id=uuid4().hex, is_complete=False)

    def begin(self, home: Home) -> None:
        """Say that this one is being made, unless it stands already."""
        home.warehouse_dir.mkdir(parents=True, exist_ok=True)
        if not self.is_complete:
            self._write(home)

    def complete(self, home: Home) -> None:
        """Say that every shard and the portfolio are of this one."""
        replace(self, is_complete=True)._write(home)

    def _write(self, home: Home) -> None:
        with whole_file(_generation_file(home)) as path:
            path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def _generation_file(home: Home) -> Path:
    return home.warehouse_dir / "generation.json"
