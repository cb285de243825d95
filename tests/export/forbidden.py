"""The words that must not be in a tenant's copy: all that names another tenant or what is in it.

They are computed from everything known of the others, the provider's lake and published models:
  - every id, address and domain in any text of theirs, JSON included;
  - every value of the columns that hold names of tenants, people, groups, applications, policies,
    roles, places, strengths, tags and comments.
Two kinds are taken out again:
  - what the tenant's own rows hold too, as when two clients have a policy of the same name, or
    both have Microsoft's own applications: such a word tells nothing of whose it is;
  - ids of roles that Microsoft built in, which are the same everywhere.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TOKENS = re.compile(
    rf"{GUID}|[\w.+#-]+@[\w-]+(?:\.[\w-]+)+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:example|test)\b"
    r"|(?<![\w/-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}(?![\w/-])",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"(^|_)(display_name|principal_name|tenant_name|policy_name|group_name|strength_name"
    r"|subject_name|given_name|surname|mail|tags?|comment|updated_by|changed_by"
    r"|assigned_to|owner|ticket|reason)$"
)
# Of these tables no name is a tenant's own: plans of Microsoft, and why the model ranks an action.
NOT_NAMES = {("mart_recommended_actions", "reason"), ("recommendations", "display_name")}
SHORTEST = 4


@dataclass(frozen=True)
class Words:
    """What is forbidden: `anywhere` as part of anything, `whole` as a value by itself.

    A name that is also part of the tenant's own texts (`Finance` in `Finance Team`) is looked for
    among whole values alone.
    """

    anywhere: frozenset[str]
    whole: frozenset[str]


class Texts:
    """Every text of every tenant of a home, by tenant."""

    def __init__(self, home: Path) -> None:
        self._connection = duckdb.connect()
        self._texts: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        for table, relation in _relations(home):
            self._read(table, relation)

    def _read(self, table: str, relation: str) -> None:
        described = self._connection.execute(f"describe select * from {relation}").fetchall()
        columns = [name for name, kind, *_ in described if kind == "VARCHAR"]
        if "tenant_id" not in columns:
            return
        for column in columns:
            rows = self._connection.execute(
                f"select distinct tenant_id, {column} from {relation} where {column} <> ''"
            ).fetchall()
            is_name = NAMES.search(column) and (table, column) not in NOT_NAMES
            for tenant, text in rows:
                self._texts.setdefault(tenant, set()).add(text)
                if is_name and len(text) >= SHORTEST:
                    self._names.setdefault(tenant, set()).add(text)

    @cached_property
    def _tokens(self) -> dict[str, set[str]]:
        return {tenant: set(_tokens(texts)) for tenant, texts in self._texts.items()}

    def forbidden_to(self, tenant: str, built_in_roles: set[str]) -> Words:
        others = [other for other in self._texts if other != tenant]
        tokens = {token for other in others for token in self._tokens[other]}
        names = {name for other in others for name in self._names.get(other, ())}
        names -= self._names.get(tenant, set())
        own = "\n".join(self._texts[tenant]).lower()
        part_of_own = {name for name in names if name.lower() in own}
        return Words(
            frozenset((tokens - self._tokens[tenant] - built_in_roles) | (names - part_of_own)),
            frozenset(part_of_own - self._texts[tenant]),
        )


def _tokens(texts: set[str]) -> Iterator[str]:
    for text in texts:
        for token in TOKENS.findall(text):
            yield token.lower()
            if "@" in token:
                yield token.split("@")[1].lower()


def _relations(home: Path) -> Iterator[tuple[str, str]]:
    for folder in sorted((home / "lake").iterdir()):
        if next(folder.glob("*/*.parquet"), None):
            yield folder.name, f"read_parquet('{folder}/*/*.parquet', union_by_name = true)"
    published = home / "published"
    for name, model in json.loads((published / "manifest.json").read_text())["models"].items():
        files = ", ".join(f"'{published / file['path']}'" for file in model["files"])
        yield name, f"read_parquet([{files}])"
