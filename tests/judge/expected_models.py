"""How each published model is held against the verdict: its key, and the columns compared."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """Key and compared columns of one model, as they are published."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


def _held(key: str, columns: str) -> Held:
    return Held(tuple(key.split()), tuple(columns.split()))


FACTS: Mapping[str, Held] = {
    "dim_tenant": _held(
        "tenant_id",
        "tenant_name segment licence_tier seat_count first_seen_date last_seen_date is_active",
    ),
    "fct_tenant_daily": _held(
        "tenant_id snapshot_date", "segment licence_tier seat_count is_active"
    ),
    "dim_role": _held("role_template_id", "role_name is_privileged is_built_in"),
    "dim_principal": _held(
        "tenant_id principal_id", "principal_type principal_name is_guest is_enabled is_synced"
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
        "is_microsoft_change state_changed_at",
    ),
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
    "fct_score_benchmark_daily": _held(
        "tenant_id score_date basis category",
        "average_ratio average_points average_max_points",
    ),
    "fct_role_assignment_daily": _held(
        "tenant_id snapshot_date principal_id role_template_id directory_scope assignment_kind "
        "path via_group_id",
        "is_privileged principal_type is_guest start_at end_at",
    ),
    "fct_identity_posture_daily": _held(
        "tenant_id snapshot_date",
        "score_date score_age_days score_ratio identity_category_ratio entra_service_ratio "
        "identity_secure_score_ratio score_status role_status pim_status registration_status "
        "policy_status risk_status privileged_count standing_count eligible_count "
        "activated_count guest_count service_principal_count global_administrator_count",
    ),
}
