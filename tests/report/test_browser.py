"""The report in a browser, from its file and offline: silent, fitting, readable, by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.config.branding import Branding
from pipeline.report import render_report, write_report
from tests.estate import Estate
from tests.report.browser import chromium, opened
from tests.report.one_client import one_client

CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (r !== undefined && a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  let count = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, title, desc, .vh, [hidden]")) continue;
    const style = getComputedStyle(element);
    const color = parse(element instanceof SVGElement ? style.fill : style.color);
    const [one, two] = [light(color), light(behind(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    count += 1;
    if (ratio < 4.5) low.push([node.data.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return [count, low];
}"""
LONG = "\u202e" + "W" * 200
UNREACHED = """() => Array.from(document.querySelectorAll("body *")).filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !one.closest(".scroll, .skip, .vh, svg");
}).map((one) => one.tagName + "." + one.className + ": " + one.textContent.slice(0, 40))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def files(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The portfolio's report and tenants', in accents that read badly by themselves too."""
    root = tmp_path_factory.mktemp("reports")
    found = {}
    for name, tenant, accent in (
        ("portfolio", None, "#0b6b74"),
        ("tenant", estate.tenant_ids[3], "#0b6b74"),
        ("yellow", None, "#ffff00"),
        ("black", estate.tenant_ids[4], "#000000"),
    ):
        branding = Branding(name="Example & Co", accent=accent, header=accent)
        found[name] = root / f"{name}.html"
        write_report(estate.home, found[name], tenant=tenant, branding=branding)
    with one_client(estate, estate.tenant_ids[3]) as connection:
        for table in ("mart_posture_overview", "mart_alerts", "mart_privileged_access"):
            connection.execute(f"update marts.{table} set tenant_name = ?", [LONG])
        for name, tenant in (("long", None), ("long-tenant", estate.tenant_ids[3])):
            html = render_report(connection, tenant_id=tenant, branding=Branding(name=LONG))
            found[name] = root / f"{name}.html"
            found[name].write_text(html, encoding="utf-8")
    return found


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_silent_fits_and_reads(
    browser: Browser, files: dict[str, Path], width: int, dark: bool
) -> None:
    for path in files.values():
        with opened(browser, path, width=width, dark=dark) as found:
            assert found.page.evaluate("document.documentElement.scrollWidth") <= width
            assert found.page.evaluate(UNREACHED) == []
            found.page.evaluate(
                "document.querySelectorAll('details').forEach((d) => d.open = true)"
            )
            count, low = found.page.evaluate(CONTRAST)
            assert count > 300
            assert low == []
        assert (found.requests, found.complaints) == ([], [])


def test_the_table_is_sorted_and_filtered_by_keyboard(
    browser: Browser, files: dict[str, Path]
) -> None:
    with opened(browser, files["portfolio"]) as found:
        page = found.page
        page.focus("#find")
        _tab_to(page, "Place")
        page.keyboard.press("Enter")
        assert _places(page) == list(range(8, 0, -1))
        _tab_to(page, "Score")
        page.keyboard.press("Enter")
        scores = _column(page, 3)
        assert scores == sorted(scores)
        page.keyboard.press("Space")
        assert _column(page, 3) == sorted(scores, reverse=True)
        assert page.get_attribute("#league th:nth-child(3)", "aria-sort") == "descending"
        page.focus("#find")
        page.keyboard.type("hospital")
        assert page.inner_text("#found") == "2 of 8 shown"
        assert page.locator("#league tbody tr:visible").count() == 2
        _tab_to(page, "", tag="SELECT")
        page.keyboard.press("ArrowDown")
        assert page.locator("#league tbody tr:visible").count() < 3
        page.locator("#by-segment").select_option("")
        page.fill("#find", "")
        page.locator("#by-zone").select_option("good")
        assert page.inner_text("#found") == "1 of 8 shown"
    assert found.complaints == []


def test_one_client_is_shown_at_a_time_and_switched_by_keyboard(
    browser: Browser, files: dict[str, Path]
) -> None:
    with opened(browser, files["portfolio"]) as found:
        page = found.page
        shown = page.locator("#panels > details:visible")
        assert [shown.count(), shown.first.get_attribute("id")] == [1, "client-1"]
        page.focus("#switch")
        page.keyboard.press("ArrowDown")
        assert shown.first.get_attribute("id") == "client-2"
        _tab_to(page, "Next")
        page.keyboard.press("Enter")
        assert [shown.count(), shown.first.get_attribute("id")] == [1, "client-3"]
        page.focus("#league tbody tr:nth-child(5) a")
        page.keyboard.press("Enter")
        assert [shown.count(), shown.first.get_attribute("id")] == [1, "client-5"]
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert found.complaints == []


def test_it_reads_without_script_and_prints_what_is_folded(
    browser: Browser, files: dict[str, Path]
) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(files["portfolio"].as_uri())
    assert page.locator("#panels > details:visible").count() == 8
    assert not page.locator(".tools").first.is_visible()
    context.close()
    with opened(browser, files["tenant"]) as found:
        found.page.emulate_media(media="print")
        found.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        folded = found.page.locator("details:not([open]):not(.data)")
        assert folded.count() == 0
        assert found.page.evaluate("document.documentElement.scrollWidth") <= 1280
        # What A4 leaves between its margins.
        found.page.set_viewport_size({"width": 695, "height": 1000})
        assert found.page.evaluate("document.documentElement.scrollWidth") <= 695
        printed = found.page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert found.complaints == []


def _tab_to(page: Page, text: str, tag: str = "BUTTON") -> None:
    """Press Tab until the focus is on the element with this text."""
    for _ in range(40):
        page.keyboard.press("Tab")
        on = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent]")
        if on[0] == tag and text in on[1]:
            return
    pytest.fail(f"{text} is not reached by Tab")


def _places(page: Page) -> list[int]:
    return [int(place) for place in _column(page, 1)]


def _column(page: Page, number: int) -> list[float]:
    cells = page.locator(f"#league tbody tr > :nth-child({number})[data-value]")
    return [float(cell.get_attribute("data-value") or "") for cell in cells.all()]
