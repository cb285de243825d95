"""`access:` of tenants.yaml: read with the same care as the tenants, written by every run."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.config.access import AccessGrant
from pipeline.config.settings import load_config
from pipeline.errors import UsageError
from pipeline.lake.parts import SCHEMAS

from .conftest import Lab
from .test_config import ENV, ONE, TWO
from .test_privacy import pseudonymise
from .test_register import NAMED

LINE = NAMED.count("\n") + 1
MISTAKES = {
    "no list": ("access: all\n", 0, "access: must be a list, not text"),
    "no user": ("access:\n  - {tenants: all}\n", 1, "access[0]: user: is missing"),
    "no tenants": ("access:\n  - {user: a@b.example}\n", 1, "access[0]: tenants: is missing"),
    "unknown key": ("access:\n  - {usr: a@b.example}\n", 1, "access[0].usr: unknown key"),
    "bad address": ("access:\n  - {user: anna, tenants: all}\n", 1, "access[0].user: must be a na"),
    "blank inside": ("access:\n  - {user: a @b.example, tenants: all}\n", 1, "must be a name to"),
    "another word": ("access:\n  - {user: a@b.example, tenants: any}\n", 1, "must be all, or a li"),
    "nothing listed": ("access:\n  - {user: a@b.example, tenants: []}\n", 1, "tenants: is empty;"),
    "unknown tenant": (
        "access:\n  - {user: a@b.example, tenants: [Contosso]}\n",
        1,
        "access[0].tenants[0]: no tenant 'Contosso' in the configuration; did you mean Contoso?",
    ),
    "tenant twice": (
        f"access:\n  - {{user: a@b.example, tenants: [Contoso, {ONE}]}}\n",
        1,
        f"access[0].tenants[1]: tenant {ONE} is listed twice for this user",
    ),
    "user twice": (
        "access:\n  - {user: a@b.example, tenants: all}\n  - {user: A@B.example, tenants: all}\n",
        2,
        "access[1]: user: a@b.example is listed twice, first at ",
    ),
}


def load(folder: Path, access: str) -> tuple[AccessGrant, ...]:
    (folder / "tenants.yaml").write_text(NAMED + access)
    return load_config(folder / "tenants.yaml", environ=ENV).access


def test_people_see_all_tenants_or_those_listed_by_id_or_name(tmp_path: Path) -> None:
    both = tuple(sorted((ONE, TWO)))
    assert load(
        tmp_path,
        "access:\n  - {user: Anna@Provider.Example, tenants: all}\n"
        f"  - {{user: bo@provider.example, tenants: [{TWO.upper()}, Contoso]}}\n"
        "  - {user: cy_x.example#EXT#@provider.example, tenants: [Contoso]}\n",
    ) == (
        AccessGrant("anna@provider.example", both, has_all_tenants=True),
        AccessGrant("bo@provider.example", both),
        AccessGrant("cy_x.example#ext#@provider.example", (ONE,)),
    )
    assert load(tmp_path, "") == load(tmp_path, "access: []\n") == ()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_that_points_at_the_place(tmp_path: Path, name: str) -> None:
    text, line, said = MISTAKES[name]
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'tenants.yaml'}:{LINE + line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_one_client_lets_nobody_see_anything(tmp_path: Path) -> None:
    (tmp_path / "tenants.d").mkdir()
    (tmp_path / "tenants.d" / "x.yaml").write_text(
        "access: [{user: a@b.example, tenants: all}]\ntenants: []\n"
    )
    with pytest.raises(UsageError, match=r"x\.yaml:1: access: unknown key"):
        load(tmp_path, "")


def allow(lab: Lab, *people: str) -> None:
    document = yaml.safe_load(lab.settings.path.read_text())
    document["access"] = [{"user": person, "tenants": "all"} for person in people]
    lab.settings.path.write_text(yaml.safe_dump(document))
    lab.settings = load_config(lab.settings.path)


@pytest.mark.parametrize("privacy", ["clear", "pseudonym"])
def test_every_run_writes_who_sees_what_in_clear(lab: Lab, privacy: str) -> None:
    allow(lab, "Anna@Provider.Example")
    if privacy == "pseudonym":
        pseudonymise(lab)
    lab.collect(tenants=[lab.ids[0]], feeds=["organization"])
    [file] = (lab.home.lake / "tenant_access").rglob("*.parquet")
    rows = pq.read_table(file, partitioning=None)
    assert rows.schema == SCHEMAS["tenant_access"]
    assert rows.select(["tenant_id", "user_principal_name", "has_all_tenants"]).to_pylist() == [
        {
            "tenant_id": tenant_id,
            "user_principal_name": "anna@provider.example",
            "has_all_tenants": True,
        }
        for tenant_id in sorted(lab.ids)
    ]
