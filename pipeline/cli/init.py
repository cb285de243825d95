"""`posture init`: a tenants.yaml to fill in, its schema, and what to grant so that it works."""

import argparse
import textwrap
from importlib.resources import files
from pathlib import Path

from pipeline.cli.context import Context
from pipeline.config.cloud import CLOUDS, Cloud
from pipeline.config.fields import GUID
from pipeline.config.schema import schema_files
from pipeline.config.settings import tenants_folder
from pipeline.doctor.permissions import (
    CLIENT_ID,
    TENANT_ID,
    consent_url,
    optional_permissions,
    permissions_to_grant,
)
from pipeline.doctor.uses import in_words
from pipeline.errors import PostureError, UsageError
from pipeline.graph.feeds import FEEDS

_EXAMPLE = "example.yaml.txt"
_NO_CLIENT_ID = "00000000-0000-0000-0000-000000000000"
_NO_TENANT_ID = "11111111-1111-1111-1111-111111111111"
_WIDTH = 100


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write the configuration where there is none; say what to grant in any case."""
    if arguments.schema:
        written = _write_schemas(context.config)
        print("An editor that knows YAML completes a file whose first line names its schema:")
        for path in written:
            print(f"  # yaml-language-server: $schema=./{path.name}")
        return 0
    tenant_id = _checked("--tenant", arguments.tenant)
    client_id = _checked("--client-id", arguments.client_id)
    cloud = _cloud(arguments.cloud)
    consent = consent_url(cloud, tenant_id or TENANT_ID, client_id or CLIENT_ID)
    values = {"cloud: global   ": f"cloud: {cloud.name:<9}"}
    values |= {_NO_TENANT_ID: tenant_id} if tenant_id else {}
    values |= {_NO_CLIENT_ID: client_id} if client_id else {}
    template = "tenants_template_provider.yaml" if arguments.provider else "tenants_template.yaml"
    any_tenant = consent_url(cloud, client_id=client_id or CLIENT_ID)
    is_written = _write(context.config, _filled(template, values, any_tenant))
    needed = permissions_to_grant(FEEDS.values())
    print("Grant the application these application permissions of Microsoft Graph:")
    width = max(map(len, needed))
    optional = optional_permissions(FEEDS.values())
    for permission, feeds in needed.items():
        hint = " (optional: completes it)" if permission in optional else ""
        print(f"  {permission:<{width}}  {', '.join(feeds)}{hint}")
    print("An administrator of each tenant consents once at:")
    print(f"  {consent}")
    if not is_written:
        raise UsageError(f"{context.config}: exists already and was left as it is")
    _write_schemas(context.config)
    print(f"Wrote {context.config}: fill in what it marks, set POSTURE_CLIENT_SECRET, then:")
    if arguments.provider:
        example = tenants_folder(context.config) / _EXAMPLE
        _write(example, _filled("tenants_template_client.yaml", {}, any_tenant))
        print(f"  {example} shows a client in a file of its own")
    for command in ("doctor", "run"):
        print(f"  {context.command_line(command)}")
    return 0


def _checked(flag: str, value: str | None) -> str | None:
    if value is not None and not GUID.fullmatch(value):
        raise UsageError(f"{flag}: must be a GUID such as {_NO_TENANT_ID}")
    return value and value.lower()


def _cloud(name: str) -> Cloud:
    if name not in CLOUDS:
        raise UsageError(f"--cloud {name}: no such cloud; known: {', '.join(CLOUDS)}")
    return CLOUDS[name]


def _filled(template: str, values: dict[str, str], consent: str) -> str:
    text = files("pipeline.cli").joinpath(template).read_text(encoding="utf-8")
    for blank, value in values.items():
        text = text.replace(blank, value)
    return text.replace("# <permissions>\n", _permissions()).replace("<consent>", consent)


def _permissions() -> str:
    """A comment for each permission: its name and what it shows."""
    optional = optional_permissions(FEEDS.values())
    comments = (
        textwrap.fill(
            f"{permission}{' (optional)' if permission in optional else ''}: {in_words(feeds)}",
            width=_WIDTH,
            initial_indent="#        ",
            subsequent_indent="#          ",
        )
        for permission, feeds in permissions_to_grant(FEEDS.values()).items()
    )
    return "".join(f"{comment}\n" for comment in comments)


def _write_schemas(config: Path) -> list[Path]:
    """Write what an editor completes by, in the place of what another version wrote."""
    written = {config.with_name(name): text for name, text in schema_files().items()}
    for path, text in written.items():
        _write(path, text, mode="w")
    print(f"Wrote {' and '.join(map(str, written))}")
    return list(written)


def _write(path: Path, text: str, *, mode: str = "x") -> bool:
    """Write a file that is not there yet; False where it is. PostureError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise PostureError(f"{path}: cannot be written ({error.strerror})") from error
    return True
