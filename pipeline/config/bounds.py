"""`limits:` of tenants.yaml: what a tenant may cost a run at most, and how long runs are kept."""

from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, WithJsonSchema

from pipeline.config.fields import ConfigError, Group


def _whole(value: Any) -> Any:
    """A whole number above 0; YAML hands it over as the text that it is."""
    if isinstance(value, yaml.Node):
        written = str(value.value) if isinstance(value, yaml.ScalarNode) else ""
        if not (written.isdecimal() and len(written) < _DIGITS and int(written) > 0):
            raise ConfigError("must be a whole number above 0")
        return int(written)
    if isinstance(value, str):
        raise ConfigError("must be a whole number above 0, without quotes")
    return value


_DIGITS = 10
Whole = Annotated[
    int, BeforeValidator(_whole), WithJsonSchema({"type": "integer", "exclusiveMinimum": 0})
]


class Bounds(Group):
    """What a tenant may cost a run, and a run the disk; the defaults are far above the usual."""

    response_megabytes: Whole = Field(
        256, description="of one response once it is unpacked; by default 256"
    )
    list_pages: Whole = Field(5_000, description="of one list; by default 5000")
    feed_seconds: Whole = Field(1_800, description="for one feed of one tenant; by default 1800")
    silent_seconds: Whole = Field(
        30, description="to wait for a tenant that answers nothing at all; by default 30"
    )
    workers: Whole | None = Field(
        None, description="processes to read tenants with; by default one a core"
    )
    run_days: Whole = Field(30, description="to keep runs in Dagster's web UI; by default 30")

    @property
    def response_bytes(self) -> int:
        return self.response_megabytes * 2**20
