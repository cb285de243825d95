"""What the commands' grammars share: one-line errors, common flags, the way a command is added."""

import argparse
import sys
from typing import Any, NoReturn

from pipeline.cli.argument_types import day


class Parser(argparse.ArgumentParser):
    """Reports wrong use in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see `{self.prog} --help`)", file=sys.stderr)
        sys.exit(2)


class ShowVersion(argparse.Action):
    """Prints the installed version; finding it takes time that no other command should spend."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"posture {version('identity-posture')}")
        parser.exit()


def add_common(parser: argparse.ArgumentParser, **defaults: object) -> None:
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


def add_to(commands: Any, name: str, help_text: str | None) -> argparse.ArgumentParser:
    """A subcommand; without help text it is for the project's own checks, and is not listed."""
    shown = {} if help_text is None else {"help": help_text, "description": help_text}
    parser: argparse.ArgumentParser = commands.add_parser(name, **shown)
    add_common(parser)
    parser.set_defaults(module=f"pipeline.cli.{name.replace('-', '_')}")
    return parser


def add_several(parser: argparse.ArgumentParser, name: str, metavar: str) -> None:
    """A flag that narrows a command, and may be given several times."""
    parser.add_argument(
        f"--{name}",
        metavar=metavar,
        action="append",
        default=[],
        dest=f"{name}s",
        help=f"only this {name}; may be given several times",
    )


def add_date(parser: argparse.ArgumentParser, help_text: str) -> None:
    """The flag that says which day is meant."""
    parser.add_argument("--date", metavar="YYYY-MM-DD", type=day, help=help_text)
