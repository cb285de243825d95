"""No word of any other tenant is anywhere in a client's copy; the search is shown to find them."""

import shutil
import uuid
from pathlib import Path

import duckdb
import pytest

from pipeline import open_published
from pipeline.export import export_tenant
from tests.estate import TENANTS, Estate
from tests.export.forbidden import Texts, Words
from tests.export.leak_scan import UNSEEN, leaks
from tests.export.lone import live_alone
from tests.export.plants import PLANTS, in_a_parquet_value


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
            foreign = {one for one, low, text in rows if low in forbidden or text in forbidden}
            assert foreign == {one for one, _, text in rows if text not in own and text}, column
            assert foreign
        custom = connection.execute("select role_template_id from dim_role where not is_built_in")
        assert {role for (role,) in custom.fetchall()} & forbidden


def test_a_copy_tells_no_more_than_a_home_that_only_ever_knew_this_tenant(estate, copies, tmp_path):
    """Byte for byte, so no column of any model carries others in it; but for causes inferred from
    them, which are those of a tenant alone when they are taken back."""
    tenant = estate.tenant_ids[2]
    alone = tmp_path / "copy"
    home = live_alone(estate, tenant, tmp_path / "home")
    export_tenant(home, tenant, alone, config=tmp_path / "none.yaml")
    of_many, of_one = parquet(copies[tenant]), parquet(alone)
    assert of_many.keys() == of_one.keys()
    differing = {name.split("/")[0] for name in of_many if of_many[name] != of_one[name]}
    assert differing <= WITHOUT_INFERENCE.keys()
    for model in differing:
        assert uninferred(copies[tenant], model) == uninferred(alone, model)


def test_a_copy_says_what_is_inferred_and_not_from_how_many(estate, copies):
    with open_published(estate.home) as connection:
        told = connection.execute(
            "select tenant_id, count(*), min(inferred_from_tenant_count) from fct_score_change "
            "where is_inferred group by tenant_id"
        ).fetchall()
    assert {tenant for tenant, *_ in told} == set(estate.tenant_ids)
    for tenant, rows, least in told:
        assert least >= 3
        with open_published(copies[tenant]) as connection:
            found = connection.execute(
                "select count(*), count(inferred_from_tenant_count) from fct_score_change "
                "where is_inferred"
            ).fetchall()
        assert found == [(rows, 0)]


# By model that tells what is inferred, its rows as the tenant alone would tell them.
WITHOUT_INFERENCE = {
    "fct_score_change": """
        select * replace (
            case
                when is_inferred and cause <> 'max_changed' then 'scored_set_changed' else cause
            end as cause,
            case when not is_inferred or cause = 'max_changed' then is_microsoft_change end
                as is_microsoft_change,
            false as is_inferred
        )
    """,
    "mart_score_movement": """
        select
            * exclude (
                microsoft_points, microsoft_max_points, microsoft_ratio,
                unexplained_points, unexplained_max_points, unexplained_ratio
            ),
            round(microsoft_points + unexplained_points, 6),
            round(microsoft_max_points + unexplained_max_points, 6),
            round(microsoft_ratio + unexplained_ratio, 9)
    """,
}


def uninferred(folder: Path, model: str) -> list[tuple]:
    files = [str(path) for name, path in paths(folder).items() if name.split("/")[0] == model]
    rows = duckdb.sql(f"from read_parquet({files!r}) {WITHOUT_INFERENCE[model]}").fetchall()
    return sorted(rows, key=repr)


def paths(folder: Path) -> dict[str, Path]:
    """Parquet files of a copy by model, and by month where there is one."""
    return {
        path.stem if path.stem == path.parent.name else f"{path.parent.name}/{path.stem}": path
        for path in sorted(folder.rglob("*.parquet"))
    }


def parquet(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in paths(folder).items()}


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
