"""No text of a finished copy names another tenant, and no innocent word stands in its way."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import open_published
from pipeline.errors import PostureError
from pipeline.export import export_tenant, selected_files, surfaces
from pipeline.export.check import require_no_word_of_others
from pipeline.export.words import ForeignWords, Found
from pipeline.home import Home
from pipeline.published.manifest import PublishedFile, read_manifest
from pipeline.warehouse.public_models import ExportPolicy
from tests.estate import Estate

OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e"
WORDS = ForeignWords(
    frozenset({OTHER}),
    frozenset({"nordwind.example"}),
    frozenset({"nordwind øst & co", "lu", "***", "</b><i>x"}),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"tenants/{OTHER.upper()}/x", {OTHER}),
        ("ann@nordwind.example", {"nordwind.example"}),
        ("https://mail.Nordwind.Example.", {"nordwind.example"}),
        ("ann_nordwind.example#EXT#@own.example", {"nordwind.example"}),
        ("nordwind.example.net and snordwind.example", set()),
        ("as NORDWIND  Øst & Co does", {"nordwind øst & co"}),
        ("Nordwind Øst &amp; Co", {"nordwind øst & co"}),
        ("Nordwind \\u00d8st \\u0026 Co", {"nordwind øst & co"}),
        ("Nordwind Østlig & Co", set()),
        ("</b><i>x", {"</b><i>x"}),
        ("Lu", {"lu"}),
        ("Lu of Luxembourg", set()),
        ("***", {"***"}),
        ("a *** b", set()),
        ("", set()),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, found: set[str]) -> None:
    assert {one.text for one in WORDS.found_in(text)} == found


def into_parquet(folder: Path, word: str) -> None:
    pq.write_table(
        pa.table({"free": ["x", f"of {word}."]}), next(folder.rglob("dim_tenant.parquet"))
    )


def into_a_table(statement: str) -> Callable[[Path, str], None]:
    def plant(folder: Path, word: str) -> None:
        with duckdb.connect(str(folder / "posture.duckdb")) as connection:
            connection.execute(statement.format(word=word))

    return plant


def into_text(name: str) -> Callable[[Path, str], None]:
    def plant(folder: Path, word: str) -> None:
        path = next(folder.rglob(name))
        path.write_text(path.read_text(encoding="utf-8") + f"\n{word}\n", encoding="utf-8")

    return plant


def into_a_file_name(folder: Path, word: str) -> None:
    (folder / f"for {word} alone.txt").touch()


PLANTS = {
    "Parquet": into_parquet,
    "table": into_a_table("create table marts.left_here as select '{word}' as free"),
    "comment": into_a_table("comment on table core.dim_tenant is 'as for {word}'"),
    "macro": into_a_table("create macro core.whose() as '{word}'"),
    "report": into_text("report.html"),
    "Power BI": into_text("*.tmdl"),
    "manifest": into_text("manifest.json"),
    "models": into_text("models.json"),
    "file name": into_a_file_name,
}


PLANTED = ForeignWords(WORDS.ids, WORDS.domains, frozenset({"lindqvist holding"}))


@pytest.fixture(scope="module")
def innocent(
    small: Path,
    estate: Estate,
    copies: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A copy with a bit of everything, and no word in it before one is planted."""
    folder = shutil.copytree(small, tmp_path_factory.mktemp("innocent") / "copy")
    whole = copies[estate.tenant_ids[0]]
    shutil.copy(whole / "report.html", folder)
    shutil.copytree(whole / "powerbi", folder / "powerbi")
    require_no_word_of_others(folder, PLANTED, [])
    return folder


@pytest.mark.parametrize("place", PLANTS)
def test_a_word_of_another_tenant_is_refused_wherever_it_stands(
    innocent: Path, tmp_path: Path, place: str
) -> None:
    folder = shutil.copytree(innocent, tmp_path / "copy")
    kinds = (OTHER, "nordwind.example", "Lindqvist Holding")
    PLANTS[place](folder, " and ".join(kinds))
    for word in kinds:
        vouched = [f"own rows say {one}" for one in kinds if one != word]
        with pytest.raises(PostureError, match=f"holds the .* {word.casefold()} of another tenant"):
            require_no_word_of_others(folder, PLANTED, ["other words", *vouched])
    require_no_word_of_others(folder, PLANTED, [f"own rows say {one}" for one in kinds])


