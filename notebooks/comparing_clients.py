import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Comparing clients")


@app.cell
def _():
    import argparse
    import os

    import altair as alt
    import marimo as mo

    from pipeline import open_published
    from pipeline.notebook import charts_as_data, tenants_told_apart

    charts_as_data()
    return alt, argparse, mo, open_published, os, tenants_told_apart


@app.cell
def _(mo):
    mo.md("""
    # Comparing clients, fairly

    Tenants differ in size, licence and trade; they join, leave and miss a day. So everyone is
    compared on the newest score of the last seven days, within segment and licence as well, groups
    below five have no percentile, and the trend is shown for the same clients throughout. In a
    client's own copy there is nobody to compare with but deciles: those parts then say so.
    """)
    return


@app.cell
def _(argparse, open_published, os):
    # Given as --home DIR and so on (marimo: after `--`), or by the environment, or changed here.
    options = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    # The folder that holds `published/`, or a client's own copy.
    options.add_argument("--home", default=os.environ.get("POSTURE_HOME") or "data")
    given, _ = options.parse_known_args()
    connection = open_published(given.home)
    return (connection,)


@app.cell
def _(connection):
    comparison = connection.sql(
        """
        select
            tenant_name,
            tenant_id,
            segment,
            licence_tier,
            comparison_status,
            score_ratio,
            portfolio_rank,
            portfolio_percentile_ratio,
            portfolio_decile,
            segment_tenant_count,
            segment_percentile_ratio,
            licence_tier_percentile_ratio,
            total_seats_average_ratio,
            total_seats_gap_ratio
        from mart_tenant_comparison
        order by portfolio_rank nulls last, score_ratio desc nulls last, tenant_name, tenant_id
        """
    ).df()
    comparison
    return (comparison,)


@app.cell
def _(alt, comparison, mo, tenants_told_apart):
    _compared = comparison.dropna(subset=["score_ratio"])
    if _compared.empty:
        league = mo.md("No tenant has a score of the last seven days; see `comparison_status`.")
    else:
        _labelled = _compared.assign(tenant=tenants_told_apart(_compared))
        _base = alt.Chart(_labelled).encode(
            y=alt.Y("tenant:N", sort=list(_labelled["tenant"]), title=None)
        )
        league = (
            _base.mark_bar().encode(
                x=alt.X(
                    "score_ratio:Q",
                    title="Secure Score (tick: Microsoft's average at this size)",
                    axis=alt.Axis(format=".0%"),
                    scale=alt.Scale(domain=[0, 1]),
                ),
                color=alt.Color("segment:N", title="Segment"),
                tooltip=[
                    "tenant",
                    alt.Tooltip("score_ratio:Q", format=".1%"),
                    alt.Tooltip("portfolio_percentile_ratio:Q", format=".0%"),
                    alt.Tooltip("segment_percentile_ratio:Q", format=".0%"),
                ],
            )
            + _base.mark_tick(color="#111827", thickness=2, size=18).encode(
                x="total_seats_average_ratio:Q"
            )
        ).properties(width=520, title="League table")
    league
    return


@app.cell
def _(comparison, mo):
    _left_out = comparison[comparison["comparison_status"] != "compared"]
    _small = comparison.loc[
        (comparison["comparison_status"] == "compared")
        & comparison["segment_percentile_ratio"].isna(),
        "segment",
    ]
    mo.md(
        f"**{len(comparison) - len(_left_out)}** of **{len(comparison)}** tenants are compared."
        + (
            f" Without a percentile in their segment, because it is too small: {len(_small)}."
            if len(_small)
            else ""
        )
        + " The percentile is the share of the others that score lower: 100 is the best. Ties share"
        " the lower place. What leaves the house is the decile, never the rank."
    )
    return


@app.cell
def _(mo):
    mo.md("""
    ## Did the portfolio improve?

    *All with a record* moves when a good client joins or one misses a day. *The same clients* were
    there on the first and the last day of the window. Where the two part, the portfolio changed
    rather than its security.
    """)
    return


@app.cell
def _(mo):
    window_picker = mo.ui.dropdown(["30d", "90d", "365d"], value="30d", label="Window")
    window_picker
    return (window_picker,)


@app.cell
def _(connection, window_picker):
    portfolio = connection.sql(
        f"""
        select
            trend_date,
            average_ratio,
            tenant_count,
            cohort_{window_picker.value}_ratio as cohort_ratio,
            cohort_{window_picker.value}_tenant_count as cohort_tenant_count
        from mart_portfolio_trend
        where group_kind = 'portfolio'
            and trend_date > snapshot_date() - {window_picker.value.removesuffix("d")}
        order by trend_date
        """
    ).df()
    return (portfolio,)


