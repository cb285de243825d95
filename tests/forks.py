"""Processes forked from one that has imported what they need, which takes longer than their work.

Started as `python -m tests.forks MODULE`, it answers every line of JSON, the arguments of one call
of `MODULE.main`, by how a process that made the call ended.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from tests.commands import Ended

Run = Callable[..., Ended]


@contextmanager
def forks(module: str) -> Iterator[Run]:
    """Calls `main` of a module with strings, each time in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__, module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def run(*arguments: object) -> Ended:
            print(json.dumps([str(argument) for argument in arguments]), file=stdin, flush=True)
            return Ended(**json.loads(stdout.readline()))

        yield run


def _ended(main: Callable[..., None], arguments: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        pid = os.fork()
        if pid == 0:
            os._exit(_called(main, arguments, out, err))
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return {"code": code, "out": out.read(), "err": err.read()}


def _called(main: Callable[..., None], arguments: list[str], out: IO[str], err: IO[str]) -> int:
    # The next lines on the standard input are calls of others.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    try:
        main(*arguments)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _serve(module: str) -> None:
    main = importlib.import_module(module).main
    for line in iter(sys.stdin.readline, ""):
        print(json.dumps(_ended(main, json.loads(line))), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
