"""register.yaml: who owns what, read with the same care as tenants.yaml, and into the lake."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.config.principals import DeclaredPrincipal
from pipeline.config.register import Register, RegisterEntry
from pipeline.config.settings import Settings, load_config
from pipeline.errors import UsageError
from pipeline.lake.parts import SCHEMAS
from tests.commands import posture_here

from .conftest import Lab
from .test_config import CREDENTIAL, ENV, ONE, TWO
from .test_privacy import pseudonymise, written_text

NAMED = f"{CREDENTIAL}tenants:\n  - {{id: {ONE}, name: Contoso}}\n  - {{id: {TWO}}}\n"
FULL = """\
entries:
  - tenant: Contoso
    control: AdminMFAV2
    owner: Ada Berg
    ticket: SEC-17
    reason: waits for the new keys
    review_by: 2026-12-31
"""
DECLARED = """\
principals:
  - {tenant: Contoso, principal: Break@Contoso.com, role: emergency}
"""
MISTAKES = {
    "neither principal nor group": (
        DECLARED.replace("principal: Break@Contoso.com", "owner: x"),
        2,
        "principals[0]: give either principal or group",
    ),
    "both principal and group": (
        DECLARED.replace("role", f"group: {ONE}, role"),
        2,
        "principals[0]: give either principal or group",
    ),
    "no role": (DECLARED.replace(", role: emergency", ""), 2, "principals[0]: role: is missing"),
    "unknown role": (
        DECLARED.replace("emergency", "vip"),
        2,
        "principals[0].role: unknown value 'vip'; use one of emergency, sync, service, partner",
    ),
    "neither id nor name": (
        DECLARED.replace("Break@Contoso.com", "Break Glass"),
        2,
        "principals[0].principal: must be an object id or a sign-in name",
    ),
    "group by name": (
        DECLARED.replace("principal: Break@Contoso.com", "group: Admins"),
        2,
        "principals[0].group: must be the object id of the group",
    ),
    "declared twice": (
        DECLARED + DECLARED.splitlines(keepends=True)[1].lower().replace("contoso,", f"{ONE},"),
        3,
        "principals[1]: break@contoso.com of this tenant is declared twice, first at ",
    ),
    "no such tenant for a principal": (
        DECLARED.replace("Contoso,", "Contosso,"),
        2,
        "principals[0].tenant: no tenant 'Contosso' in the configuration",
    ),
    "no entries": ("{}\n", 1, "entries: is missing"),
    "empty file": ("# nothing\n", None, "is empty; list its entries or remove it"),
    "unknown key at the top": ("entires: []\n", 1, "entires: unknown key"),
    "unknown key": (f"{FULL}    onwer: x\n", 8, "entries[0].onwer: unknown key"),
    "no tenant": ("entries:\n  - control: a\n", 2, "entries[0]: tenant: is missing"),
    "no control": ("entries:\n  - tenant: Contoso\n", 2, "entries[0]: control: is missing"),
    "nothing said": (
        "entries:\n  - {tenant: Contoso, control: a}\n",
        2,
        "entries[0]: says nothing; give at least one of owner, ticket, reason, review_by",
    ),
    "unknown tenant": (
        FULL.replace("Contoso", "Contosso"),
        2,
        "entries[0].tenant: no tenant 'Contosso' in the configuration; did you mean Contoso?",
    ),
    "no date": (FULL.replace("2026-12-31", "soon"), 7, "review_by: must be a date like 2026-12-31"),
    "number as text": (FULL.replace("SEC-17", "17"), 5, "ticket: must be text, not a number; put"),
    "twice": (
        f"{FULL}  - {{tenant: {ONE}, control: adminmfav2, owner: Bo}}\n",
        8,
        "entries[1]: control adminmfav2 of this tenant is listed twice, first at ",
    ),
}


def load(folder: Path, register: str, *, main: str = NAMED) -> Settings:
    (folder / "tenants.yaml").write_text(main)
    (folder / "register.yaml").write_text(register)
    return load_config(folder / "tenants.yaml", environ=ENV)


def test_an_entry_names_its_tenant_by_name_or_by_id(tmp_path: Path) -> None:
    by_id = f"  - {{tenant: {TWO.upper()}, control: OneAdmin, review_by: '2026-01-02'}}\n"
    assert load(tmp_path, FULL + by_id).register.entries == (
        RegisterEntry(
            ONE, "AdminMFAV2", "Ada Berg", "SEC-17", "waits for the new keys", date(2026, 12, 31)
        ),
        RegisterEntry(TWO, "OneAdmin", review_by=date(2026, 1, 2)),
    )


def test_principals_are_declared_by_id_by_sign_in_name_or_by_group(tmp_path: Path) -> None:
    more = (
        f"  - {{tenant: {TWO}, group: {ONE.upper()}, role: partner, owner: Ada,"
        " reason: our provider, review_by: 2026-12-31}\n"
    )
    assert load(tmp_path, DECLARED + more).register == Register(
        principals=(
            DeclaredPrincipal(ONE, "emergency", principal="break@contoso.com"),
            DeclaredPrincipal(TWO, "partner", None, ONE, "Ada", "our provider", date(2026, 12, 31)),
        )
    )


def test_the_register_may_be_absent_or_without_entries(tmp_path: Path) -> None:
    assert load(tmp_path, "entries: []\n").register == Register()
    (tmp_path / "register.yaml").unlink()
    assert load_config(tmp_path / "tenants.yaml", environ=ENV).register == Register()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_that_points_at_the_place(tmp_path: Path, name: str) -> None:
    text, line, said = MISTAKES[name]
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    where = f"{tmp_path / 'register.yaml'}:" + (f"{line}: " if line else " ")
    assert str(caught.value).startswith(where)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_that_two_tenants_share_is_refused(tmp_path: Path) -> None:
    main = NAMED.replace(f"{{id: {TWO}}}", f"{{id: {TWO}, name: Contoso}}")
    with pytest.raises(UsageError, match=r":2: .*2 tenants are named 'Contoso'; give the id"):
        load(tmp_path, FULL, main=main)


def collect(lab: Lab) -> tuple[int, str]:
    ended = posture_here(
        "collect", "--config", lab.settings.path, "--home", lab.home.root,
        "--date", lab.sandbox.today, "--feed", "organization",
    )  # fmt: skip
    return ended.code, ended.err


def test_a_mistake_ends_a_run_before_it_begins(lab: Lab) -> None:
    lab.settings.path.with_name("register.yaml").write_text("entries:\n  - control: a\n")
    code, said = collect(lab)
    assert (code, said.count("\n")) == (2, 1)
    assert "register.yaml:2: entries[0]: tenant: is missing" in said
    assert not lab.home.root.exists()


def test_every_run_writes_the_register_as_it_stands(lab: Lab) -> None:
    register = lab.settings.path.with_name("register.yaml")
    entry = f"  - {{tenant: {lab.ids[1]}, control: OneAdmin, owner: Ada, review_by: 2026-12-31}}\n"
    register.write_text(f"entries:\n{entry}")
    assert collect(lab)[0] == 0
    register.unlink()
    assert collect(lab)[0] == 0
    first, second = lab.lake.config_files()
    [file] = (lab.home.lake / "control_register").rglob("*.parquet")
    assert (file.name, second.name > first.name) == (first.name, True)
    rows = pq.read_table(file, partitioning=None)
    assert rows.schema == SCHEMAS["control_register"]
    assert rows.drop_columns(["collected_at", "run_id"]).to_pylist() == [
        {
            "tenant_id": lab.ids[1],
            "extract_date": lab.sandbox.today,
            "control_id": "OneAdmin",
            "owner": "Ada",
            "ticket": None,
            "reason": None,
            "review_by": date(2026, 12, 31),
        }
    ]


def test_pseudonyms_replace_the_owner_and_leave_free_text_out(lab: Lab) -> None:
    entry = f"tenant: {lab.ids[0]}, owner: Ada Berg, reason: ask Ada Berg"
    lab.settings.path.with_name("register.yaml").write_text(
        f"entries:\n"
        f"  - {{control: a, {entry}, ticket: SEC-17}}\n"
        f"  - {{control: b, {entry}, ticket: mail of Ada Berg}}\n"
    )
    pseudonymise(lab)
    lab.collect(tenants=[lab.ids[0]], feeds=["organization"])
    [file] = (lab.home.lake / "control_register").rglob("*.parquet")
    rows = pq.read_table(file, partitioning=None).to_pylist()
    assert [(row["ticket"], row["reason"]) for row in rows] == [("SEC-17", None), (None, None)]
    assert {row["owner"][:3] for row in rows} == {"pn_"}
    assert "Ada" not in written_text(lab.home.lake / "control_register")


def test_every_run_writes_who_is_declared_and_pseudonyms_hide_names_alone(lab: Lab) -> None:
    tenant, group = lab.ids[0], lab.ids[1]
    lab.settings.path.with_name("register.yaml").write_text(
        "principals:\n"
        f"  - {{tenant: {tenant}, principal: Break@contoso.com, role: emergency, owner: Ada,"
        " reason: ask Ada}\n"
        f"  - {{tenant: {tenant}, principal: {tenant}, role: service, review_by: 2026-12-31}}\n"
        f"  - {{tenant: {tenant}, group: {group}, role: partner}}\n"
    )
    assert collect(lab)[0] == 0
    assert declared(lab) == [
        ("break@contoso.com", None, "emergency", "Ada", "ask Ada", None),
        (None, group, "partner", None, None, None),
        (tenant, None, "service", None, None, date(2026, 12, 31)),
    ]
    pseudonymise(lab)
    lab.collect(tenants=[tenant], feeds=["organization"])
    hidden = declared(lab)
    assert [row[0] for row in hidden[1:]] == [None, tenant]
    name, _, _, owner, reason, _ = hidden[0]
    assert (str(name)[:3], str(owner)[:3], reason) == ("pn_", "pn_", None)


def declared(lab: Lab) -> list[tuple[object, ...]]:
    """What the newest run wrote of principals."""
    file = max((lab.home.lake / "principal_register").rglob("*.parquet"))
    rows = pq.read_table(file, partitioning=None)
    assert rows.schema == SCHEMAS["principal_register"]
    kept = ("principal", "group_id", "declared_role", "owner", "reason", "review_by")
    by_role = sorted(rows.to_pylist(), key=lambda row: str(row["declared_role"]))
    return [tuple(row[name] for name in kept) for row in by_role]
