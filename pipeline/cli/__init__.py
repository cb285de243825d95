"""The command `posture`."""

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from pipeline.cli.context import DEFAULT_CONFIG, DEFAULT_HOME, Context
from pipeline.cli.parser import build_parser
from pipeline.errors import PostureError
from pipeline.files import keep_private
from pipeline.home import Home


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 all well, 1 failed, 2 wrong use or configuration, 3 finished but some tenant or feed is
    missing. An error is one line on stderr; `--debug` adds the traceback.
    """
    arguments = build_parser().parse_args(argv)
    context = Context(
        home=Home(Path(arguments.home or os.environ.get("POSTURE_HOME") or DEFAULT_HOME)),
        config=Path(arguments.config or os.environ.get("POSTURE_CONFIG") or DEFAULT_CONFIG),
        home_is_given=arguments.home is not None,
    )
    # Libraries log what the outcome already says; a person gets one line, and no secret leaks.
    logging.getLogger().addHandler(logging.NullHandler())
    mask = keep_private()
    try:
        context.home.require_usable()
        # Each command brings its own imports: `posture sql` need not wait for Dagster.
        return int(import_module(arguments.module).run(context, arguments))
    except KeyboardInterrupt:
        print("posture: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as in `posture sql … | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _report(error, command=arguments.command, debug=arguments.debug)
    finally:
        os.umask(mask)


def _report(error: Exception, *, command: str, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    print(f"posture {command}: {_one_line(error)}", file=sys.stderr)
    return error.exit_code if isinstance(error, PostureError) else 1


def _one_line(error: Exception) -> str:
    message = " ".join(str(error).split())
    if isinstance(error, PostureError):
        return message
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; free space or choose another --home"
    return f"{type(error).__name__}: {message}; run it again with --debug to see where"
