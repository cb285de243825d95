"""No word of any other tenant is anywhere in a client's copy; the search is shown to find them."""

import base64
import dataclasses
import gzip
import html
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import open_published
from pipeline.export import export_tenant
from pipeline.export.database import write_own_database
from pipeline.publish import manifest_document
from pipeline.published import read_manifest
from pipeline.snapshot_models import read_models, write_models
from tests.reading.estate import TENANTS, Estate
from tests.reading.forbidden import Texts, Words
from tests.reading.leak_scan import UNSEEN, leaks
from tests.reading.lone import live_alone

# What a copy tells by comparison with others.
DECILES = "mart_tenant_comparison"
SMALL = ("dim_tenant", "mart_posture_overview")
Planter = Callable[[Path, str], None]


@pytest.fixture(scope="module")
def texts(estate: Estate) -> Texts:
    return Texts(estate.home.root)


@pytest.fixture(scope="module")
def built_in_roles(estate: Estate) -> set[str]:
    with open_published(estate.home) as connection:
        rows = connection.execute("select role_template_id from dim_role where is_built_in")
        return {role for (role,) in rows.fetchall()}


def words(texts: Texts, built_in_roles: set[str], tenant: str) -> Words:
    found = texts.forbidden_to(tenant, built_in_roles)
    assert len(found.anywhere) > 1000
    return found


@pytest.mark.parametrize("position", range(TENANTS))
def test_no_word_of_another_tenant_is_in_a_copy(estate, copies, texts, built_in_roles, position):
    tenant = estate.tenant_ids[position]
    forbidden = words(texts, built_in_roles, tenant)
    for other in set(estate.tenant_ids) - {tenant}:
        assert other in forbidden.anywhere
    assert leaks(copies[tenant], forbidden) == []


def test_the_words_name_every_sort_of_thing(estate, texts, built_in_roles):
    """Of each sort at least one is known of every other tenant, or the search means little."""
    tenant = estate.tenant_ids[0]
    forbidden = words(texts, built_in_roles, tenant).anywhere
    kinds = {
        "tenant_name": "dim_tenant",
        "principal_id": "dim_principal",
        "principal_name": "dim_principal",
        "user_principal_name": "dim_principal",
        "service_principal_id": "fct_application_privilege_daily",
        "policy_id": "fct_policy_daily",
        "request_id": "fct_collection",
    }
    with open_published(estate.home) as connection:
        for column, model in kinds.items():
            rows = connection.execute(
                f"select distinct tenant_id, lower({column}), {column} from {model}"
            ).fetchall()
            own = {text for one, _, text in rows if one == tenant}
            told = {one for one, low, text in rows if low in forbidden or text in forbidden}
            assert told == {one for one, _, text in rows if text not in own and text}, column
            assert told
        custom = connection.execute("select role_template_id from dim_role where not is_built_in")
        assert {role for (role,) in custom.fetchall()} & forbidden


def test_a_copy_tells_no_more_than_a_home_that_only_ever_knew_this_tenant(estate, copies, tmp_path):
    """Byte for byte, but for the deciles: so no column of any model carries others in it."""
    tenant = estate.tenant_ids[2]
    alone = tmp_path / "copy"
    home = live_alone(estate, tenant, tmp_path / "home")
    export_tenant(home, tenant, alone, config=tmp_path / "none.yaml")
    of_many, of_one = parquet(copies[tenant]), parquet(alone)
    assert of_many.keys() == of_one.keys()
    assert {name for name in of_many if of_many[name] != of_one[name]} == {DECILES}
    many, one = (
        pq.read_table(folder / paths(folder)[DECILES]) for folder in (copies[tenant], alone)
    )
    other = {name for name in many.column_names if many[name] != one[name]}
    assert other == {"portfolio_decile"}


def paths(folder: Path) -> dict[str, Path]:
    """Parquet files of a copy by model, and by month where there is one."""
    return {
        path.stem if path.stem == path.parent.name else f"{path.parent.name}/{path.stem}": path
        for path in sorted(folder.rglob("*.parquet"))
    }


def parquet(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in paths(folder).items()}


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
    told = content[footer:].replace(stand_in.encode(), word.encode())
    assert told != content[footer:]
    path.write_bytes(content[:footer] + told)


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


@pytest.fixture(scope="module")
def small(
    estate: Estate, copies: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Two models of a copy, written by what writes copies: quick to look through."""
    copy, folder = copies[estate.tenant_ids[0]], tmp_path_factory.mktemp("small") / "copy"
    manifest = read_manifest(copy)
    assert manifest is not None
    snapshot = Path("snapshots", manifest.snapshot)
    for name in SMALL:
        shutil.copytree(copy / snapshot / name, folder / snapshot / name)
    models = read_models(copy / snapshot)
    write_models(folder / snapshot, tuple(model for model in models if model.name in SMALL))
    held = {name: manifest.models[name] for name in SMALL}
    document = manifest_document(dataclasses.replace(manifest, models=held))
    (folder / "manifest.json").write_text(document)
    write_own_database(folder)
    return folder


@pytest.mark.parametrize("kind", PLANTS)
def test_a_planted_word_is_found(small, tmp_path, kind):
    """An id and a name in turn: each of them must be found, wherever it is."""
    planted = {"0f8fad5b-d9cb-469f-a165-70867728950e", "Nordwind Øst"}
    words = Words(frozenset(planted), frozenset())
    for number, word in enumerate(sorted(planted)):
        folder = tmp_path / str(number)
        shutil.copytree(small, folder)
        PLANTS[kind](folder, word)
        found = {line.rsplit(": ", 1)[1] for line in leaks(folder, words)}
        assert found == {word} or found - {word} == {UNSEEN}, kind
        assert (UNSEEN in found) == (kind == "database free block")


def test_where_nothing_is_planted_nothing_is_found(small):
    assert leaks(small, Words(frozenset({"ann.other@client.example"}), frozenset())) == []


def test_an_id_is_found_in_every_way_of_writing_it(tmp_path):
    one = uuid.UUID("85447f66-3576-4afb-988b-361ada913838")
    for written in (one.hex.encode(), one.bytes, one.bytes_le, str(one).upper().encode()):
        (tmp_path / "file.bin").write_bytes(b"....." + written + b"..")
        assert leaks(tmp_path, Words(frozenset({str(one)}), frozenset()))


def test_a_name_that_is_part_of_ones_own_is_found_as_a_value_by_itself(small, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(small, folder)
    own = Words(frozenset(), frozenset({"finance"}))
    in_a_parquet_value(folder, "Finance Team")
    assert leaks(folder, own) == []
    in_a_parquet_value(folder, "Finance")
    assert leaks(folder, own)
