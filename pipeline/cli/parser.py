"""The grammar of the command line; building it imports no command."""

import argparse
from pathlib import Path
from typing import Any

from pipeline.cli.argument_types import count, day, moment, percent, port
from pipeline.cli.parsing import (
    Parser,
    ShowVersion,
    add_common,
    add_date,
    add_several,
    add_to,
)

FORMATS = ("table", "csv", "json", "parquet")


def build_parser() -> argparse.ArgumentParser:
    """The parser of `posture`; the parsed `module` names the module that runs the command."""
    parser = Parser(
        prog="posture",
        description="Identity posture of Microsoft 365 tenants, kept as history.",
        epilog="Exit codes: 0 all well, 1 failed, 2 wrong use or configuration, "
        "3 finished but some tenant or feed is missing.",
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version")
    add_common(parser, home=None, config=None, debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_init(commands)
    _add_doctor(commands)
    for name, help_text in (
        ("run", "collect, build, test and publish one day"),
        ("collect", "read Microsoft Graph into the lake, and no more"),
    ):
        _add_selection(add_to(commands, name, help_text))
    build = add_to(commands, "build", "build and test the warehouse from the lake")
    build.add_argument("--full", action="store_true", help="rebuild it from nothing")
    build.add_argument(
        "--as-of",
        metavar="T",
        type=moment,
        help="from only what was read by then: the end of a UTC day, or a UTC time",
    )
    publish = add_to(commands, "publish", "publish the warehouse as it is")
    add_date(publish, "the date the snapshot is for (by default the newest day collected)")
    status = add_to(commands, "status", "say what is there, what is missing and what to do")
    status.add_argument("--json", action="store_true", help="as one JSON object")
    add_to(commands, "compact", "merge the lake's small files of closed months")
    _add_sql(commands)
    _add_plan(commands)
    _add_report(commands)
    _add_export(commands)
    _add_sandbox(commands)
    dev = add_to(commands, "dev", "open the Dagster web UI on this project")
    dev.add_argument("--port", type=port, default=3000, help="by default 3000")
    add_to(commands, "dbt-parse", None)
    add_to(commands, "model-docs", None)
    _add_powerbi(commands)
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    add_date(parser, "the day to collect (by default today, UTC, by Graph's clock)")
    add_several(parser, "tenant", "ID")
    add_several(parser, "feed", "NAME")


def _add_demo(commands: Any) -> None:
    parser = add_to(commands, "demo", "the whole way on invented tenants, with nothing to set up")
    _add_sandbox_shape(parser)


def _add_init(commands: Any) -> None:
    parser = add_to(commands, "init", "write a tenants.yaml to fill in and say what to grant")
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
    parser = add_to(commands, "doctor", "say what works, what will be missing and what to do")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_several(parser, "tenant", "ID")


def _add_sandbox(commands: Any) -> None:
    parser = add_to(commands, "sandbox", "serve a local Microsoft Graph until stopped")
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
    parser = add_to(commands, "sql", "read-only SQL over what is published")
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
    parser = add_to(commands, "plan", "the cheapest actions that reach a target score")
    parser.add_argument("--tenant", metavar="ID", required=True, help="tenant id, or its name")
    parser.add_argument("--target", metavar="PERCENT", required=True, type=percent, help="as in 80")
    parser.add_argument(
        "--scope", default="overall", help="by default overall; as in category:Identity"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def _add_powerbi(commands: Any) -> None:
    parser = add_to(commands, "powerbi", None)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, default=Path("powerbi"))
    parser.add_argument("--data-folder", metavar="DIR")
    parser.add_argument("--storage-url", metavar="URL")
    parser.add_argument("--incremental-refresh", action="store_true")
    parser.add_argument("--schema", action="store_true")


def _add_report(commands: Any) -> None:
    parser = add_to(commands, "report", "one HTML file for leaders: the portfolio, or one tenant")
    parser.add_argument("--tenant", metavar="ID", help="tenant id, or its name")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, type=Path)
    parser.add_argument(
        "--since",
        metavar="YYYY-MM-DD",
        type=day,
        help="what changed since then (by default 30 days before the snapshot)",
    )


def _add_export(commands: Any) -> None:
    parser = add_to(commands, "export", "one client's own copy, with no trace of any other")
    parser.add_argument("--tenant", metavar="ID", required=True, help="tenant id, or its name")
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="a new folder, or its last"
    )
