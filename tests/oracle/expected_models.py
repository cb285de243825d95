"""How each published model is held against the verdict: its key, and the columns compared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tests.oracle.feed_quality import JUDGED

# Which published rows are judged: all of them where none is given.
Judged = Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class Held:
    """Key and compared columns of one model, as they are published.

    `model` is its name where one model is held twice, each time for another kind of row.
    """

    key: tuple[str, ...]
    columns: tuple[str, ...]
    judged: Judged | None = None
    model: str = ""

    def rows(self, published: pd.DataFrame) -> pd.DataFrame:
        return published if self.judged is None else published[self.judged(published)]


def _held(key: str, columns: str, judged: Judged | None = None, model: str = "") -> Held:
    return Held(tuple(key.split()), tuple(columns.split()), judged, model)


def _columns(rows: pd.DataFrame, names: str) -> Iterator[tuple[str, ...]]:
    return zip(*(rows[name] for name in names.split()), strict=True)


def _is_explained(control_id: str, kind: str) -> bool:
    """Whether the judge says what is behind the control, and the thing is of the kind it says."""
    kinds = {"adminmfav2": "user", "oneadmin": "role_assignment"}
    folded = control_id.lower()
    return folded in EXPLAINED and kind == kinds.get(folded, "policy")


FACTS: Mapping[str, Held] = {
    "dim_tenant": _held(
        "tenant_id",
        "tenant_name segment licence_tier seat_count licensed_seat_ratio licence_coverage "
        "missing_seat_count first_seen_date last_seen_date is_active",
    ),
    "fct_tenant_daily": _held(
        "tenant_id snapshot_date",
        "segment licence_tier seat_count "
        "licensed_seat_ratio licence_coverage missing_seat_count is_active",
    ),
    "dim_role": _held("role_template_id", "role_name is_privileged is_built_in"),
    "dim_principal": _held(
        "tenant_id principal_id",
        "principal_type partner_tenant_id principal_name is_guest is_enabled is_synced is_deleted",
    ),
    "fct_control_score_daily": _held(
        "tenant_id score_date control_id",
        "control_category service score_points max_points max_source score_ratio "
        "implementation_level implementation_status state counts_in_maximum match_status "
        "last_synced_at is_backfilled",
    ),
    "fct_tenant_score_daily": _held(
        "tenant_id score_date scope",
        "score_points max_points score_ratio known_score_ratio unknown_max_count control_count "
        "is_backfilled",
    ),
    "fct_score_change": _held(
        "tenant_id score_date scope control_id cause",
        "previous_date days_spanned points_delta max_points_delta ratio_delta "
        "is_microsoft_change is_inferred inferred_from_tenant_count state_changed_at",
    ),
    "fct_score_benchmark_daily": _held(
        "tenant_id score_date basis category",
        "average_ratio average_points average_max_points",
    ),
    "fct_role_assignment_daily": _held(
        "tenant_id snapshot_date principal_id role_template_id directory_scope assignment_kind "
        "path via_group_id",
        "is_privileged is_administrator group_path principal_type is_guest start_at end_at",
    ),
    "fct_principal_posture_daily": _held(
        "tenant_id snapshot_date principal_id",
        "principal_type is_mfa_registered is_mfa_capable is_phishing_resistant is_guest is_enabled "
        "is_synced last_sign_in_at risk_level risk_state privileged_role_count "
        "administrator_role_count standing_privileged_count mfa_policy_coverage deciding_policy_id "
        "uncovered_applications activation_requires_mfa per_user_mfa_state per_user_mfa_status "
        "is_stale is_unprotected declared_role is_expected failed_checks unknown_checks",
    ),
    "fct_policy_daily": _held(
        "tenant_id snapshot_date policy_id",
        "policy_state requires_mfa requires_strength requires_compliant_device uses_locations "
        "has_sign_in_frequency blocks_legacy_auth uses_sign_in_risk uses_user_risk",
    ),
    "fct_tenant_setting_daily": _held("tenant_id snapshot_date setting", "value source"),
    "fct_risk_daily": _held(
        "tenant_id snapshot_date risk_level risk_state role_holder",
        "is_role_holder user_count detection_count",
    ),
    "fct_application_privilege_daily": _held(
        "tenant_id snapshot_date service_principal_id permission",
        "permission_name resource_name is_application_permission is_delegated_permission "
        "delegated_status is_high_privilege privilege_level "
        "consent_type "
        "user_consent_count is_own_application is_enabled credential_status credential_count "
        "credential_expires_at has_expired_credential",
    ),
    "fct_recommendation_daily": _held(
        "tenant_id snapshot_date recommendation_id",
        "control_id category title status priority score_points max_points score_ratio "
        "required_licence impacted_resource_count open_resource_count",
    ),
    "fct_identity_posture_daily": _held(
        "tenant_id snapshot_date",
        "score_date score_age_days score_ratio identity_category_ratio entra_service_ratio "
        "identity_secure_score_ratio score_status role_status pim_status registration_status "
        "policy_status risk_status application_status privileged_count standing_count "
        "eligible_count activated_count guest_count service_principal_count partner_count "
        "global_administrator_count "
        "current_licence_ratio achievable_ratio stale_count unprotected_count mfa_user_count "
        "mfa_registered_count mfa_registered_unknown_count mfa_capable_count "
        "mfa_capable_unknown_count guest_mfa_user_count guest_mfa_registered_count "
        "guest_mfa_registered_unknown_count "
        "mfa_registered_ratio",
    ),
}
SCORE_EVENTS = (
    "appeared",
    "disappeared",
    "opened",
    "completed",
    "improved",
    "regressed",
    "reassessed",
)
# What a policy says in words is not judged, nor therefore where those alone are others.
POLICY_EVENTS = ("policy_appeared", "policy_removed", "policy_state_changed")
EXPLAINED = ("adminmfav2", "oneadmin", "blocklegacyauthentication")
MARTS: Mapping[str, Held] = {
    "mart_score_movement": _held(
        "tenant_id scope period",
        "start_date end_date days_spanned start_points end_points points_delta earned_points "
        "regressed_points population_points exception_points licence_points microsoft_points "
        "unexplained_points reweighted_points start_max_points end_max_points max_points_delta "
        "exception_max_points licence_max_points microsoft_max_points unexplained_max_points "
        "reweighted_max_points start_ratio end_ratio ratio_delta earned_ratio regressed_ratio "
        "population_ratio exception_ratio licence_ratio microsoft_ratio unexplained_ratio "
        "reweighted_ratio like_for_like_start_ratio like_for_like_end_ratio "
        "like_for_like_control_count",
    ),
    "mart_posture_overview": _held(
        "tenant_id",
        "score_date score_points max_points score_ratio zone open_action_count open_points "
        "change_7d_points change_7d_ratio change_7d_days_spanned change_30d_points "
        "change_30d_ratio change_30d_days_spanned change_90d_points change_90d_ratio "
        "change_90d_days_spanned",
        lambda rows: rows["score_date"].notna(),
    ),
    "mart_recommended_actions": _held(
        "tenant_id control_id",
        "action_rank part_of_action_id gain_points gain_ratio user_impact implementation_cost "
        "effective_cost effective_user_impact effort_weight is_quick_win is_licence_owned "
        "missing_seat_count open_since_date "
        "days_open_count is_open_since_first_record",
        lambda rows: rows["action_rank"].notna() | rows["part_of_action_id"].notna(),
    ),
    "mart_roadmap": _held(
        "tenant_id step_number",
        "control_id cumulative_points score_after_points ratio_after missing_seat_count",
    ),
    "mart_best_practices": _held("tenant_id practice", "status sources_agree missing_seat_count"),
    "mart_control_evidence": _held(
        "tenant_id control_id evidence_kind evidence_id",
        "is_behind_gap",
        lambda rows: [_is_explained(*row) for row in _columns(rows, "control_id evidence_kind")],
    ),
    "mart_privileged_access": _held(
        "tenant_id principal_id role_template_id directory_scope assignment_kind path via_group_id",
        "snapshot_date group_path is_external_partner is_guest is_at_risk is_unprotected "
        "is_without_mfa is_without_phishing_resistance is_disabled is_stale is_synced "
        "is_standing_despite_pim is_permanently_eligible is_unresolvable is_unread_group "
        "declared_role is_check_failed findings expected_findings",
    ),
    "mart_partner_access": _held(
        "tenant_id principal_id role_template_id directory_scope assignment_kind",
        "snapshot_date partner_tenant_id is_privileged start_at end_at first_seen_date "
        "is_since_first_day",
    ),
    "mart_declared_principals": _held(
        "tenant_id declared_by",
        "subject_kind declared_role holder_count is_expected failed_checks unknown_checks "
        "since_date",
    ),
    "mart_remediation_log": _held(
        "tenant_id event_date subject_id",
        "event_kind previous_value new_value gained_points days_since_previous_count "
        "days_to_fix_count",
        lambda rows: rows["event_kind"].isin(SCORE_EVENTS),
    ),
    "who_changed_policies": _held(
        "tenant_id event_date subject_id",
        "event_kind changed_by changed_by_status",
        lambda rows: rows["event_kind"].isin(POLICY_EVENTS),
        "mart_remediation_log",
    ),
    "mart_exceptions": _held("tenant_id control_id", "state is_scored points_at_stake"),
    "mart_tenant_comparison": _held(
        "tenant_id",
        "comparison_status score_ratio portfolio_rank portfolio_tenant_count "
        "portfolio_percentile_ratio portfolio_decile segment_tenant_count "
        "segment_percentile_ratio segment_decile licence_tier_tenant_count "
        "licence_tier_percentile_ratio licence_tier_decile all_tenants_average_ratio "
        "all_tenants_gap_ratio total_seats_average_ratio total_seats_gap_ratio "
        "industry_types_average_ratio industry_types_gap_ratio",
    ),
    "mart_portfolio_trend": _held(
        "trend_date group_kind group_name",
        "average_ratio tenant_count joined_tenant_count left_tenant_count "
        "all_tenants_average_ratio cohort_30d_ratio cohort_30d_tenant_count "
        "cohort_30d_carried_tenant_count cohort_90d_ratio cohort_90d_tenant_count "
        "cohort_90d_carried_tenant_count cohort_365d_ratio cohort_365d_tenant_count "
        "cohort_365d_carried_tenant_count",
    ),
    "mart_control_portfolio": _held(
        "control_id",
        "tenant_count missing_tenant_count full_tenant_count excepted_tenant_count "
        "unknown_tenant_count at_stake_points median_ratio mean_ratio",
    ),
    "mart_alerts": _held(
        "tenant_id alert_kind subject_id first_seen_date",
        "last_seen_date seen_day_count is_open",
    ),
    "mart_data_quality": _held(
        "tenant_id finding feed subject first_date",
        "last_date finding_count",
        lambda rows: rows["finding"].isin(JUDGED),
    ),
    "mart_zero_trust": _held(
        "tenant_id principle",
        "score_date control_count full_control_count score_points max_points score_ratio "
        "known_score_ratio unknown_max_count practice_count implemented_practice_count maturity "
        "top_open_controls",
    ),
}
MODELS: Mapping[str, Held] = {**FACTS, **MARTS}
# What is said of several tenants at once.
ACROSS = frozenset(
    {"dim_role", "mart_tenant_comparison", "mart_portfolio_trend", "mart_control_portfolio"}
)
