"""`maintenance:` of tenants.yaml: what `posture run` does once the day is published."""

from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, WithJsonSchema

from pipeline.config.fields import ConfigError, Group


def _yes_or_no(value: Any) -> Any:
    """True or false; YAML hands it over as the text that it is, under many spellings."""
    if isinstance(value, yaml.ScalarNode) and value.value in ("true", "false"):
        return value.value == "true"
    if isinstance(value, bool):
        return value
    raise ConfigError("must be true or false, without quotes")


YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]


class Maintenance(Group):
    """What a run does at its end."""

    compact: YesOrNo = Field(
        True, description="merge the lake's small files of closed months; by default true"
    )
