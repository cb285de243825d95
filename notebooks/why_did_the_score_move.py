import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Why did the score move?")


@app.cell
def _():
    import argparse
    import os

    import altair as alt
    import marimo as mo
    import pandas as pd

    from pipeline import open_published
    from pipeline.notebook import charts_as_data

    charts_as_data()
    return alt, argparse, mo, open_published, os, pd


@app.cell
def _(mo):
    mo.md("""
    # Why did the score move?

    A score moves because somebody worked, because something came undone, because people came or
    went, because an exception was decided, or because Microsoft changed the yardstick. This
    notebook takes one tenant and one period apart. The parts sum exactly to the move.
    """)
    return


@app.cell
def _(argparse, open_published, os):
    # Given as --home DIR and so on (marimo: after `--`), or by the environment, or changed here.
    options = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    # The folder that holds `published/`, or a client's own copy.
    options.add_argument("--home", default=os.environ.get("POSTURE_HOME") or "data")
    # Where the picker starts: a tenant's id or name.
    options.add_argument("--tenant", default=os.environ.get("POSTURE_TENANT"))
    # 7d, 30d, 90d or a month, as month:2026-06.
    options.add_argument("--period", default=os.environ.get("POSTURE_PERIOD") or "30d")
    given, _ = options.parse_known_args()
    connection = open_published(given.home)
    return connection, given


@app.cell
def _(connection, given, mo):
    tenants = connection.sql(
        "select tenant_id, tenant_name from dim_tenant order by tenant_name, tenant_id"
    ).df()
    choices = {f"{row.tenant_name} ({row.tenant_id[:8]})": row for row in tenants.itertuples()}
    asked = [
        label for label, row in choices.items() if given.tenant in (row.tenant_id, row.tenant_name)
    ]
    labels = list(choices) or ["no tenant"]
    tenant_picker = mo.ui.dropdown(labels, value=(asked or labels)[0], label="Tenant")
    periods = [
        period
        for (period,) in connection.sql(
            "select distinct period from mart_score_movement"
            " order by period like 'month:%', length(period), period"
        ).fetchall()
    ] or [given.period]
    period_picker = mo.ui.dropdown(
        periods, value=given.period if given.period in periods else periods[0], label="Period"
    )
    mo.hstack([tenant_picker, period_picker], justify="start")
    return choices, period_picker, tenant_picker


@app.cell
def _(choices, connection, period_picker, tenant_picker):
    picked = choices.get(tenant_picker.value)
    tenant_id = picked.tenant_id if picked else ""
    movement = connection.execute(
        "select * from mart_score_movement"
        " where tenant_id = ? and scope = 'overall' and period = ? and ratio_delta is not null",
        [tenant_id, period_picker.value],
    ).df()
    return movement, tenant_id


@app.cell
def _(mo, movement):
    if movement.empty:
        headline = mo.md(
            "**Nothing to take apart.** No record is old enough for this period, or a maximum is"
            " unknown at one end. Pick a shorter period."
        )
    else:
        _one = movement.iloc[0]
        _gain = _one.like_for_like_end_ratio - _one.like_for_like_start_ratio
        headline = mo.md(
            f"From **{_one.start_ratio:.2%}** on {_one.start_date:%Y-%m-%d} to"
            f" **{_one.end_ratio:.2%}** on {_one.end_date:%Y-%m-%d}:"
            f" **{100 * _one.ratio_delta:+.2f}** percentage points. On the"
            f" {_one.like_for_like_control_count:.0f} controls scored at both ends, at their later"
            f" worth, it is **{100 * _gain:+.2f}**: that is the part nobody can move by"
            " changing the yardstick."
        )
    headline
    return


@app.cell
def _(movement, pd):
    causes = {
        "earned": "Improved by work",
        "regressed": "Came undone",
        "population": "People came or went",
        "exception": "Exceptions decided",
        "licence": "Services or licences",
        "microsoft": "Microsoft's changes",
        "unexplained": "Cannot be told",
    }
    parts = pd.DataFrame(
        [
            {"cause": told, "ratio": float(row[f"{name}_ratio"]), "points": row[f"{name}_points"]}
            for row in movement.to_dict("records")
            for name, told in causes.items()
        ],
        columns=["cause", "ratio", "points"],
    )
    for _, _row in movement.iterrows():
        assert abs(parts["ratio"].sum() - _row.ratio_delta) < 1e-9, "the parts are the move"
    return (parts,)


