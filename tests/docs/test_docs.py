"""The documentation: its commands exist, its links lead somewhere, its code runs."""

import argparse
import contextlib
import io
import re
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.cli.parser import build_parser
from tests.docs.pages import (
    FENCE,
    PAGES,
    ROOT,
    Command,
    anchors,
    fenced_commands,
    inline_commands,
    links,
)
from tests.estate import Estate

FENCED = list(fenced_commands())


def subcommands() -> dict[str, argparse.ArgumentParser]:
    parser = build_parser()
    [choices] = [
        action.choices
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    return dict(choices)


def problem(command: Command) -> str | None:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            build_parser().parse_args(command.words)
    except SystemExit as ended:
        return f"{command.page}: {said.getvalue().strip()}" if ended.code else None
    return None


def test_every_command_in_a_block_is_one() -> None:
    assert len(FENCED) > 40
    assert [wrong for command in FENCED if (wrong := problem(command))] == []


def test_every_command_in_a_sentence_and_its_flags_exist() -> None:
    known = subcommands()
    wrong = []
    for page, (name, *words) in inline_commands():
        if name.startswith("-"):
            continue
        flags = known[name]._option_string_actions if name in known else {}
        unknown = [word for word in words if word.startswith("--") and word not in flags]
        if name not in known or unknown:
            wrong.append(f"{page}: posture {name} {' '.join(unknown)}")
    assert wrong == []


def test_every_command_of_the_program_is_documented() -> None:
    shown = {words[0] for _, words in (*FENCED, *inline_commands())}
    hidden = {"dbt-parse", "model-docs"}
    assert set(subcommands()) - shown - hidden == set()


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for written, path, anchor in links(page):
            is_there = path.exists() and (not anchor or anchor in anchors(path))
            if not is_there:
                broken.append(f"{page.relative_to(ROOT)}: {written}")
    assert broken == []


def test_every_page_is_within_two_clicks_of_the_readme() -> None:
    near = {ROOT / "README.md"}
    for _ in range(2):
        near |= {path for page in near if page in PAGES for _, path, _ in links(page)}
    decisions = {page for page in PAGES if page.parent.name == "decisions"}
    assert ROOT / "docs" / "decisions" in near
    assert {str(page) for page in set(PAGES) - decisions - near} == set()


def test_the_queries_of_the_pages_are_answered(
    estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        command.words
        for command in FENCED
        if command.page not in ("README.md",)
        and command.words[:1] == ("sql",)
        and any(" " in word for word in command.words)
        and not {"-o", "-f", "--home"} & set(command.words)
    ]
    assert len(asked) >= 4
    for words in asked:
        assert main([*words, "--home", str(estate.home.root)]) == 0
        assert capsys.readouterr().out.count("\n") > 1, words


def test_the_python_of_the_sql_page_runs(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(estate.home.root)
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "sql.md").read_text()
    blocks = [code for language, code in FENCE.findall(page) if language == "python"]
    assert len(blocks) == 3
    for code in blocks:
        defined: dict[str, object] = {}
        exec(compile(code, "sql.md", "exec"), defined)
        assert len(defined["frame"]) > 0  # type: ignore[arg-type]


def test_the_words_of_errors_are_those_of_the_program() -> None:
    """What the pages quote as an error is in the source, so that a search for it succeeds."""
    source = " ".join(
        re.sub(r'"\s*\n\s*f?"', "", path.read_text()) for path in (ROOT / "pipeline").rglob("*.py")
    )
    flat = re.sub(r"\s+", " ", re.sub(r"\{[^{}\n\"]*\}", "*", source))
    for page in ("operations.md", "quick-start.md"):
        text = (ROOT / "docs" / page).read_text()
        table = text[text.index("| you see" if page == "operations.md" else "| what you see") :]
        for quoted in re.findall(r"^\| `+([^|]+?)`+ (?:for|where|\|)", table, re.M):
            words = [part.strip(" :") for part in re.split(r"\.\.\.|\([^)]*\)|: ", quoted)]
            missing = [
                part
                for part in words
                if len(part) > 20 and part.replace("POSTURE_CLIENT_SECRET", "*") not in flat
            ]
            assert missing in ([], ["IO Error"], ["No files found that match the pattern"]), page