@app.cell
def _(alt, mo, portfolio):
    if portfolio.empty:
        portfolio_chart = mo.md("There is no portfolio here: this is one client's own copy.")
    else:
        _long = portfolio.rename(
            columns={"average_ratio": "all with a record", "cohort_ratio": "the same clients"}
        ).melt(
            "trend_date",
            ["all with a record", "the same clients"],
            var_name="who",
            value_name="ratio",
        )
        portfolio_chart = (
            alt.Chart(_long.dropna())
            .mark_line(point=True)
            .encode(
                x=alt.X("trend_date:T", title=None),
                y=alt.Y(
                    "ratio:Q",
                    title="Mean Secure Score",
                    axis=alt.Axis(format=".1%"),
                    scale=alt.Scale(zero=False),
                ),
                color=alt.Color("who:N", title=None),
                strokeDash=alt.StrokeDash("who:N", legend=None),
                tooltip=["trend_date:T", "who", alt.Tooltip("ratio:Q", format=".2%")],
            )
            .properties(width=600, height=260, title="The portfolio by day")
        )
    portfolio_chart
    return


@app.cell
def _(mo):
    mo.md("""
    ## Who moved, and by whose doing?

    The change over 30 days, split into your own work (earned less undone) and Microsoft's changes.
    A client that fell only by Microsoft's doing needs an explanation, not a project.
    """)
    return


@app.cell
def _(connection):
    movers = connection.sql(
        """
        select
            tenants.tenant_name,
            moves.tenant_id,
            moves.start_date,
            moves.end_date,
            moves.ratio_delta,
            moves.earned_ratio + moves.regressed_ratio as own_work_ratio,
            moves.microsoft_ratio,
            moves.exception_ratio,
            moves.licence_ratio + moves.population_ratio + moves.unexplained_ratio as other_ratio
        from mart_score_movement as moves
        inner join dim_tenant as tenants on moves.tenant_id = tenants.tenant_id
        where moves.scope = 'overall' and moves.period = '30d' and moves.ratio_delta is not null
        order by moves.ratio_delta desc, tenants.tenant_name, moves.tenant_id
        """
    ).df()
    for _row in movers.itertuples():
        _parts = (
            _row.own_work_ratio + _row.microsoft_ratio + _row.exception_ratio + _row.other_ratio
        )
        assert abs(_parts - _row.ratio_delta) < 1e-9, "the parts are the move"
    movers
    return (movers,)


@app.cell
def _(alt, mo, movers, tenants_told_apart):
    if movers.empty:
        mover_chart = mo.md("No tenant has records 30 days apart yet.")
    else:
        _named = {
            "own_work_ratio": "own work",
            "microsoft_ratio": "Microsoft",
            "exception_ratio": "exceptions",
            "other_ratio": "other",
        }
        _long = (
            movers.assign(tenant=tenants_told_apart(movers))
            .rename(columns=_named)
            .melt("tenant", list(_named.values()), var_name="by", value_name="ratio")
        )
        mover_chart = (
            alt.Chart(_long)
            .mark_bar()
            .encode(
                y=alt.Y("tenant:N", sort=list(dict.fromkeys(_long["tenant"])), title=None),
                x=alt.X("sum(ratio):Q", title="Change", axis=alt.Axis(format="+.1%")),
                color=alt.Color("by:N", title="By", sort=list(_named.values())),
                tooltip=["tenant", "by", alt.Tooltip("sum(ratio):Q", format="+.2%")],
            )
            .properties(width=520, title="Change over 30 days, by whose doing")
        )
    mover_chart
    return


@app.cell
def _(mo):
    mo.md("""
    ## What do most of them miss?

    "Six of eight clients miss it" is one template and one rollout rather than six tickets.
    """)
    return


@app.cell
def _(connection):
    missed = connection.sql(
        """
        select
            control_id,
            title,
            missing_tenant_count,
            tenant_count,
            excepted_tenant_count,
            at_stake_points,
            median_ratio,
            required_licence
        from mart_control_portfolio
        where missing_tenant_count > 0
        order by missing_tenant_count desc, at_stake_points desc nulls last, control_id
        """
    ).df()
    missed.head(20)
    return (missed,)


@app.cell
def _(missed, mo):
    mo.md(
        "No control is missed by anyone, or this is one client's own copy."
        if missed.empty
        else f"**{len(missed)}** controls are missed by at least one tenant."
    )
    return


if __name__ == "__main__":
    app.run()
