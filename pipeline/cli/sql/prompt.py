"""`posture sql` without a query: ask, answer, ask again."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from pipeline.cli.interrupts import was_meant
from pipeline.cli.sql.answer import answer
from pipeline.cli.sql.line_editing import line_editing
from pipeline.cli.sql.session import read_only, refuse_writing, told_in_one_line
from pipeline.cli.sql.terminal import show, table_lines, terminal_width
from pipeline.errors import PostureError, UsageError
from pipeline.home import Home
from pipeline.published.manifest import read_manifest
from pipeline.text import printable

PROMPT, CONTINUED = "posture> ", "    ...> "
HELP = """\
A query ends with a semicolon and may take several lines. Ctrl-C drops it, Ctrl-D leaves.
  .tables             the models, with their rows and what one row of each is
  .describe MODEL     its columns, with types and meanings
  .wide               whole values in long lines, or shortened to the terminal again
  .help               this
  .quit               leave"""
DESCRIBED = """\
select schema_name || '.' || table_name, comment from duckdb_tables()
union all
select schema_name || '.' || view_name, comment from duckdb_views() where not internal"""
COLUMNS = """\
select columns.column_name, lower(columns.data_type) as data_type
from information_schema.columns as columns
where columns.table_name = ? and columns.table_schema in ('core', 'marts')
order by columns.ordinal_position"""
COLUMNS_DESCRIBED = "select column_name, comment from duckdb_columns() where table_name = ?"


def converse(home: Home, arguments: argparse.Namespace) -> int:
    """Answer queries until the person leaves; an error ends a query and nothing else."""
    with read_only(home) as connection, line_editing(connection):
        session = _Session(connection, home, arguments)
        day, snapshot = connection.execute("select snapshot_date(), snapshot_id()").fetchall()[0]
        print(f"Snapshot {snapshot} as of {day}. .help tells what you can do here.")
        while session.ask():
            pass
    return 0


@dataclass
class _Session:
    """The connection, how answers are shown, and the lines of a query so far."""

    connection: duckdb.DuckDBPyConnection
    home: Home
    arguments: argparse.Namespace
    lines: list[str] = field(default_factory=list)

    def ask(self) -> bool:
        """Take one line; answer when it ends a query. False when the person leaves."""
        try:
            line = input(CONTINUED if self.lines else PROMPT)
            if not self.lines and (not line.strip() or line.lstrip().startswith(".")):
                return self._do(line.split())
            self.lines.append(line)
            query = "\n".join(self.lines)
            if is_complete(query):
                self.lines = []
                refuse_writing(query)
                answer(self.connection, query, self.arguments)
        except EOFError:
            print()
            return False
        except KeyboardInterrupt:
            was_meant()
            self.lines = []
            print()
        except PostureError as error:
            print(f"! {printable(error)}", file=sys.stderr)
        return True

    def _do(self, words: list[str]) -> bool:
        match words:
            case []:
                pass
            case [".tables"]:
                self._tables()
            case [".describe", name]:
                self._describe(name.strip(";").split(".")[-1].lower())
            case [".describe", *_]:
                raise UsageError(".describe takes the name of one model; .tables lists them")
            case [".wide"]:
                self.arguments.wide = not self.arguments.wide
                print("values are shown whole" if self.arguments.wide else "lines fit the terminal")
            case [".help"]:
                print(HELP)
            case [".quit" | ".exit"]:
                return False
            case _:
                raise UsageError(f"{' '.join(words)} is not known here; .help tells what is")
        return True

    def _tables(self) -> None:
        manifest = read_manifest(self.home.published)
        meanings = self._descriptions(DESCRIBED)
        rows = [
            (name := f"{model.schema}.{short}", model.rows, _grain(meanings.get(name)))
            for short, model in sorted(
                (manifest.models if manifest else {}).items(),
                key=lambda item: (item[1].schema, item[0]),
            )
        ]
        self._show(("model", "rows", "one row per"), rows, numeric=frozenset({1}))
        print("latest_<fact> is every daily fact on each tenant's newest day.")

    def _describe(self, name: str) -> None:
        with told_in_one_line(self.connection):
            columns = self.connection.execute(COLUMNS, [name]).fetchall()
        if not columns:
            raise UsageError(f"there is no model {name}; .tables lists them")
        meanings = self._descriptions(COLUMNS_DESCRIBED, [name])
        rows = [(column, kind, meanings.get(column)) for column, kind in columns]
        self._show(("column", "type", "meaning"), rows)

    def _show(
        self,
        names: Sequence[str],
        rows: Sequence[tuple[object, ...]],
        numeric: frozenset[int] = frozenset(),
    ) -> None:
        width = None if self.arguments.wide else terminal_width()
        lines: Iterator[str] = table_lines(names, iter(rows), numeric=numeric, width=width)
        show(lines, paged=self.arguments.pager)

    def _descriptions(self, query: str, values: Sequence[str] = ()) -> dict[str, str]:
        """Descriptions by name from the published database; none where it cannot be opened."""
        path = self.home.published / "posture.duckdb"
        try:
            with duckdb.connect(str(path), read_only=True) as database:
                return dict(database.execute(query, list(values)).fetchall())
        except duckdb.Error:
            return {}


def _grain(text: str | None) -> str | None:
    """The grain, which every description opens with."""
    if text is None:
        return None
    return text.split(". ")[0].strip().rstrip(".").removeprefix("One row per ")


def is_complete(text: str) -> bool:
    """Whether a semicolon ends the text, one outside of strings and comments."""
    tokens = duckdb.tokenize(text)
    if not tokens:
        return False
    offset, kind = tokens[-1]
    # Offsets count bytes.
    return kind == duckdb.token_type.operator and text.encode()[offset:].startswith(b";")
