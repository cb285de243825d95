"""Whether what an administrator holds stands behind MFA: every role that makes one is held through
PIM alone, and activating it asks for MFA (meanings 7).

A role's rule asks by itself, or names an authentication context on which an enabled policy demands
MFA of the person. Who has activated a role went through its rule. What a group's own rules ask of
its members is not known.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.coverage import Person, Sight, is_built_in, rules_of
from tests.oracle.plans import has_plan
from tests.oracle.policies import ENABLED, demand, narrowing, policy_state
from tests.oracle.tenant_day import TenantDay

RULES = "role_management_policies"
MFA = "multifactorauthentication"
Row = dict[str, Any]


def activation_requires_mfa(day: TenantDay, held: Sequence[Row], person: Person) -> bool | None:
    """None where nobody can know; `held` are the rows that make one user an administrator."""
    if not held or not day.is_complete(RULES):
        return None
    answers = {_is_behind(day, row, person) for row in held}
    return False if False in answers else None if None in answers else True


def person_of(day: TenantDay, user: str, assignments: Iterable[Row]) -> Person:
    """A user as policies see one: by built-in roles held tenant-wide."""
    mine = [row for row in assignments if row["principal_id"] == user]
    wide = {row["role_template_id"] for row in mine if row["directory_scope"] == "/"}
    roles = frozenset(role for role in wide if is_built_in(day, role))
    return Person(user, day.is_guest(user), roles)


def _is_behind(day: TenantDay, row: Row, person: Person) -> bool | None:
    kind = row["assignment_kind"]
    if kind == "standing":
        return False
    if kind not in ("eligible", "activated") or row["path"] == "pim_group":
        return None
    rules = _rules(day, row["role_template_id"])
    enabling = rules.get("enablement_enduser_assignment")
    if enabling is None:
        return None
    if MFA in {str(one).lower() for one in enabling.get("enabledRules") or ()}:
        return True
    context = rules.get("authenticationcontext_enduser_assignment") or {}
    if not context.get("isEnabled") or not context.get("claimValue"):
        return False
    return _is_stepped_up(day, person, context["claimValue"])


def _rules(day: TenantDay, role: str) -> dict[str, Record]:
    for one in day.of(RULES):
        if one["roleDefinitionId"].lower() == role:
            return {rule["id"].lower(): rule for rule in one["policy"]["rules"]}
    return {}


def _is_stepped_up(day: TenantDay, person: Person, claim: str) -> bool | None:
    """Whether an enabled policy demands MFA of the person wherever this context is asked for."""
    rules = rules_of(day)
    worst, best = (
        Sight(rules, person, day.users_beneath, is_hopeful) for is_hopeful in (False, True)
    )
    named = [one for one in rules.tried if policy_state(one) == ENABLED and _names(one, claim)]
    asking = [one for one in named if demand(one, rules.strengths, is_hopeful=True) != "none"]
    for policy in asking:
        is_there = policy["id"] in worst.of(ENABLED) and worst.included[policy["id"]] == "whole"
        is_firm = demand(policy, rules.strengths) == "firm" and not narrowing(policy)
        if is_there and is_firm:
            return True
    if any(policy["id"] in best.of(ENABLED) for policy in asking):
        return None
    is_read = day.is_complete("conditional_access_policies")
    return False if is_read and not has_plan(day) else None


def _names(policy: Record, claim: str) -> bool:
    applications = (policy.get("conditions") or {}).get("applications") or {}
    named = applications.get("includeAuthenticationContextClassReferences") or ()
    return claim.lower() in {str(one).lower() for one in named}
