"""The JSON Schemas by which an editor completes and checks tenants.yaml and register.yaml."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from pipeline.config.register import RegisterFile
from pipeline.config.tenants_file import TenantsFile

_MODELS: Mapping[str, type[BaseModel]] = {
    "tenants.schema.json": TenantsFile,
    "register.schema.json": RegisterFile,
}


def schema_files() -> dict[str, str]:
    """The text of each schema by the name of its file."""
    return {
        name: json.dumps(model.model_json_schema(schema_generator=_AsWritten), indent=2) + "\n"
        for name, model in _MODELS.items()
    }


class _AsWritten(GenerateJsonSchema):
    """What a file may hold: no null, and no default that is only code's."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        is_a_word = isinstance(schema.get("default"), str)
        return (
            super().default_schema(schema) if is_a_word else self.generate_inner(schema["schema"])
        )

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
