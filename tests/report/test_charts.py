"""The charts, drawn from a handful of numbers."""

import re
from datetime import date

from pipeline.report.charts.dots import Dot, dot_plot
from pipeline.report.charts.line import Band, Mark, Series, line_chart
from pipeline.report.charts.small import bar, diverging, sparkline
from pipeline.report.charts.steps import step_chart
from pipeline.report.charts.svg import element, ticks
from pipeline.report.charts.waterfall import Part, waterfall
from tests.report.page import Element, parsed


def drawn(markup: object) -> Element:
    return parsed(str(markup)).all("svg")[0]


def day(number: int) -> date:
    return date(2026, 6, number)


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert ticks(0.43, 0.78, 4) == [0.4, 0.5, 0.6, 0.7, 0.8]
    assert ticks(0.5, 0.5, 4)[0] <= 0.5 <= ticks(0.5, 0.5, 4)[-1]
    assert ticks(0, 1, 4) == [0, 0.25, 0.5, 0.75, 1]


def test_a_missing_day_breaks_the_line_and_a_lone_day_is_a_dot() -> None:
    points = [(day(1), 0.5), (day(2), 0.6), (day(4), 0.7), (day(5), None), (day(6), 0.4)]
    chart = drawn(line_chart("x", "T", "D", [Series("a", "s1", points)]))
    [path] = chart.all("path")
    assert re.findall("[MLh]", path.attributes["d"]) == ["M", "h", "L", "M", "h", "M", "h"]
    assert len(chart.all("circle")) == 1
    assert line_chart("x", "T", "D", [Series("a", "s1", [(day(1), None)])]) is None


def test_the_line_is_where_its_numbers_are() -> None:
    points = [(day(1), 0.4), (day(3), 0.6)]
    chart = drawn(
        line_chart(
            "x", "T", "D", [Series("a", "s1", points)], width=166, height=148,
            bands=[Band(day(2), day(3), "band")], marks=[Mark(day(3), 0.6, "1")],
        )
    )  # fmt: skip
    levels = {text.text: float(text.attributes["y"]) - 4 for text in chart.all("text")}
    [at] = [one for one in chart.all("circle") if one.has("dot")]
    assert float(at.attributes["cx"]) == 152
    assert abs(float(at.attributes["cy"]) - levels["60\u00a0%"]) < 0.1
    [band] = chart.all("rect")
    assert (float(band.attributes["x"]), float(band.attributes["width"])) == (102, 50)
    assert [one.text for one in chart.all("text") if one.has("mark-text")] == ["1"]


def test_the_waterfall_starts_where_the_part_before_ended() -> None:
    parts = [Part("up", 0.1, "+10"), Part("down", -0.05, "-5")]
    chart = drawn(waterfall("x", "T", "D", ("from", 0.5, "50"), parts, ("to", 0.55, "55")))
    bars = [one.attributes for one in chart.all("rect")]
    ends = [(float(one["x"]), float(one["x"]) + float(one["width"])) for one in bars]
    assert abs(ends[0][1] - ends[1][0]) < 0.2
    assert abs(ends[1][1] - ends[2][1]) < 0.2
    assert abs(ends[2][0] - ends[3][1]) < 0.2
    assert [one["class"] for one in bars] == ["bar whole", "bar gain", "bar loss", "bar whole"]


def test_stairs_rise_at_the_step_that_brings_it() -> None:
    chart = drawn(step_chart("x", "T", "D", 0.5, [(0.6, "s1"), (0.7, "s2")], axis="steps"))
    owned, other = (one.attributes["d"] for one in chart.all("path"))
    assert re.findall("[MHV]", owned) == ["M", "H", "V"]
    assert owned.split("H")[1].split("V")[0] == other[1:].split(" ")[0]
    assert step_chart("x", "T", "D", 0.5, [], axis="steps") is None


def test_dots_stand_at_their_ratio() -> None:
    dots = [Dot("a", 0.5, 0.25, "50"), Dot("b", 1.0, None, "100")]
    chart = drawn(dot_plot("x", "T", "D", dots, width=282, label=100))
    at = [(one.attributes["class"], one.attributes["cx"]) for one in chart.all("circle")]
    assert at == [("ring", "125"), ("dot s1", "150"), ("dot s1", "200")]


def test_small_charts() -> None:
    spark = drawn(sparkline("D", [0.5, 0.6, 0.55]))
    assert spark.all("path")[0].attributes["d"] == "M6 50l114-44 114 22"
    assert sparkline("D", []) is None
    assert drawn(bar(0.25)).all("rect")[1].attributes["width"] == "50"
    assert len(drawn(bar(None)).all("rect")) == 1
    assert drawn(diverging(-0.1, 0.2)).all("rect")[0].attributes["x"] == "50"


def test_what_is_drawn_is_escaped() -> None:
    text = element("text", '</text><script>"', title='"><script>')
    assert str(text) == (
        '<text title="&#34;&gt;&lt;script&gt;">&lt;/text&gt;&lt;script&gt;&#34;</text>'
    )