@pytest.mark.parametrize("model", ["dim_role", "dim_principal", "fct_tenant_daily"])
def test_a_model_whose_filter_is_gone_is_not_handed_over(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """Its rows are let through, its column `tenant_id` says whose copy it is."""
    rows = selected_files._Writer._rows

    def unfiltered(writer: selected_files._Writer, name: str, *files: PublishedFile) -> str:
        if name != model:
            return rows(writer, name, *files)
        everything = dataclasses.replace(writer, policies={name: ExportPolicy("shared")})
        query = rows(everything, name, *files)
        return query.replace(" tenant_id,", f" '{writer.tenant_id}' as tenant_id,", 1)

    monkeypatch.setattr(selected_files._Writer, "_rows", unfiltered)
    with pytest.raises(PostureError, match="of another tenant; nothing was exported"):
        export_tenant(estate.home, estate.tenant_ids[3], tmp_path / "copy", config=estate.config)
    assert list(tmp_path.iterdir()) == []


def test_a_report_made_from_the_providers_data_is_not_handed_over(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.report import write_report

    monkeypatch.setattr(
        surfaces,
        "write_report",
        lambda folder, **_: write_report(estate.home, folder / "report.html"),
    )
    with pytest.raises(PostureError, match=r"report\.html of the copy: holds the"):
        export_tenant(estate.home, estate.tenant_ids[0], tmp_path / "copy", config=estate.config)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def changed(estate: Estate, tmp_path: Path) -> Home:
    """The published snapshot, for a test to change; no lake and no warehouse."""
    home = Home(tmp_path / "home")
    shutil.copytree(estate.home.published, home.published)
    return home


def rewrite(home: Home, model: str, columns: str) -> None:
    manifest = read_manifest(home.published)
    assert manifest is not None
    for file in manifest.models[model].files:
        path = home.published / file.path
        rows = duckdb.sql(f"select * replace ({columns}) from '{path}'").to_arrow_table()
        pq.write_table(rows, path)


PLAIN = ("Test", "Security", "AI", "Microsoft Entra", "Conditional Access", "Regulated", "ok")


def test_tenants_with_plain_names_stand_in_nobodys_way(
    estate: Estate, changed: Home, tmp_path: Path
) -> None:
    tenant, *others = estate.tenant_ids
    names = " ".join(f"when '{o}' then '{n}'" for o, n in zip(others, PLAIN, strict=True))
    rewrite(changed, "dim_tenant", f"case tenant_id {names} else tenant_name end as tenant_name")
    export_tenant(changed, tenant, tmp_path / "copy", config=estate.config)


def test_names_that_are_equal_or_part_of_ones_own_stand_in_nobodys_way(
    estate: Estate, changed: Home, tmp_path: Path
) -> None:
    tenant, namesake, part = estate.tenant_ids[:3]
    rewrite(
        changed,
        "dim_tenant",
        f"case tenant_id when '{tenant}' then 'Nordwind Holding' "
        f"when '{namesake}' then 'Nordwind Holding' when '{part}' then 'Nordwind' "
        "else tenant_name end as tenant_name",
    )
    export_tenant(changed, tenant, tmp_path / "copy", config=estate.config)


def test_a_provider_that_is_itself_a_tenant_hands_its_clients_their_copies(
    estate: Estate, changed: Home, tmp_path: Path
) -> None:
    """Its administrators, its id and its name stand in the client's own directory and report."""
    client, provider = estate.tenant_ids[2], estate.tenant_ids[0]
    with open_published(changed) as connection:
        [(name, domain)] = connection.execute(
            """
            select any_value(tenant_name), any_value(split_part(user_principal_name, '@', 2))
            from dim_principal inner join dim_tenant using (tenant_id)
            where tenant_id = ? and user_principal_name like '%@%'
            """,
            [provider],
        ).fetchall()
    mine = f"tenant_id = '{client}' and user_principal_name is not null"
    rewrite(
        changed,
        "dim_principal",
        f"case when {mine} then '{name} support {provider}' else principal_name end "
        f"as principal_name, case when {mine} then 'ann_{domain}#EXT#@own.example' "
        "else user_principal_name end as user_principal_name",
    )
    config = tmp_path / "tenants.yaml"
    config.write_text(f"provider:\n  name: {name}\n")
    copy = export_tenant(changed, client, tmp_path / "copy", config=config)
    with open_published(copy.path) as connection:
        told = connection.execute("select distinct principal_name from dim_principal").fetchall()
    assert (f"{name} support {provider}",) in told


def test_another_tenants_words_in_a_comparison_vouch_for_nothing(
    estate: Estate, changed: Home, tmp_path: Path
) -> None:
    tenant, other = estate.tenant_ids[:2]
    rewrite(changed, "mart_tenant_comparison", f"'behind {other}' as segment")
    with pytest.raises(PostureError, match=f"holds the id {other} of another tenant"):
        export_tenant(changed, tenant, tmp_path / "copy", config=estate.config)


def test_every_tenant_of_an_estate_has_words_of_each_kind(estate: Estate) -> None:
    tenant = estate.tenant_ids[0]
    with open_published(estate.home) as connection:
        words = ForeignWords.of_others(connection, tenant)
        names = connection.execute("select tenant_name from dim_tenant").fetchall()
    assert set(estate.tenant_ids) - {tenant} < words.ids
    assert len(words.domains) == len(estate.tenant_ids) - 1
    assert len(words.names) == len(names) - 1
    assert Found("id", estate.tenant_ids[1]) in set(words.found_in(str(estate.tenant_ids)))
