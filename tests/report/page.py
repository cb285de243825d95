"""A report taken apart: its elements, and each figure with the model it claims to come from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl

VOID = frozenset({"meta", "img", "br", "input", "link", "hr"})


@dataclass
class Element:
    """A tag with its attributes, its place in the tree and the text inside it."""

    tag: str
    attributes: Mapping[str, str]
    parent: "Element | None"
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, tag: str) -> list["Element"]:
        return [element for element in self.walk() if element.tag == tag]

    def has(self, css: str) -> bool:
        return css in self.attributes.get("class", "").split()


@dataclass(frozen=True)
class Figure:
    """A shown number, its full value, and where it says it comes from."""

    model: str
    column: str
    key: tuple[tuple[str, str], ...]
    minus: tuple[tuple[str, str], ...] | None
    aggregate: str | None
    value: str
    text: str


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {}, None)
        self._at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.children.append(element)
        if tag not in VOID:
            self._at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._at.tag == tag, f"</{tag}> closes <{self._at.tag}>"
        assert self._at.parent is not None
        self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self._at
        while element is not None:
            element.texts.append(data)
            element = element.parent


def parsed(html: str) -> Element:
    """The document as a tree; a tag that is not closed where it was opened fails."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    assert tree._at is tree.root, f"<{tree._at.tag}> is never closed"
    return tree.root


def figures(page: Element) -> list[Figure]:
    """Every marked number with where it is from.

    The nearest element that names a model says which, the nearest with a key which row of it;
    `data-of` stands for the tenant of a client's panel. A cell that names no column has that of the
    head of its column, which may name another model and more of a key.
    """
    found = []
    clients = {
        one.attributes["id"]: one.attributes["data-key"]
        for one in page.walk()
        if one.attributes.get("id", "").startswith("client-") and "data-key" in one.attributes
    }
    for element in page.walk():
        if "data-value" not in element.attributes:
            continue
        head = _head(element) if "data-column" not in element.attributes else None
        near = [element, *([] if head is None else [head]), *_above(element)]
        keyed = next(one for one in near[1 if head else 0 :] if _has_key(one) and one is not head)
        key = _key(keyed.attributes.get("data-key", ""))
        if "data-of" in keyed.attributes:
            key = _key(clients[f"client-{keyed.attributes['data-of']}"]) + key
        if head is not None:
            key += _key(head.attributes.get("data-key", ""))
        minus = keyed.attributes.get("data-minus")
        found.append(
            Figure(
                model=next(
                    one.attributes["data-mart"] for one in near if "data-mart" in one.attributes
                ),
                column=(head or element).attributes["data-column"],
                key=key,
                minus=None if minus is None else _key(minus),
                aggregate=(head or keyed).attributes.get("data-aggregate"),
                value=element.attributes["data-value"],
                text=element.text,
            )
        )
    return found


def _has_key(element: Element) -> bool:
    return not {"data-key", "data-of"}.isdisjoint(element.attributes)


def _above(element: Element) -> Iterator[Element]:
    place = element.parent
    while place is not None:
        yield place
        place = place.parent


def _head(cell: Element) -> Element:
    """The head of the cell's column."""
    assert cell.parent is not None
    position = [id(one) for one in cell.parent.children].index(id(cell))
    table = next(one for one in _above(cell) if one.tag == "table")
    return table.all("thead")[0].all("tr")[0].children[position]


def shows(text: str, value: float) -> bool:
    """Whether the text is the value, rounded to the decimals it has."""
    plain = text.replace("\u2212", "-").replace("\u00a0", " ").replace(",", "")
    match = re.fullmatch(r"([+-]?\d+(?:\.(\d+))?)( %| pp)?", plain)
    if match is None:
        return False
    scale = 100 if match[3] else 1
    decimals = 1 if match[3] else 2 if not float(value).is_integer() else 0
    return abs(float(match[1]) - scale * value) <= 0.5 * 10**-decimals + 1e-9


def _key(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(text, keep_blank_values=True))
