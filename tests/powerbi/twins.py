"""What each measure means, said again in SQL over the published models."""

from pipeline.powerbi.definition import parts

OVERVIEW = "from mart_posture_overview where is_active"
SCORES = "from fct_tenant_score_daily where scope = chosen_scope()"
MOVED = "from mart_score_movement where scope = chosen_scope() and period = chosen_period()"
CHANGES = "from fct_score_change where scope = chosen_scope()"
OPEN = "from mart_recommended_actions where not is_exception and part_of_action_id is null"
GROUP = "from mart_recommended_actions where action_group ="
HELD = "from mart_privileged_access"
TREND = "from mart_portfolio_trend where group_kind = 'portfolio'"
PERCENTS = {
    "Average score": "score_ratio",
    "Change 7 days": "change_7d_ratio",
    "Change 30 days": "change_30d_ratio",
    "Change 90 days": "change_90d_ratio",
    "Identity secure score": "identity_secure_score_ratio",
    "Peer average": "all_tenants_average_ratio",
    "Similar size average": "total_seats_average_ratio",
    "Gap to peers": "gap_to_all_tenants_ratio",
    "Score within licences": "current_licence_ratio",
    "Achievable score": "achievable_ratio",
}
SUMS = {
    "Score points": "score_points",
    "Maximum points": "max_points",
    "Open points": "open_points",
    "Open licensed points": "open_licensed_points",
    "Open actions": "open_action_count",
    "Open quick wins": "quick_win_count",
    "Global Administrators": "global_administrator_count",
    "Privileged principals": "privileged_count",
}
FLAGS = {
    "Holders no policy protects": "is_unprotected",
    "Holders without MFA": "is_without_mfa",
    "Stale holders": "is_stale",
    "Holders from other tenants": "is_external_partner",
    "Guest holders": "is_guest",
    "Holders at risk": "is_at_risk",
}
ONE = "case when count(*) = 1 then "
# Of the sums that the change by part is made of, in the grand total and for one part.
RATIO_PARTS = " + ".join(f"coalesce(avg({one.source}_ratio), 0)" for one in parts())
POINT_PARTS = " + ".join(f"coalesce(sum({one.source}_points), 0)" for one in parts())
ANY_RATIO = " + ".join(f"count({one.source}_ratio)" for one in parts())
ANY_POINTS = " + ".join(f"count({one.source}_points)" for one in parts())
AS_OF = "'Data as of ' || strftime(snapshot_date(), '%Y-%m-%d')"
TWINS = {
    **{name: f"select avg({column}) {OVERVIEW}" for name, column in PERCENTS.items()},
    **{name: f"select sum({column}) {OVERVIEW}" for name, column in SUMS.items()},
    **{f"{one.name}": f"select avg({one.source}_ratio) {MOVED}" for one in parts()},
    **{f"{one.name} points": f"select sum({one.source}_points) {MOVED}" for one in parts()},
    **{
        name: f"select case when count({flag}) > 0 then count(distinct principal_id) "
        f"filter (where {flag}) end {HELD}"
        for name, flag in FLAGS.items()
    },
    "Tenants": f"select count(*) {OVERVIEW}",
    "Tenants in the red": f"select count(*) {OVERVIEW} and zone = 'bad'",
    "Average daily score": f"select avg(score_ratio) {SCORES}",
    "Tenants with a record": f"select nullif(count(distinct tenant_id), 0) {SCORES}",
    "Unknown maxima": f"select sum(unknown_max_count) {SCORES}",
    "Start score": f"select avg(start_ratio) {MOVED}",
    "End score": f"select avg(end_ratio) {MOVED}",
    "Change in score": f"select avg(ratio_delta) {MOVED}",
    "Points change": f"select sum(points_delta) {MOVED}",
    "Like-for-like change": "select avg(like_for_like_end_ratio)"
    f" - avg(like_for_like_start_ratio) {MOVED}",
    "Change by part": f"select case when {ANY_RATIO} > 0 then {RATIO_PARTS} end {MOVED}",
    "Points by part": f"select case when {ANY_POINTS} > 0 then {POINT_PARTS} end {MOVED}",
    "Points moved": f"select sum(points_delta) {CHANGES}",
    "Maximum moved": f"select sum(max_points_delta) {CHANGES}",
    "Points moved by Microsoft": f"select sum(points_delta) {CHANGES} and is_microsoft_change",
    "Actions": f"select count(*) {OPEN}",
    "Quick wins": f"select count(*) {OPEN} and is_quick_win and action_group = 'ranked'",
    "Points to gain": f"select sum(gain_points) {OPEN}",
    "Score to gain": f"select sum(gain_ratio) {OPEN}",
    "Points with licences owned": f"select sum(gain_points) {GROUP} 'ranked'",
    "Points needing a licence": f"select sum(gain_points) {GROUP} 'unlicensed'",
    "Actions without owner": f"select count(*) {OPEN} and owner is null",
    "Exceptions": "select count(*) from mart_recommended_actions where is_exception",
    "Average days open": f"select avg(days_open_count) {OPEN}",
    "Score after step": "select avg(ratio_after) from mart_roadmap",
    "Practices judged": "select count(*) from mart_best_practices"
    " where status not in ('not_licensed', 'unknown')",
    "Practices implemented": "select count(*) from mart_best_practices"
    " where status = 'implemented'",
    "Practices implemented share": "select count(*) filter (where status = 'implemented')"
    " / nullif(count(*), 0) from mart_best_practices"
    " where status not in ('not_licensed', 'unknown')",
    "Privileged assignments": f"select nullif(count(*), 0) {HELD}",
    "Privileged holders": f"select nullif(count(distinct principal_id), 0) {HELD}",
    "Holders with findings": "select case when count(*) > 0 then"
    f" count(distinct principal_id) filter (where findings <> '') end {HELD}",
    "Findings": "select sum(case when findings = '' then 0"
    f" else len(string_split(findings, ',')) end) {HELD}",
    "Standing despite PIM": "select case when count(is_standing_despite_pim) > 0 then"
    f" count(*) filter (where is_standing_despite_pim) end {HELD}",
    "Assignments not fully judged": f"select count(*) {HELD} where unknown_findings <> ''",
    "Tenants without roles read": f"select count(*) {OVERVIEW} and privileged_count is null",
    "Privileged by day": "select sum(privileged_count) from fct_identity_posture_daily",
    "Standing by day": "select sum(standing_count) from fct_identity_posture_daily",
    "Unprotected by day": "select sum(unprotected_count) from fct_identity_posture_daily",
    "MFA registered": "select sum(mfa_registered_count) / "
    "(sum(mfa_user_count) - sum(mfa_registered_unknown_count))"
    " from fct_identity_posture_daily",
    "Guests registered for MFA": "select sum(guest_mfa_registered_count) / "
    "nullif(sum(guest_mfa_user_count) - sum(guest_mfa_registered_unknown_count), 0)"
    " from fct_identity_posture_daily",
    "Zone": f"select {ONE.replace('*', 'distinct zone')}max(zone) end from mart_posture_overview",
    "Newest score": "select max(score_date) from mart_posture_overview",
    "Scores read": f"select {ONE.replace('*', 'distinct score_status')}"
    "max(score_status) end from mart_posture_overview",
    "Roles read": f"select {ONE.replace('*', 'distinct role_status')}"
    "max(role_status) end from mart_posture_overview",
    "Last collected": "select max(last_collected_at) from mart_posture_overview",
    "Place in portfolio": f"select {ONE}max(portfolio_rank) end from mart_tenant_comparison",
    "Compared or why not": f"select {ONE.replace('*', 'distinct comparison_status')}"
    "max(comparison_status) end from mart_tenant_comparison",
    "Compared tenants": "select count(*) from mart_tenant_comparison"
    " where comparison_status = 'compared'",
    "Percentile in portfolio": "select avg(portfolio_percentile_ratio) from mart_tenant_comparison",
    "Percentile in segment": "select avg(segment_percentile_ratio) from mart_tenant_comparison",
    "Decile in portfolio": "select case when count(*) = 1 then max(portfolio_decile) end"
    " from mart_tenant_comparison",
    "Portfolio average": f"select avg(average_ratio) {TREND}",
    "Constant cohort 90 days": f"select avg(cohort_90d_ratio) {TREND}",
    "Portfolio peer average": f"select avg(all_tenants_average_ratio) {TREND}",
    "Portfolio tenants": f"select max(tenant_count) {TREND}",
    "Tenants missing the control": "select sum(missing_tenant_count) from mart_control_portfolio",
    "Tenants scored on the control": "select sum(tenant_count) from mart_control_portfolio",
    "Share missing the control": "select sum(missing_tenant_count) / sum(tenant_count)"
    " from mart_control_portfolio",
    "Points at stake": "select sum(at_stake_points) from mart_control_portfolio",
    "Data as of": f"select {AS_OF}",
    "Snapshot": "select snapshot_id()",
    "Rows published": "select published_rows()",
    "Tables of another snapshot": "select 0",
    "Tenants late": f"select count(*) {OVERVIEW} and is_stale",
    "Oldest score in days": f"select max(score_age_days) {OVERVIEW}",
    "Failed feeds": f"select coalesce(sum(failed_feed_count), 0) {OVERVIEW}",
    "Warnings": "select count(*) from mart_data_quality where severity = 'warning'",
    "Notes": "select count(*) from mart_data_quality where severity = 'note'",
    "Open alerts": "select count(*) from mart_alerts where is_open",
    "Open high alerts": "select count(*) from mart_alerts where is_open and severity = 'high'",
}
