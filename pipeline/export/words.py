"""What names other tenants, and where a text says it.

Ids and domains are found inside anything, names as whole words. Names, ids and domains are looked
up in sets, so that a thousand other tenants cost a copy no more than one.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from duckdb import DuckDBPyConnection

# A shorter name is many things beside a tenant; it counts only where it is a whole value.
SHORTEST_INSIDE = 4
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"[^\W_](?:[^\W_]|-)*(?:\.[^\W_](?:[^\W_]|-)*)+")
_WORD = re.compile(r"[^\W_]+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_DOMAINS = """
    select distinct tenant_id, lower(split_part(user_principal_name, '@', -1))
    from core.dim_principal
    where user_principal_name like '%@%'
"""
_CUSTOM_ROLES = "select distinct null, role_template_id from core.dim_role where not is_built_in"

_Words = tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A word of another tenant as it was found."""

    kind: str
    text: str


@dataclass(frozen=True)
class ForeignWords:
    """Ids, domains and names of all tenants but one, folded to small letters."""

    ids: frozenset[str]
    domains: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of_others(cls, connection: DuckDBPyConnection, tenant_id: str) -> "ForeignWords":
        """What the snapshot behind `connection` says of the tenants beside this one."""
        tenants = connection.execute(
            "select tenant_id, tenant_name from core.dim_tenant"
        ).fetchall()
        ids = {one for one, _ in tenants if one != tenant_id}
        names = {name for one, name in tenants if one != tenant_id and name}
        views = connection.execute("select view_name from duckdb_views()").fetchall()
        known = {view for (view,) in views}
        domains = set[str]()
        if "dim_principal" in known:
            rows = connection.execute(_DOMAINS).fetchall()
            domains = {domain for one, domain in rows if one != tenant_id}
        if "dim_role" in known:
            ids |= {role for _, role in connection.execute(_CUSTOM_ROLES).fetchall()}
        return cls(*(frozenset(one.casefold() for one in group) for group in (ids, domains, names)))

    def found_in(self, text: str) -> Iterator[Found]:
        """The words that the text says, also where markup or JSON writes it differently."""
        for written in _readings(text):
            folded = written.casefold()
            yield from (Found("id", one) for one in _ID.findall(folded) if one in self.ids)
            yield from (Found("domain", one) for one in self._domains_in(folded))
            yield from (Found("name", one) for one in self._names_in(folded))

    def _domains_in(self, folded: str) -> Iterator[str]:
        for found in _DOMAIN.findall(folded):
            parts = found.split(".")
            for start in range(len(parts) - 1):
                if (domain := ".".join(parts[start:])) in self.domains:
                    yield domain

    def _names_in(self, folded: str) -> Iterator[str]:
        if folded.strip() in self.names:
            yield folded.strip()
        if not self._by_first_word:
            return
        words = _WORD.findall(folded)
        for position, word in enumerate(words):
            for name, name_words in self._by_first_word.get(word, ()):
                if tuple(words[position : position + len(name_words)]) == name_words:
                    yield name

    @cached_property
    def _by_first_word(self) -> Mapping[str, list[tuple[str, _Words]]]:
        indexed: dict[str, list[tuple[str, _Words]]] = {}
        for name in self.names:
            words = tuple(_WORD.findall(name))
            if words and len("".join(words)) >= SHORTEST_INSIDE:
                indexed.setdefault(words[0], []).append((name, words))
        return indexed


def _readings(text: str) -> set[str]:
    """The text, and what a reader of HTML or JSON makes of it."""
    unescaped = html.unescape(text)
    return {text, unescaped, _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescaped)}
