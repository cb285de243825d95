"""The pages people read, and the commands, links and anchors in them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
AT_THE_ROOT = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "notebooks/README.md")]
PAGES = sorted([*AT_THE_ROOT, *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"(?<!`)`(posture [^`]+)`(?!`)")
PROGRAM = re.compile(r"(?:\S*bin/)?posture")


class Command(NamedTuple):
    page: str
    words: tuple[str, ...]


def fenced_commands() -> Iterator[Command]:
    """Every `posture …` in a block, with its quotes and continued lines."""
    for page in PAGES:
        for language, block in FENCE.findall(page.read_text()):
            if language in ("sh", "console", ""):
                for line in _statements(block, prompted=language == "console"):
                    yield from _commands(page, line)


def inline_commands() -> Iterator[Command]:
    """Every `posture …` in the middle of a sentence; arguments may be placeholders."""
    for page in PAGES:
        prose = FENCE.sub("", page.read_text())
        for text in INLINE.findall(prose):
            yield Command(page.name, tuple(text.split()[1:]))


def _statements(block: str, *, prompted: bool) -> Iterator[str]:
    """Lines of a shell, joined while a quote is open; of a console only what follows a prompt."""
    held = ""
    for line in block.splitlines():
        if not held and prompted:
            if not line.startswith("$ "):
                continue
            line = line[2:]
        held += line + "\n"
        if held.count('"') % 2 == 0 and held.replace("\\'", "").count("'") % 2 == 0:
            yield held
            held = ""
    assert not held.strip(), f"an open quote: {held}"


def _commands(page: Path, line: str) -> Iterator[Command]:
    if "posture" not in line:
        return
    lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;>")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word and not set(word) <= set("&|;>"):
            words.append(word)
            continue
        start = next((at for at, one in enumerate(words) if PROGRAM.fullmatch(one)), None)
        if start is not None:
            yield Command(page.name, tuple(words[start + 1 :]))
        words = [">"] if word.startswith(">") else []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#{1,6} (.+)$", FENCE.sub("", page.read_text()), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        count = found.setdefault(name, 0)
        found[name] += 1
        names.add(f"{name}-{count}" if count else name)
    return names


def links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """What a page links to in this repository: as written, the path, and the anchor or ''."""
    for written in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", written):
            continue
        path, _, anchor = written.partition("#")
        yield written, (page.parent / path).resolve() if path else page, anchor
