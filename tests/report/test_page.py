"""What the file is: one, closed to the outside, in order, the same every time, inert to names."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pytest

from pipeline import open_published
from pipeline.config.branding import Branding
from pipeline.report import render_report
from tests.estate import Estate
from tests.report.one_client import columns_of, one_client, tables_of, texts_of
from tests.report.page import parsed

TENANT_SECTIONS = (
    "trend", "why", "scopes", "todo", "regressions", "privilege", "practices", "exceptions",
    "zero-trust", "comparison", "changes", "method",
)  # fmt: skip
PORTFOLIO_SECTIONS = (
    "trend",
    "clients",
    "movers",
    "controls",
    "privilege",
    "alerts",
    "coverage",
    "client",
    "method",
)
Rendered = Callable[[str | None], str]
LONG = "\u202e" + "A\"'<b>" + "x" * 200


@pytest.fixture(scope="module")
def rendered(estate: Estate) -> Rendered:
    """Renders the portfolio's report or a tenant's, each once."""

    @cache
    def render(tenant_id: str | None) -> str:
        with open_published(estate.home) as connection:
            return render_report(connection, tenant_id=tenant_id, branding=Branding())

    return render


def both(estate: Estate) -> tuple[None, str]:
    return None, estate.tenant_ids[3]


def test_the_same_snapshot_gives_the_same_bytes(estate: Estate, rendered: Rendered) -> None:
    with open_published(estate.home) as connection:
        for tenant_id in both(estate):
            again = render_report(connection, tenant_id=tenant_id, branding=Branding())
            assert rendered(tenant_id) == again


def test_all_sections_are_there_and_headings_are_in_order(
    estate: Estate, rendered: Rendered
) -> None:
    wanted = (PORTFOLIO_SECTIONS, TENANT_SECTIONS)
    for tenant_id, sections in zip(both(estate), wanted, strict=True):
        page = parsed(rendered(tenant_id))
        ids = [one.attributes["id"] for one in page.all("section") if "id" in one.attributes]
        assert tuple(ids) == sections
        levels = [int(one.tag[1]) for one in page.walk() if re.fullmatch(r"h[1-6]", one.tag)]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        everything = [one.attributes["id"] for one in page.walk() if "id" in one.attributes]
        assert len(everything) == len(set(everything))
        targets = [one.attributes.get("href", "") for one in page.all("a")]
        assert {t[1:] for t in targets if t.startswith("#")} <= set(everything)


def test_nothing_is_loaded_and_only_our_own_script_may_run(
    estate: Estate, rendered: Rendered
) -> None:
    for tenant_id in both(estate):
        html = rendered(tenant_id)
        page = parsed(html)
        [policy] = [
            one.attributes["content"]
            for one in page.all("meta")
            if one.attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        for tag in ("style", "script"):
            [own] = page.all(tag)
            digest = base64.b64encode(hashlib.sha256(own.text.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert "http" not in page.all("style")[0].text
        for one in page.walk():
            assert not {name for name in one.attributes if name.startswith("on")}
            assert not {"src", "srcset", "style", "action"} & set(one.attributes), one.attributes
            assert one.tag not in ("link", "iframe", "object", "embed", "base", "form")
            if "href" in one.attributes:
                assert re.match(r"#|https?://", one.attributes["href"])


def test_every_table_says_what_it_is_and_which_cells_are_heads(
    estate: Estate, rendered: Rendered
) -> None:
    for tenant_id in both(estate):
        page = parsed(rendered(tenant_id))
        assert page.all("html")[0].attributes["lang"] == "en"
        for table in page.all("table"):
            assert table.all("caption")[0].text.strip()
            assert all(head.attributes.get("scope") for head in table.all("th"))
        for one in page.walk():
            if one.attributes.get("role") == "region":
                assert one.attributes["aria-label"]
                assert one.attributes["tabindex"] == "0"


def test_snapshot_and_day_are_on_the_page_and_on_each_printed_one(
    estate: Estate, rendered: Rendered
) -> None:
    with open_published(estate.home) as connection:
        [(snapshot,)] = connection.execute("select snapshot_id()").fetchall()
    for tenant_id in both(estate):
        page = parsed(rendered(tenant_id))
        for part in ("header", "footer"):
            text = page.all(part)[0].text
            assert snapshot in text
            assert "30\u00a0Jun\u00a02026" in text
        note = re.search(r"@bottom-left \{ content: \"(.*?)\"", page.all("style")[0].text)
        assert note is not None
        said = re.sub(r"\\([0-9a-f]{6}) ?", lambda sign: chr(int(sign[1], 16)), note[1])
        assert snapshot in said
        assert "30\u00a0Jun\u00a02026" in said


def test_hostile_names_stay_inert(estate: Estate) -> None:
    with one_client(estate, estate.tenant_ids[1]) as connection:
        for column, tables in texts_of(connection).items():
            for table in tables:
                connection.execute(f"update {table} set {column} = ?", [LONG + "</script>"])
        html = render_report(connection, tenant_id=estate.tenant_ids[1], branding=Branding())
    page = parsed(html)
    assert len(page.all("script")) == 1
    assert len(page.all("img")) == 0
    shown = [one for one in page.walk() if not one.children and "\u202e" in one.text]
    assert len(shown) > 20
    assert {one.tag for one in shown} == {"bdi"}
    assert "\u202e" not in page.all("title")[0].text


ADDRESSES = {
    "https://security.microsoft.com/securescore?id=1": True,
    "https://aka.ms/mfasetup": True,
    "https://portal.azure.com/#view": True,
    "HTTPS://Entra.Microsoft.com/": True,
    "http://security.microsoft.com/": False,
    "javascript:alert(1)//microsoft.com": False,
    "mdatp://recommendations/x": False,
    "https://microsoft.com.evil.example/": False,
    "https://evilmicrosoft.com/": False,
    "https://www.microsoft.com@evil.example/": False,
    "https://evil.example\\@microsoft.com/": False,
    "https://evil.example/#.microsoft.com": False,
    "https://anybody.cloudapp.azure.com/": False,
    "https://x.aka.ms/": False,
    "https://microsoft.com:8443/": False,
    "https://mіcrosoft.com/": False,
    "https://[microsoft.com/": False,
    "//microsoft.com/": False,
}


def test_only_an_address_of_microsofts_is_a_link_and_every_other_is_text(estate: Estate) -> None:
    table = "marts.mart_recommended_actions"
    with one_client(estate, estate.tenant_ids[3]) as connection:
        rows = connection.execute(f"select control_id from {table} order by action_rank")
        controls = [control for (control,) in rows.fetchall()][: len(ADDRESSES)]
        assert len(controls) == len(ADDRESSES)
        for control, address in zip(controls, ADDRESSES, strict=True):
            connection.execute(
                f"update {table} set action_url = ? where control_id = ?", [address, control]
            )
        html = render_report(connection, tenant_id=estate.tenant_ids[3], branding=Branding())
    page = parsed(html)
    links = {link.attributes["href"] for link in page.all("a")}
    told = {one.text for one in page.all("bdi")}
    for address, is_link in ADDRESSES.items():
        assert (address in links) == is_link, address
        assert is_link or address in told, address


def test_a_tenant_of_whom_nothing_is_known_has_a_report_too(estate: Estate) -> None:
    tenant_id = estate.tenant_ids[3]
    with one_client(estate, tenant_id) as connection:
        for table in tables_of(connection):
            if table not in ("marts.mart_posture_overview", "core.dim_tenant"):
                connection.execute(f"delete from {table}")
        kept = {"tenant_id", "tenant_name", "segment", "is_active", "as_of_date", "zone"}
        for column in columns_of(connection, "mart_posture_overview") - kept:
            connection.execute(f"update marts.mart_posture_overview set {column} = null")
        connection.execute("update marts.mart_posture_overview set zone = 'unknown'")
        page = parsed(render_report(connection, tenant_id=tenant_id, branding=Branding()))
        portfolio = parsed(render_report(connection, tenant_id=None, branding=Branding()))
    assert "no score yet" in page.text
    for one in (page, portfolio):
        assert not re.search(r"\b(None|nan|undefined)\b", one.all("main")[0].text)


def test_what_security_defaults_stand_for_is_listed_apart_without_a_rank(estate: Estate) -> None:
    table = "marts.mart_recommended_actions"
    with one_client(estate, estate.tenant_ids[3]) as connection:
        rows = connection.execute(f"select control_id from {table} order by action_rank limit 2")
        for (control,) in rows.fetchall():
            connection.execute(
                f"update {table} set action_rank = null, action_group = 'part', "
                "part_of_action_id = 'security_defaults', title = 'Stands behind' "
                "where control_id = ?",
                [control],
            )
        html = render_report(connection, tenant_id=estate.tenant_ids[3], branding=Branding())
    assert "stands for: 2</summary>" in html
    assert "part of another action" in html
    assert html.count("Stands behind") >= 2