@app.cell
def _(alt, mo, movement, parts, pd):
    if parts.empty:
        waterfall = mo.md("")
    else:
        _start = float(movement.iloc[0].start_ratio)
        _steps = parts.assign(end=_start + parts["ratio"].cumsum())
        _steps["start"] = _steps["end"] - _steps["ratio"]
        _steps["kind"] = ["up" if ratio >= 0 else "down" for ratio in _steps["ratio"]]
        _ends = pd.DataFrame(
            [
                {"cause": "Before", "start": _start, "end": _start, "kind": "level"},
                {
                    "cause": "After",
                    "start": float(movement.iloc[0].end_ratio),
                    "end": float(movement.iloc[0].end_ratio),
                    "kind": "level",
                },
            ]
        )
        _bars = pd.concat([_ends.iloc[:1], _steps, _ends.iloc[1:]], ignore_index=True)
        _base = alt.Chart(_bars).encode(
            y=alt.Y("cause:N", sort=list(_bars["cause"]), title=None),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(
                    domain=["up", "down", "level"], range=["#1b7f5c", "#b3432b", "#4b5563"]
                ),
                legend=None,
            ),
        )
        waterfall = (
            _base.mark_bar().encode(
                x=alt.X(
                    "start:Q",
                    title="Secure Score",
                    axis=alt.Axis(format=".1%"),
                    scale=alt.Scale(zero=False, padding=20),
                ),
                x2="end:Q",
                tooltip=["cause", alt.Tooltip("ratio:Q", format="+.2%"), "points"],
            )
            + _base.mark_tick(thickness=2, size=18).encode(x="end:Q")
        ).properties(width=560, title="From before to after, part by part")
    waterfall
    return


@app.cell
def _(mo):
    mo.md("""
    ## Which controls were it?

    One row per control and cause over the period. A control can have two causes: Microsoft changed
    its maximum, and somebody improved it. `(none)` is what Microsoft's own total moved without any
    control saying so.
    """)
    return


@app.cell
def _(connection, movement, tenant_id):
    _ends = [] if movement.empty else list(movement[["start_date", "end_date"]].iloc[0])
    controls = connection.execute(
        """
        select
            changes.control_id,
            any_value(titles.title) as title,
            changes.cause,
            count(*) as times,
            cast(sum(changes.points_delta) as double) as points,
            cast(sum(changes.ratio_delta) as double) as ratio
        from fct_score_change as changes
        left join dim_control as titles
            on changes.tenant_id = titles.tenant_id
            and changes.control_id = titles.control_id
            and titles.is_current
        where
            changes.tenant_id = ? and changes.scope = 'overall'
            and changes.score_date > ? and changes.score_date <= ?
        group by changes.control_id, changes.cause
        order by abs(sum(changes.ratio_delta)) desc, changes.control_id, changes.cause
        """,
        [tenant_id, *(_ends or [None, None])],
    ).df()
    controls.head(25)
    return (controls,)


@app.cell
def _(mo):
    mo.md("""
    ## The days around it

    Each point is one of Microsoft's records; a day without one is a gap, never a zero. The days on
    which the score moved by a point of a hundred or more are marked.
    """)
    return


@app.cell
def _(connection, tenant_id):
    trend = connection.execute(
        """
        select
            score_date,
            score_ratio,
            score_ratio - lag(score_ratio) over (order by score_date) as step_ratio
        from fct_tenant_score_daily
        where tenant_id = ? and scope = 'overall' and score_ratio is not null
        order by score_date
        """,
        [tenant_id],
    ).df()
    return (trend,)


@app.cell
def _(alt, mo, trend):
    if trend.empty:
        timeline = mo.md("No score of this tenant is published.")
    else:
        _line = alt.Chart(trend).encode(
            x=alt.X("score_date:T", title=None),
            y=alt.Y(
                "score_ratio:Q",
                title="Secure Score",
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(zero=False),
            ),
            tooltip=[
                "score_date:T",
                alt.Tooltip("score_ratio:Q", format=".2%"),
                alt.Tooltip("step_ratio:Q", format="+.2%"),
            ],
        )
        timeline = (
            _line.mark_line(color="#1f4e79")
            + _line.transform_filter("abs(datum.step_ratio) >= 0.01").mark_circle(
                color="#b3432b", size=60
            )
        ).properties(width=620, height=260, title="Score by record")
    timeline
    return


if __name__ == "__main__":
    app.run()
