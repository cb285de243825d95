"""The grammar of the command line; building it imports no command."""

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from pipeline.cli.argument_types import count, day, moment, percent, port

FORMATS = ("table", "csv", "json", "parquet")


class _Parser(argparse.ArgumentParser):
    """Reports wrong use in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see `{self.prog} --help`)", file=sys.stderr)
        sys.exit(2)


class _ShowVersion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"posture {version('identity-posture')}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The parser of `posture`; the parsed `module` names the module that runs the command."""
    parser = _Parser(
        prog="posture",
        description="Identity posture of Microsoft 365 tenants, kept as history.",
        epilog="Exit codes: 0 all well, 1 failed, 2 wrong use or configuration, "
        "3 finished but some tenant or feed is missing.",
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version")
    _add_common(parser, home=None, config=None, debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_init(commands)
    _add_doctor(commands)
    for name, help_text in (
        ("run", "collect, build, test and publish one day"),
        ("collect", "read Microsoft Graph into the lake, and no more"),
    ):
        _add_selection(_add(commands, name, help_text))
    build = _add(commands, "build", "build and test the warehouse from the lake")
    build.add_argument("--full", action="store_true", help="rebuild it from nothing")
    build.add_argument(
        "--as-of",
        metavar="T",
        type=moment,
        help="from only what was read by then: the end of a UTC day, or a UTC time",
    )
    publish = _add(commands, "publish", "publish the warehouse as it is")
    _add_date(publish, "the date the snapshot is for (by default the newest day collected)")
    status = _add(commands, "status", "say what is there, what is missing and what to do")
    status.add_argument("--json", action="store_true", help="as one JSON object")
    _add_sql(commands)
    _add_plan(commands)
    _add_report(commands)
    _add_export(commands)
    _add_sandbox(commands)
    dev = _add(commands, "dev", "open the Dagster web UI on this project")
    dev.add_argument("--port", type=port, default=3000, help="by default 3000")
    _add(commands, "dbt-parse", None)
    _add(commands, "model-docs", None)
    _add_powerbi(commands)
    return parser


def _add_common(parser: argparse.ArgumentParser, **defaults: object) -> None:
    """The flags that go before or after the subcommand; after it, absent means: as before it."""
    for name, metavar, help_text in (
        ("home", "DIR", "where everything is kept (else POSTURE_HOME, else data)"),
        ("config", "FILE", "the tenants to read (else POSTURE_CONFIG, else tenants.yaml)"),
    ):
        default = defaults.get(name, argparse.SUPPRESS)
        parser.add_argument(f"--{name}", metavar=metavar, default=default, help=help_text)
    parser.add_argument(
        "--debug",
        action="store_true",
        default=defaults.get("debug", argparse.SUPPRESS),
        help="add the traceback to an error",
    )


def _add(commands: Any, name: str, help_text: str | None) -> argparse.ArgumentParser:
    # A command without help text is for the project's own checks and stays out of the list.
    shown = {} if help_text is None else {"help": help_text, "description": help_text}
    parser: argparse.ArgumentParser = commands.add_parser(name, **shown)
    _add_common(parser)
    parser.set_defaults(module=f"pipeline.cli.{name.replace('-', '_')}")
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    _add_date(parser, "the day to collect (by default today, UTC)")
    _add_several(parser, "tenant", "ID")
    _add_several(parser, "feed", "NAME")


def _add_several(parser: argparse.ArgumentParser, name: str, metavar: str) -> None:
    parser.add_argument(
        f"--{name}",
        metavar=metavar,
        action="append",
        default=[],
        dest=f"{name}s",
        help=f"only this {name}; may be given several times",
    )


def _add_date(parser: argparse.ArgumentParser, help_text: str) -> None:
    parser.add_argument("--date", metavar="YYYY-MM-DD", type=day, help=help_text)


def _add_demo(commands: Any) -> None:
    parser = _add(commands, "demo", "the whole way on invented tenants, with nothing to set up")
    _add_sandbox_shape(parser)


def _add_init(commands: Any) -> None:
    parser = _add(commands, "init", "write a tenants.yaml to fill in and say what to grant")
    parser.add_argument(
        "--provider", action="store_true", help="for one application in the tenants of many clients"
    )
    parser.add_argument("--tenant", metavar="ID", help="the tenant id to fill in")
    parser.add_argument("--client-id", metavar="ID", help="the application's id to fill in")
    parser.add_argument("--cloud", default="global", help="by default global")
    parser.add_argument(
        "--schema",
        action="store_true",
        help="write only the JSON Schemas by which an editor completes and checks tenants.yaml and "
        "register.yaml, beside the configuration",
    )


def _add_doctor(commands: Any) -> None:
    parser = _add(commands, "doctor", "say what works, what will be missing and what to do")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_several(parser, "tenant", "ID")


def _add_sandbox(commands: Any) -> None:
    parser = _add(commands, "sandbox", "serve a local Microsoft Graph until stopped")
    _add_sandbox_shape(parser)
    parser.add_argument("--port", type=port, default=8443, help="by default 8443")
    parser.add_argument(
        "--write-config", metavar="FILE", type=Path, help="write a tenants.yaml that reads it"
    )


def _add_sandbox_shape(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tenants", type=count, default=3, help="by default 3")
    parser.add_argument("--days", type=count, default=90, help="days of history, by default 90")
    parser.add_argument("--seed", type=int, default=7, help="another seed, other tenants")


def _add_sql(commands: Any) -> None:
    parser = _add(commands, "sql", "read-only SQL over what is published")
    parser.add_argument(
        "query", metavar="QUERY", nargs="?", help="schemas core and marts; without one, a prompt"
    )
    parser.add_argument("-f", "--file", metavar="FILE", help="read the query from a file (- stdin)")
    parser.add_argument("--format", choices=FORMATS, default="table", help="by default table")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to a file")
    parser.add_argument(
        "--wide", action="store_true", help="on a terminal: whole values, however long the lines"
    )
    parser.add_argument(
        "--no-pager", action="store_false", dest="pager", help="on a terminal: never page"
    )


def _add_plan(commands: Any) -> None:
    parser = _add(commands, "plan", "the cheapest actions that reach a target score")
    parser.add_argument("--tenant", metavar="ID", required=True, help="tenant id, or its name")
    parser.add_argument("--target", metavar="PERCENT", required=True, type=percent, help="as in 80")
    parser.add_argument(
        "--scope", default="overall", help="by default overall; as in category:Identity"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def _add_powerbi(commands: Any) -> None:
    parser = _add(commands, "powerbi", None)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, default=Path("powerbi"))
    parser.add_argument("--data-folder", metavar="DIR")
    parser.add_argument("--storage-url", metavar="URL")
    parser.add_argument("--incremental-refresh", action="store_true")
    parser.add_argument("--schema", action="store_true")


def _add_report(commands: Any) -> None:
    parser = _add(commands, "report", "one HTML file for leaders: the portfolio, or one tenant")
    parser.add_argument("--tenant", metavar="ID", help="tenant id, or its name")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, type=Path)
    parser.add_argument(
        "--since",
        metavar="YYYY-MM-DD",
        type=day,
        help="what changed since then (by default 30 days before the snapshot)",
    )


def _add_export(commands: Any) -> None:
    parser = _add(commands, "export", "one client's own copy, with no trace of any other")
    parser.add_argument("--tenant", metavar="ID", required=True, help="tenant id, or its name")
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="a new folder, or its last"
    )
