"""How far a long list was read, kept on disk so that an interrupted run need not start over."""

import contextlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

_FOLDER = ".resume"


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one lake and run date. Nothing in them counts: they only save requests."""

    folder: Path

    @classmethod
    def of(cls, lake: Path, run_date: date) -> "Checkpoints":
        """Those of a run date; what other dates left behind is cleared."""
        base = lake / _FOLDER
        for other in base.glob("*/*.json"):
            if other.parent.name != run_date.isoformat():
                other.unlink(missing_ok=True)
        return cls(base / run_date.isoformat())

    def load(self, tenant_id: str, feed: str) -> dict[str, Any] | None:
        """The last checkpoint of a tenant and feed; None where there is none that is whole."""
        try:
            document = orjson.loads(self._path(tenant_id, feed).read_bytes())
        except (OSError, ValueError):
            return None
        return document if isinstance(document, dict) else None

    def save(self, tenant_id: str, feed: str, document: dict[str, Any]) -> None:
        """Keep a checkpoint, whole or not at all. One that cannot be written is done without."""
        path = self._path(tenant_id, feed)
        temporary = path.with_suffix(".tmp")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            temporary.write_bytes(orjson.dumps(document))
            temporary.replace(path)

    def drop(self, tenant_id: str, feed: str) -> None:
        """Forget a checkpoint that is finished with or that leads nowhere."""
        with contextlib.suppress(OSError):
            self._path(tenant_id, feed).unlink(missing_ok=True)

    def _path(self, tenant_id: str, feed: str) -> Path:
        return self.folder / f"{tenant_id}-{feed}.json"
