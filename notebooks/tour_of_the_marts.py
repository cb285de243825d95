import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="A tour of the marts")


@app.cell
def _():
    import argparse
    import os

    import altair as alt
    import marimo as mo
    import pandas as pd

    from pipeline import open_published
    from pipeline.notebook import charts_as_data, tenants_told_apart

    charts_as_data()
    return alt, argparse, mo, open_published, os, pd, tenants_told_apart


@app.cell
def _(mo):
    mo.md("""
    # A tour of the marts

    What is published, which question each mart answers, and how to read it without being misled.
    Everything comes from one snapshot: run it again on the same snapshot, and it says the same.
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
def _(connection, mo):
    _id, _day = connection.execute("select snapshot_id(), snapshot_date()").fetchall()[0]
    mo.md(f"Snapshot `{_id}`, as of **{_day}**.")
    return


@app.cell
def _(mo):
    mo.md("""
    ## Which mart answers what

    Facts (schema `core`) say what was, day by day; marts (schema `marts`) answer people's questions
    for today. `docs/models.md` describes every column.
    """)
    return


@app.cell
def _(connection, pd):
    _answers = {
        "mart_posture_overview": "Where does each tenant stand today?",
        "mart_score_movement": "Why did the score move, and by whose doing?",
        "mart_recommended_actions": "What should be done next?",
        "mart_roadmap": "How far does each step lead?",
        "mart_best_practices": "Are the six basics in place?",
        "mart_privileged_access": "Who holds privilege, and what is wrong with it?",
        "mart_partner_access": "Who outside the tenant holds a role in it?",
        "mart_control_evidence": "Who and what stands behind a control?",
        "mart_remediation_log": "What changed, when, and by whom?",
        "mart_exceptions": "What was excepted, why, until when?",
        "mart_alerts": "What should somebody look at?",
        "mart_declared_principals": "Who is declared, and are they as they have to be?",
        "mart_tenant_comparison": "How does a tenant compare?",
        "mart_portfolio_trend": "How does the portfolio move?",
        "mart_control_portfolio": "Which controls do many tenants miss?",
        "mart_zero_trust": "How far by the principles of Zero Trust?",
        "mart_data_quality": "What makes a number doubtful?",
    }
    marts = pd.DataFrame(
        [
            {
                "mart": name,
                "question": _answers.get(name, ""),
                "row_count": connection.execute(f"select count(*) from {name}").fetchall()[0][0],
            }
            for (name,) in connection.sql(
                "select table_name from information_schema.tables"
                " where table_schema = 'marts' order by table_name"
            ).fetchall()
        ]
    )
    marts
    return (marts,)


@app.cell
def _(marts, mo):
    mart_picker = mo.ui.dropdown(
        list(marts["mart"]), value="mart_recommended_actions", label="Look into"
    )
    mart_picker
    return (mart_picker,)


@app.cell
def _(connection, mart_picker):
    sample = connection.sql(f"select * from {mart_picker.value} order by all limit 20").df()
    sample
    return


@app.cell
def _(mo):
    mo.md("""
    ## Where everyone stands

    A ratio is between 0 and 1; the tick is Microsoft's average of tenants of similar size. Look at
    `score_date` first: an old number can look like a good one.
    """)
    return


@app.cell
def _(connection):
    overview = connection.sql(
        """
        select
            tenant_name,
            tenant_id,
            segment,
            licence_tier,
            score_date,
            score_ratio,
            change_30d_ratio,
            zone,
            total_seats_average_ratio,
            open_action_count,
            quick_win_count,
            privileged_count,
            failed_feed_count,
            is_stale
        from mart_posture_overview
        order by score_ratio desc nulls last, tenant_name, tenant_id
        """
    ).df()
    overview
    return (overview,)


@app.cell
def _(alt, mo, overview, tenants_told_apart):
    _scored = overview.dropna(subset=["score_ratio"])
    if _scored.empty:
        standing = mo.md("No tenant has a score yet.")
    else:
        _labelled = _scored.assign(tenant=tenants_told_apart(_scored))
        _base = alt.Chart(_labelled).encode(
            y=alt.Y("tenant:N", sort=list(_labelled["tenant"]), title=None)
        )
        standing = (
            _base.mark_bar().encode(
                x=alt.X(
                    "score_ratio:Q",
                    title="Secure Score",
                    axis=alt.Axis(format=".0%"),
                    scale=alt.Scale(domain=[0, 1]),
                ),
                color=alt.Color(
                    "zone:N",
                    title="Zone",
                    scale=alt.Scale(
                        domain=["good", "okay", "bad"], range=["#1b7f5c", "#d98e04", "#b3432b"]
                    ),
                ),
                tooltip=["tenant", "score_date:T", alt.Tooltip("score_ratio:Q", format=".1%")],
            )
            + _base.mark_tick(color="#111827", thickness=2, size=18).encode(
                x="total_seats_average_ratio:Q"
            )
        ).properties(width=520, title="Secure Score today")
    standing
    return


@app.cell
def _(mo):
    mo.md("""
    ## Null is not zero

    What could not be read is null, and a status beside it says why. `not_licensed` and `empty` are
    facts of life; `not_permitted`, `auth_failed`, `throttled`, `unavailable` and `bad_response` are
    work for whoever runs the collection.
    """)
    return


@app.cell
def _(connection):
    statuses = connection.sql(
        """
        select readings.what, readings.status, count(*) as tenant_count
        from (
            unpivot (
                select
                    score_status, role_status, pim_status, registration_status, sign_in_status,
                    policy_status, coverage_status, risk_status, application_status,
                    recommendation_status
                from latest_fct_identity_posture_daily
            )
            on columns(*) into name what value status
        ) as readings
        group by readings.what, readings.status
        order by readings.what, readings.status
        """
    ).df()
    statuses
    return (statuses,)


@app.cell
def _(mo):
    mo.md("""
    ## What makes a number doubtful

    Nothing is repaired in silence: what disagrees, is missing or is unknown has a row with what to
    do about it. Attach it to any report that somebody signs.
    """)
    return


@app.cell
def _(connection):
    doubts = connection.sql(
        """
        select
            severity,
            finding,
            count(*) as row_count,
            count(distinct tenant_id) as tenant_count,
            any_value(next_step order by tenant_id, subject, first_date) as next_step
        from mart_data_quality
        group by severity, finding
        order by severity desc, finding
        """
    ).df()
    doubts
    return (doubts,)


@app.cell
def _(connection, doubts, marts, mo, overview, statuses):
    _tenants = connection.execute("select count(*) from dim_tenant").fetchall()[0][0]
    assert len(overview) <= _tenants, "one row a tenant"
    assert all(statuses.groupby("what")["tenant_count"].sum() <= _tenants), "one status a tenant"
    assert (
        doubts["row_count"].sum() == marts.set_index("mart").loc["mart_data_quality", "row_count"]
    )
    mo.md("Checked: one row a tenant, one status a tenant, every doubt counted once.")
    return


if __name__ == "__main__":
    app.run()
