"""Commands start where POSIX has no say: nothing imports at once what only it offers."""

import ast
import subprocess
import sys
from pathlib import Path

import pipeline

POSIX_ONLY = {"fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
STARTS_WITHOUT = """
import sys
from importlib import import_module

sys.modules |= dict.fromkeys(sys.argv[1].split())
from pipeline.cli import main
from pipeline.cli.parser import build_parser

[commands] = (a for a in build_parser()._actions if a.dest == "command")
for name, command in commands.choices.items():
    if name != "demo":  # It brings Dagster, four seconds of imports that are not ours.
        import_module(command.get_default("module"))
main(["sql", "select 1", "--home", "nowhere"])
main(["--help"])
"""


def at_import(tree: ast.Module) -> set[str]:
    """The modules that a file imports when it is imported, less those it tries to."""
    found: set[str] = set()
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)
    return found


def test_no_module_imports_at_once_what_only_posix_has() -> None:
    root = Path(pipeline.__file__).parent
    files = sorted(root.rglob("*.py"))
    assert len(files) > 200
    wrong = {
        file.relative_to(root).as_posix(): sorted(only)
        for file in files
        if (only := at_import(ast.parse(file.read_text())) & POSIX_ONLY)
    }
    assert wrong == {}
    assert at_import(ast.parse("class A:\n    from fcntl import flock")) == {"fcntl"}


def test_every_command_starts_without_them(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STARTS_WITHOUT, " ".join(POSIX_ONLY)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "nothing is published yet" in ended.stderr
    assert "posture" in ended.stdout
