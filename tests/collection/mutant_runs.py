"""Tests run against a module of `pipeline` that was altered, each run in a process of its own.

Started as `python -m`, it imports what all of them need, forgets our own modules, and then forks
one process for every line of JSON on its standard input: {module, source, tests, folder}. Each is
answered by one line: how every test ended (see `Verdicts`).
"""

import gc
import importlib.util
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType
from typing import Any

import pytest

GREEN, RED = "green", "red"
OURS = ("pipeline", "tests")
# What our modules import, and what is otherwise imported where it is first used.
NEEDED = (
    "tests.conftest",
    "tests.collection.conftest",
    "anyio._backends._asyncio",
    "azure.identity",
    "httpcore",
    "hypothesis",
    "pandas",
    "unittest",
)
# Of pytest's plugins those that cost more than such a test, and tell nothing here.
LEFT_OUT = ("cacheprovider", "hypothesispytest", "threadexception", "unraisableexception", "xdist")
# An altered loop may never end. No sound run takes a tenth of it.
MOST_SECONDS = 120
# What an assertion raises, and `pytest.raises` where nothing was raised.
ASSERTIONS = (AssertionError, pytest.fail.Exception)


class Altered(SourceFileLoader):
    """Loads a module from a text that stands for its file; no bytecode is read or written."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class AlteredFinder(MetaPathFinder):
    """Finds one module before all others do."""

    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source
        self.is_loaded = False

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        self.is_loaded = True
        loader = Altered(fullname, spec.origin, self._source)
        return importlib.util.spec_from_file_location(fullname, spec.origin, loader=loader)


class Verdicts(logging.Handler):
    """How every test ended: green, red (an assertion failed), or else what broke.

    A crash that a run contains as its tenant's own trouble breaks a test too: it would make any
    assertion fail, and proves nothing.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: dict[str, str] = {}
        self._crash = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("pipeline"):
            self._crash = record.getMessage()

    def pytest_runtest_setup(self) -> None:
        self._crash = ""

    def pytest_runtest_makereport(self, item: pytest.Item, call: "pytest.CallInfo[None]") -> None:
        if self.found.get(item.nodeid, GREEN) != GREEN:
            return
        error, verdict = call.excinfo, GREEN
        if error is not None:
            is_red = call.when == "call" and issubclass(error.type, ASSERTIONS)
            verdict = RED if is_red else f"{error.typename} in {call.when}"
        self.found[item.nodeid] = f"crash: {self._crash}" if self._crash else verdict


def prepare() -> None:
    """Import all that is not ours; a fork neither imports it again nor looks through it."""
    for name in NEEDED:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    gc.freeze()


def verdicts(module: str | None, source: str, tests: list[str], folder: str) -> dict[str, str]:
    """How these tests end with a module read from this source."""
    finder, plugin = AlteredFinder(module or "", source), Verdicts()
    sys.meta_path.insert(0, finder)
    logging.getLogger().addHandler(plugin)
    options = [word for name in LEFT_OUT for word in ("-p", f"no:{name}")]
    code = pytest.main([*options, f"--basetemp={folder}", *tests], plugins=[plugin])
    if module and not finder.is_loaded:
        return dict.fromkeys(tests, "the altered module was not imported")
    return dict.fromkeys(tests, f"not run, pytest ended with {int(code)}") | plugin.found


def answers(lines: Iterator[str]) -> Iterator[str]:
    """One line of verdicts for every line that asks for them."""
    for line in lines:
        asked = json.loads(line)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            signal.alarm(MOST_SECONDS)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for output in (1, 2):
                os.dup2(nowhere, output)
            with os.fdopen(write_end, "w") as pipe:
                json.dump(verdicts(**asked), pipe)
            os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            answer = pipe.read()
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        yield answer or json.dumps(dict.fromkeys(asked["tests"], f"process ended with {code}"))


def main() -> None:
    prepare()
    for answer in answers(iter(sys.stdin.readline, "")):
        print(answer, flush=True)


if __name__ == "__main__":
    main()
