"""Who holds privilege and who slips through, for one tenant or for all."""

from __future__ import annotations

from typing import Any

from pipeline.report import words
from pipeline.report.rows import Origin, Reader, Row, total

HOLDERS_SHOWN, NAMES_SHOWN, APPLICATIONS_SHOWN = 15, 8, 12
_OF_DECLARED = "check_failed"
_POSTURE = """
from core.fct_identity_posture_daily
where tenant_id = $tenant
order by snapshot_date desc
limit 1
"""
_HOLDERS = """
from marts.mart_privileged_access
where tenant_id = $tenant
order by is_external_partner desc, finding_count desc, principal_name nulls last, principal_id,
    role_name, role_template_id, directory_scope, assignment_kind, path, via_group_id
"""
_HOLDER_KEY = (
    "tenant_id principal_id role_template_id directory_scope assignment_kind path via_group_id"
)
_PARTNERS = """
from marts.mart_partner_access
where tenant_id = $tenant
order by is_privileged desc, first_seen_date desc, principal_name nulls last, principal_id,
    role_name, role_template_id, directory_scope, assignment_kind
"""
_DECLARED = """
from marts.mart_declared_principals
where tenant_id = $tenant
order by is_expected nulls last, is_review_overdue desc, declared_role, subject_name nulls last,
    declared_by
"""
_PARTNER_KEY = "tenant_id principal_id role_template_id directory_scope assignment_kind"
_EVIDENCE = """
select e.*, coalesce(a.title, e.control_id) as title, a.gain_points
from marts.mart_control_evidence as e
inner join marts.mart_recommended_actions as a
    on e.tenant_id = a.tenant_id and e.control_id = a.control_id
where e.tenant_id = $tenant and e.is_behind_gap and a.gain_points > 0
    and e.evidence_kind <> 'impacted_resource'
order by a.gain_points desc, e.control_id, e.evidence_kind, e.evidence_name, e.evidence_id
"""
_APPLICATIONS = """
select tenant_id, snapshot_date, service_principal_id, permission, service_principal_name,
    coalesce(nullif(resource_name, 'Microsoft Graph') || ': ', '') || permission_name
        as shown_permission,
    is_own_application, credential_status, credential_expires_at, has_expired_credential
from core.fct_application_privilege_daily
where tenant_id = $tenant and is_high_privilege and is_application_permission
    and snapshot_date = (
        select max(snapshot_date) from core.fct_application_privilege_daily
        where tenant_id = $tenant
    )
order by service_principal_name nulls last, service_principal_id, permission
"""


def read_access(reader: Reader) -> dict[str, Any]:
    """A tenant's holders with their findings, what is behind open controls, and applications."""
    holders = reader.rows("mart_privileged_access", _HOLDER_KEY, _HOLDERS)
    key = "tenant_id snapshot_date service_principal_id permission"
    return {
        "posture": read_posture(reader),
        "partners": reader.rows("mart_partner_access", _PARTNER_KEY, _PARTNERS),
        "declared": reader.rows("mart_declared_principals", "tenant_id declared_by", _DECLARED),
        "holders": holders[:HOLDERS_SHOWN],
        "more_holders": holders[HOLDERS_SHOWN:],
        "findings": findings(reader),
        "evidence": _evidence(reader),
        "applications": reader.rows("fct_application_privilege_daily", key, _APPLICATIONS),
    }


def read_posture(reader: Reader) -> Row | None:
    """The newest day of the tenant in the fact that joins everything."""
    return reader.one("fct_identity_posture_daily", "tenant_id snapshot_date", _POSTURE)


def findings(reader: Reader) -> list[tuple[str, Row, Row]]:
    """Each finding with the number of principals and of tenants that have it, most first."""
    where = "where tenant_id = $tenant" if reader.tenant_id else ""
    own: dict[str, Any] = {"tenant_id": reader.tenant_id} if reader.tenant_id else {}
    columns = ", ".join(
        f"count(distinct case when {condition} then (tenant_id, principal_id) end), "
        f"count(distinct case when {condition} then tenant_id end)"
        for condition in map(_condition, words.FINDINGS)
    )
    [counts] = reader.values(f"select {columns} from marts.mart_privileged_access {where}")
    found = []
    for index, one in enumerate(words.FINDINGS):
        key = {f"is_{one}": True, **own}
        if one != _OF_DECLARED:
            key["declared_role"] = None
        people, tenants = counts[2 * index : 2 * index + 2]
        if people:
            found.append(
                (
                    one,
                    total(
                        "mart_privileged_access",
                        "tenant_id principal_id",
                        people,
                        "distinct",
                        **key,
                    ),
                    total("mart_privileged_access", "tenant_id", tenants, "distinct", **key),
                )
            )
    return sorted(found, key=lambda row: -row[1]["tenant_id principal_id"])


def _condition(finding: str) -> str:
    """Who is declared is told apart: what is expected of them is no finding."""
    return f"is_{finding}" + ("" if finding == _OF_DECLARED else " and declared_role is null")


def _evidence(reader: Reader) -> list[dict[str, Any]]:
    """What is behind the missing points, control by control, the most points first."""
    key = "tenant_id control_id evidence_kind evidence_id"
    controls: dict[str, list[Row]] = {}
    for row in reader.rows("mart_control_evidence", key, _EVIDENCE):
        controls.setdefault(row["control_id"], []).append(row)
    found = []
    for control_id, rows in controls.items():
        origin = {"tenant_id": reader.tenant_id, "control_id": control_id}
        gain = {"gain_points": rows[0]["gain_points"]}
        action = Row(gain, Origin("mart_recommended_actions", origin))
        found.append({"title": rows[0]["title"], "action": action, "rows": rows})
    return found
