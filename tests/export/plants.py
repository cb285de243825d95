"""Ways to plant a word in a copy, so that the search for words is seen to find it."""

import base64
import gzip
import html
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

Planter = Callable[[Path, str], None]


def a_parquet_file(folder: Path) -> Path:
    return next(folder.rglob("dim_tenant.parquet"))


def in_a_parquet_value(folder: Path, word: str) -> None:
    path = a_parquet_file(folder)
    table = pq.read_table(path)
    position = table.column_names.index("tenant_name")
    pq.write_table(table.set_column(position, "tenant_name", [[word]]), path)


def in_a_dictionary_that_no_row_uses(folder: Path, word: str) -> None:
    column = pa.DictionaryArray.from_arrays([0], ["used", f"{word}, not used"])
    pq.write_table(pa.table({"text": column}), a_parquet_file(folder), write_statistics=False)


def in_a_statistic_alone(folder: Path, word: str) -> None:
    path = a_parquet_file(folder)
    stand_in = "~" * len(word.encode())
    pq.write_table(pa.table({"text": [stand_in]}), path, compression="none")
    content = path.read_bytes()
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    planted = content[footer:].replace(stand_in.encode(), word.encode())
    assert planted != content[footer:]
    path.write_bytes(content[:footer] + planted)


def in_a_metadata_entry(folder: Path, word: str) -> None:
    path = a_parquet_file(folder)
    pq.write_table(pq.read_table(path).replace_schema_metadata({"made for": word}), path)


def in_a_name_of_a_column(folder: Path, word: str) -> None:
    pq.write_table(pa.table({word: [1]}), a_parquet_file(folder))


def in_the_database(statement: str) -> Planter:
    def plant(folder: Path, word: str) -> None:
        with duckdb.connect(str(folder / "posture.duckdb")) as connection:
            for one in statement.split(";"):
                connection.execute(one.format(word=word))

    return plant


def in_a_file(name: str, written: Callable[[str], bytes]) -> Planter:
    def plant(folder: Path, word: str) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(word))

    return plant


PLANTS: dict[str, Planter] = {
    "parquet value": in_a_parquet_value,
    "dictionary entry without a row": in_a_dictionary_that_no_row_uses,
    "statistic only": in_a_statistic_alone,
    "metadata entry": in_a_metadata_entry,
    "column name": in_a_name_of_a_column,
    "database value": in_the_database("update core.dim_tenant set tenant_name = '{word}'"),
    "database comment": in_the_database("comment on table core.dim_tenant is 'as {word}'"),
    "database view": in_the_database("create view main.v as select '{word}' as a"),
    "database macro": in_the_database("create macro main.m() as '{word}'"),
    "database free block": in_the_database(
        "create table main.gone as select '{word}' || i as a from range(5000) as t (i);"
        "checkpoint;drop table main.gone;checkpoint"
    ),
    "html comment": in_a_file("report.html", lambda word: f"<p><!-- {word} --></p>".encode()),
    "html entity": in_a_file(
        "report.html", lambda word: "".join(f"&#{ord(one)};" for one in word).encode()
    ),
    "html in markup": in_a_file("report.html", lambda word: html.escape(f"<b>{word}</b>").encode()),
    "embedded image": in_a_file(
        "report.html", lambda word: b"base64," + base64.b64encode(b"image of " + word.encode())
    ),
    "embedded and compressed": in_a_file(
        "report.html", lambda word: b"base64," + base64.b64encode(gzip.compress(word.encode()))
    ),
    "json escape": in_a_file(
        "powerbi/page.json", lambda word: "".join(f"\\u{ord(one):04x}" for one in word).encode()
    ),
    "tmdl text": in_a_file("powerbi/model.tmdl", lambda word: f"\t/// {word}".encode()),
    "utf-16": in_a_file("powerbi/theme.txt", lambda word: f"x{word}".encode("utf-16-le")),
    "other case": in_a_file("notes.txt", lambda word: word.upper().encode()),
    "file name": lambda folder, word: (folder / f"about {word}.txt").touch(),
    "folder name": lambda folder, word: (folder / word).mkdir(),
}
