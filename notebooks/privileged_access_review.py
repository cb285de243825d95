import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Privileged access review")


@app.cell
def _():
    import argparse
    import os

    import altair as alt
    import marimo as mo

    from pipeline import open_published
    from pipeline.notebook import charts_as_data

    charts_as_data()
    return alt, argparse, mo, open_published, os


@app.cell
def _(mo):
    mo.md("""
    # Privileged access review

    Who holds a privileged role, by what way, since when, and how well each of them is protected.
    Made to be gone through name by name: keep, make eligible, or remove.
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
    tenant_picker
    return choices, tenant_picker


@app.cell
def _(choices, connection, tenant_picker):
    picked = choices.get(tenant_picker.value)
    tenant_id = picked.tenant_id if picked else ""
    assignments = connection.execute(
        "select * from mart_privileged_access where tenant_id = ?"
        " order by principal_name, principal_id, role_name, directory_scope, assignment_kind,"
        " path, via_group_id",
        [tenant_id],
    ).df()
    posture = connection.execute(
        "select * from latest_fct_identity_posture_daily where tenant_id = ?", [tenant_id]
    ).df()
    return assignments, posture, tenant_id


@app.cell
def _(assignments, mo, posture):
    _said = [f"roles: {row.role_status}, PIM: {row.pim_status}" for row in posture.itertuples()]
    if assignments.empty:
        headline = mo.md(
            "**No privileged assignment is published for this tenant.** That is not the same as"
            f" having none: how reading ended is {'; '.join(_said) or 'not recorded'}."
        )
    else:
        _people = assignments.loc[assignments["principal_type"] == "user", "principal_id"]
        headline = mo.md(
            f"**{assignments['principal_id'].nunique()}** holders, **{_people.nunique()}** of"
            f" them people, in **{len(assignments)}** assignments on"
            f" {assignments['snapshot_date'].max():%Y-%m-%d} ({'; '.join(_said)}). Disabled"
            " accounts count: their roles come back with them."
        )
    headline
    return


@app.cell
def _(mo):
    mo.md("""
    ## What is wrong, and how often

    A finding that could not be judged is not a pass: it is counted apart. *Without MFA* means that
    no method is registered; *unprotected*, that no policy in force demands it of this person.
    """)
    return


@app.cell
def _(connection, tenant_id):
    findings = connection.execute(
        """
        with told as (
            select principal_id, unnest(string_split(findings, ', ')) as finding, true as is_found
            from mart_privileged_access
            where tenant_id = $1 and findings <> ''
            union
            select principal_id, unnest(string_split(unknown_findings, ', ')), false
            from mart_privileged_access
            where tenant_id = $1 and unknown_findings <> ''
        )
        select
            finding,
            count(distinct principal_id) filter (where is_found) as holder_count,
            count(distinct principal_id) filter (where not is_found) as not_judged_count
        from told
        group by finding
        order by holder_count desc, finding
        """,
        [tenant_id],
    ).df()
    findings
    return (findings,)


@app.cell
def _(alt, findings, mo):
    if findings.empty:
        finding_chart = mo.md("No finding, and nothing that could not be judged.")
    else:
        _long = findings.rename(
            columns={"holder_count": "found", "not_judged_count": "could not be judged"}
        ).melt("finding", var_name="answer", value_name="holders")
        finding_chart = (
            alt.Chart(_long)
            .mark_bar()
            .encode(
                y=alt.Y("finding:N", sort=list(findings["finding"]), title=None),
                x=alt.X("holders:Q", title="Holders", axis=alt.Axis(tickMinStep=1)),
                color=alt.Color(
                    "answer:N",
                    title=None,
                    scale=alt.Scale(
                        domain=["found", "could not be judged"], range=["#b3432b", "#9ca3af"]
                    ),
                ),
                tooltip=["finding", "answer", "holders"],
            )
            .properties(width=520, title="Findings of holders")
        )
    finding_chart
    return


@app.cell
def _(mo):
    mo.md("""
    ## Name by name

    One row per holder, those with most findings first. Two emergency accounts without personal MFA
    policies are normal: they should be known, few, and watched.
    """)
    return


@app.cell
def _(connection, tenant_id):
    holders = connection.execute(
        """
        select
            any_value(principal_name) as principal_name,
            any_value(user_principal_name) as user_principal_name,
            any_value(principal_type) as principal_type,
            string_agg(distinct role_name, ', ' order by role_name) as roles,
            string_agg(distinct assignment_kind, ', ' order by assignment_kind) as kinds,
            string_agg(distinct path, ', ' order by path) as paths,
            any_value(mfa_policy_coverage) as mfa_policy_coverage,
            any_value(deciding_policy_name) as deciding_policy_name,
            max(last_sign_in_at) as last_sign_in_at,
            max(finding_count) as finding_count,
            string_agg(distinct nullif(findings, ''), '; ' order by nullif(findings, ''))
                as findings,
            any_value(nullif(unknown_findings, '')) as could_not_be_judged,
            principal_id
        from mart_privileged_access
        where tenant_id = ?
        group by principal_id
        order by finding_count desc, principal_name nulls last, principal_id
        """,
        [tenant_id],
    ).df()
    holders
    return (holders,)


@app.cell
def _(assignments, holders):
    assert len(holders) == assignments["principal_id"].nunique(), "every holder once"
    return


@app.cell
def _(alt, assignments, mo):
    if assignments.empty:
        kind_chart = mo.md("")
    else:
        kind_chart = (
            alt.Chart(
                assignments.groupby(["role_name", "assignment_kind"], dropna=False)
                .size()
                .reset_index(name="assignments")
            )
            .mark_bar()
            .encode(
                y=alt.Y("role_name:N", sort="-x", title=None),
                x=alt.X("assignments:Q", title="Assignments", axis=alt.Axis(tickMinStep=1)),
                color=alt.Color(
                    "assignment_kind:N",
                    title="Held",
                    scale=alt.Scale(
                        domain=["standing", "activated", "eligible", "active_unknown"],
                        range=["#b3432b", "#d98e04", "#1b7f5c", "#9ca3af"],
                    ),
                ),
                tooltip=["role_name", "assignment_kind", "assignments"],
            )
            .properties(width=520, title="Standing, activated, eligible")
        )
    kind_chart
    return


@app.cell
def _(mo):
    mo.md("""
    ## Since when

    Roles are a photograph of the day they were collected: Graph keeps no history of them, so there
    is no line before the first run, and none on days without one.
    """)
    return


@app.cell
def _(connection, tenant_id):
    counts = connection.execute(
        """
        select snapshot_date, privileged_count, standing_count, eligible_count,
            unprotected_count, stale_count, role_status, pim_status
        from fct_identity_posture_daily
        where tenant_id = ? and privileged_count is not null
        order by snapshot_date
        """,
        [tenant_id],
    ).df()
    return (counts,)


@app.cell
def _(alt, counts, mo):
    if counts.empty:
        count_chart = mo.md("The roles of this tenant were never read.")
    else:
        count_chart = (
            alt.Chart(
                counts.melt(
                    "snapshot_date",
                    ["privileged_count", "standing_count", "eligible_count"],
                    var_name="what",
                    value_name="holders",
                ).dropna()
            )
            .mark_line(point=True, interpolate="step-after")
            .encode(
                x=alt.X("snapshot_date:T", title=None),
                y=alt.Y("holders:Q", title="Holders", axis=alt.Axis(tickMinStep=1)),
                color=alt.Color("what:N", title=None),
                tooltip=["snapshot_date:T", "what", "holders"],
            )
            .properties(width=560, height=240, title="Holders by collected day")
        )
    count_chart
    return


@app.cell
def _(mo):
    mo.md("""
    ## Applications that could take over the tenant

    No user, no MFA and no policy stands before these: whoever has the credential has the
    permission.
    """)
    return


@app.cell
def _(connection, tenant_id):
    applications = connection.execute(
        """
        select
            any_value(service_principal_name) as service_principal_name,
            string_agg(
                coalesce(nullif(resource_name, 'Microsoft Graph') || ': ', '') || permission_name,
                ', ' order by permission
            ) as permissions,
            any_value(is_own_application) as is_own_application,
            any_value(credential_status) as credential_status,
            max(credential_expires_at) as credential_expires_at,
            service_principal_id
        from latest_fct_application_privilege_daily
        where tenant_id = ? and is_high_privilege and is_application_permission
        group by service_principal_id
        order by service_principal_name nulls last, service_principal_id
        """,
        [tenant_id],
    ).df()
    applications
    return (applications,)


if __name__ == "__main__":
    app.run()
