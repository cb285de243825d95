"""`provider:` in tenants.yaml: taken as written, refused in one line, never unreadable."""

import base64
from itertools import product
from pathlib import Path

import pytest

from pipeline import open_published
from pipeline.config.branding import DEFAULT_ACCENT, MAX_LOGO_BYTES, Branding, load_branding
from pipeline.config.settings import load_config
from pipeline.errors import UsageError
from pipeline.report import render_report
from pipeline.report.branding_css import DARK, DARK_CARD, LIGHT, LIGHT_CARD, colours
from pipeline.report.colours import contrast, readable, text_on
from tests.estate import Estate
from tests.report.page import parsed

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
TENANTS = """
credential: {kind: default}
tenants: [{id: 11111111-1111-1111-1111-111111111111}]
"""


def written(root: Path, provider: str) -> Path:
    path = root / "tenants.yaml"
    path.write_text(f"{TENANTS}{provider}", encoding="utf-8")
    return path


def test_name_logo_and_colours_are_on_the_report(estate: Estate, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    path = written(
        tmp_path,
        'provider: {name: "A & <b>", logo: logo.svg, colors: {accent: "#0a5", header: "#123456"}}',
    )
    branding = load_branding(path)
    assert load_config(path).branding == branding
    assert (branding.accent, branding.header) == ("#00aa55", "#123456")
    with open_published(estate.home) as connection:
        html = render_report(connection, tenant_id=None, branding=branding)
    page = parsed(html)
    [image] = page.all("img")
    kind, content = image.attributes["src"].split(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(content).decode() == SVG
    assert image.attributes["alt"] == "A & <b>"
    assert "A & <b>" in page.all("header")[0].text
    assert len(page.all("script")) == 1
    assert "#123456" in page.all("style")[0].text


def test_without_branding_and_with_a_png(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    assert load_branding(written(tmp_path, "")) == Branding(accent=DEFAULT_ACCENT)
    branding = load_branding(written(tmp_path, "provider: {logo: logo.png}"))
    assert branding.logo is not None
    assert branding.logo.startswith("data:image/png;base64,")


def test_the_report_needs_none_of_the_secrets(tmp_path: Path) -> None:
    path = tmp_path / "tenants.yaml"
    path.write_text(
        "credential: {kind: client_secret, client_secret: {env: NOT_SET_ANYWHERE}}\n"
        "provider: {name: Example}\n"
    )
    assert load_branding(path).name == "Example"


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        ("{nmae: x}", "provider.nmae: unknown key; known here: name, logo, colors"),
        ("{colors: {acent: x}}", "provider.colors.acent: unknown key"),
        ('{colors: {accent: "red"}}', "provider.colors.accent: 'red' is not a colour"),
        ("{colors: {accent: }}", "provider.colors.accent: is empty; a colour needs quotes"),
        ("{name: [x]}", "provider.name: must be text, not a list"),
        ("{logo: none.svg}", "none.svg cannot be read (No such file or directory)"),
        ("{logo: big.svg}", "big.svg is larger than 200 kB"),
        ("{logo: page.html}", "page.html is neither a PNG nor an SVG image"),
        ("Example", "provider: must be a group of keys, not text"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_place(
    tmp_path: Path, provider: str, told: str
) -> None:
    (tmp_path / "big.svg").write_text("<svg>" + "x" * MAX_LOGO_BYTES)
    (tmp_path / "page.html").write_text("<html><svg></svg></html>")
    path = written(tmp_path, f"provider: {provider}")
    for read in (load_branding, load_config):
        with pytest.raises(UsageError) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}:4: ")
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)


def test_any_accent_is_readable_on_every_background() -> None:
    levels = ("00", "40", "80", "c0", "ff")
    for accent in ("#" + "".join(parts) for parts in product(levels, repeat=3)):
        values = colours(Branding(accent=accent, header=accent))
        for background in (LIGHT, LIGHT_CARD):
            assert contrast(values["accent_light"], background) >= 4.5
        for background in (DARK, DARK_CARD):
            assert contrast(values["accent_dark"], background) >= 4.5
        assert contrast(values["header_text"], accent) >= 4.5


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert readable("#0b6b74", "#ffffff") == "#0b6b74"
    assert text_on("#ffff00") == "#000000"
