"""The command `posture`."""

import argparse
import atexit
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from pipeline.cli.context import DEFAULT_CONFIG, DEFAULT_HOME, Context
from pipeline.cli.interrupts import watched
from pipeline.cli.parser import build_parser
from pipeline.errors import PostureError
from pipeline.files import keep_private
from pipeline.home import Home

STOPPED = 130


def command() -> NoReturn:
    """The process `posture`: `main` with its arguments and exit code."""
    code = main()
    if code == STOPPED:
        # A library whose import Ctrl-C broke off half-way would not survive being taken down.
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 all well, 1 failed, 2 wrong use or configuration, 3 finished but some tenant or feed is
    missing, 130 stopped by Ctrl-C. An error is one line on stderr; `--debug` adds the traceback.
    """
    arguments = build_parser().parse_args(argv)
    context = Context(
        home=Home(Path(arguments.home or os.environ.get("POSTURE_HOME") or DEFAULT_HOME)),
        config=Path(arguments.config or os.environ.get("POSTURE_CONFIG") or DEFAULT_CONFIG),
        home_is_given=arguments.home is not None,
    )
    # Looking for cycles takes a fifth of the time that importing Dagster does.
    gc.set_threshold(max(gc.get_threshold()[0], 5_000), *gc.get_threshold()[1:])
    # Libraries log what the outcome already says; a person gets one line, and no secret leaks.
    logging.getLogger().addHandler(logging.NullHandler())
    mask = keep_private()
    try:
        with watched() as is_stop:
            return _ended(context, arguments, is_stop)
    except KeyboardInterrupt:
        # Pressed again, while the first was being answered.
        return STOPPED
    finally:
        os.umask(mask)


def _ended(
    context: Context, arguments: argparse.Namespace, is_stop: Callable[[BaseException | None], bool]
) -> int:
    try:
        context.home.require_usable()
        # Each command brings its own imports: `posture sql` need not wait for Dagster.
        code = int(import_module(arguments.module).run(context, arguments))
    except BrokenPipeError:
        # The reader of our output went away, as in `posture sql … | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:
        if is_stop(error):
            print("posture: stopped", file=sys.stderr)
            return STOPPED
        return _report(error, command=arguments.command, debug=arguments.debug)
    if is_stop(None):
        # Who presses Ctrl-C means what was to follow as well.
        print("posture: done before it could be stopped", file=sys.stderr)
        return STOPPED
    return code


def _report(error: BaseException, *, command: str, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    print(f"posture {command}: {_one_line(error)}", file=sys.stderr)
    return error.exit_code if isinstance(error, PostureError) else 1


def _one_line(error: BaseException) -> str:
    message = " ".join(str(error).split())
    if isinstance(error, PostureError):
        return message
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; free space or choose another --home"
    return f"{type(error).__name__}: {message}; run it again with --debug to see where"
