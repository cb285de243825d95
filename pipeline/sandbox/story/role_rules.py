"""What PIM asks of whoever activates a role: seventeen rules a role, Microsoft's unless changed."""

from typing import Any

from pipeline.sandbox.story.identity import Tenant
from pipeline.sandbox.story.roles import role_definitions, role_id

Rule = dict[str, Any]
_MFA = 0.6  # share of roles that somebody made ask for MFA
_CONTEXT = 0.7  # up to here they ask for an authentication context instead
_TYPE = "#microsoft.graph.unifiedRoleManagementPolicy{}Rule"
_MAIL = [
    (whom, caller, level)
    for whom in ("Admin", "Requestor", "Approver")
    for caller, level in (("Admin", "Eligibility"), ("Admin", "Assignment"))
] + [(whom, "EndUser", "Assignment") for whom in ("Admin", "Requestor", "Approver")]


def role_rules(tenant: Tenant, scope_type: str, *, with_rules: bool) -> list[dict[str, Any]]:
    """One assignment of a policy for each role, all with their rules."""
    return [
        _assignment(tenant, role["id"], scope_type, with_rules=with_rules)
        for role in role_definitions(tenant)
    ]


def _assignment(tenant: Tenant, role: str, scope_type: str, *, with_rules: bool) -> dict[str, Any]:
    policy_id = f"{scope_type}_{tenant.tenant_id}_{tenant.uuid('rules', role)}"
    policy = {
        "id": policy_id,
        "displayName": scope_type,
        "description": scope_type,
        "isOrganizationDefault": False,
        "scopeId": "/",
        "scopeType": scope_type,
        "lastModifiedDateTime": None,
        "lastModifiedBy": {"displayName": None, "id": None},
    }
    if with_rules:
        policy["rules"] = _rules(tenant, role)
    return {
        "id": f"{policy_id}_{role}",
        "policyId": policy_id,
        "scopeId": "/",
        "scopeType": scope_type,
        "roleDefinitionId": role,
        "policy": policy,
    }


def _rules(tenant: Tenant, role: str) -> list[Rule]:
    share = tenant.fraction("activation", role)
    is_top = role == role_id("Global Administrator")
    asks = ["MultiFactorAuthentication", "Justification"] if share < _MFA else ["Justification"]
    has_context = _MFA <= share < _CONTEXT
    return [
        *_expirations(is_top),
        _rule("Enablement", "Admin", "Eligibility", enabledRules=[]),
        _rule("Enablement", "Admin", "Assignment", enabledRules=["Justification"]),
        _rule("Enablement", "EndUser", "Assignment", enabledRules=asks),
        _rule("Approval", "EndUser", "Assignment", setting=_approval(is_top)),
        _rule(
            "AuthenticationContext", "EndUser", "Assignment",
            isEnabled=has_context, claimValue="c1" if has_context else None,
        ),
        *(_mail(whom, caller, level) for whom, caller, level in _MAIL),
    ]  # fmt: skip


def _expirations(is_top: bool) -> list[Rule]:
    lasting: dict[str, Any] = {"isExpirationRequired": False, "maximumDuration": "P365D"}
    active: dict[str, Any] = {"isExpirationRequired": False, "maximumDuration": "P180D"}
    hours: dict[str, Any] = {
        "isExpirationRequired": True,
        "maximumDuration": "PT2H" if is_top else "PT8H",
    }
    return [
        _rule("Expiration", "Admin", "Eligibility", **lasting),
        _rule("Expiration", "Admin", "Assignment", **active),
        _rule("Expiration", "EndUser", "Assignment", **hours),
    ]


def _approval(is_required: bool) -> dict[str, Any]:
    stage = {
        "approvalStageTimeOutInDays": 1,
        "isApproverJustificationRequired": True,
        "escalationTimeInMinutes": 0,
        "isEscalationEnabled": False,
        "primaryApprovers": [],
        "escalationApprovers": [],
    }
    return {
        "isApprovalRequired": is_required,
        "isApprovalRequiredForExtension": False,
        "isRequestorJustificationRequired": True,
        "approvalMode": "SingleStage",
        "approvalStages": [stage],
    }


def _rule(kind: str, caller: str, level: str, **members: Any) -> Rule:
    return {
        "@odata.type": _TYPE.format(kind),
        "id": f"{kind}_{caller}_{level}",
        **members,
        "target": _target(caller, level),
    }


def _mail(whom: str, caller: str, level: str) -> Rule:
    return {
        "@odata.type": _TYPE.format("Notification"),
        "id": f"Notification_{whom}_{caller}_{level}",
        "notificationType": "Email",
        "recipientType": whom,
        "notificationLevel": "All",
        "isDefaultRecipientsEnabled": True,
        "notificationRecipients": [],
        "target": _target(caller, level),
    }


def _target(caller: str, level: str) -> dict[str, Any]:
    return {
        "caller": caller,
        "operations": ["all"],
        "level": level,
        "inheritableSettings": [],
        "enforcedSettings": [],
    }
