"""The records behind privileged identity management: of roles, and of groups."""

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.sandbox.protocol.odata import read_filter
from pipeline.sandbox.protocol.refusals import MISSING_PROVIDER
from pipeline.sandbox.protocol.wire import GraphError
from pipeline.sandbox.records.rows import Request, Rows, dumped, expansion, filtered
from pipeline.sandbox.story.group_pim import GroupInstance
from pipeline.sandbox.story.pim import Instance
from pipeline.sandbox.story.role_rules import role_rules
from pipeline.sandbox.story.roles import role_definitions

_ROLE = "roleDefinitionId"
_INSTANCE_FILTERS = ("principalId", "roleDefinitionId", "directoryScopeId")


def role_assignment_instances(request: Request) -> Rows:
    found = request.story.pim.active(request.number)
    return _instances(request, [_active(request, instance) for instance in found], found)


def role_eligibility_instances(request: Request) -> Rows:
    found = request.story.pim.eligible(request.number)
    return _instances(request, [_eligible(request, instance) for instance in found], found)


def _active(request: Request, instance: Instance) -> dict[str, Any]:
    return _instance(instance, instance.grant.id) | {
        "assignmentType": "Activated" if instance.activated else "Assigned",
        "memberType": instance.member_type,
        "roleAssignmentOriginId": instance.grant.id,
        "roleAssignmentScheduleId": request.story.pim.schedule_id(instance),
    }


def _eligible(request: Request, instance: Instance) -> dict[str, Any]:
    return _instance(instance, f"{instance.grant.id}-e") | {
        "memberType": instance.member_type,
        "roleEligibilityScheduleId": request.story.pim.schedule_id(instance),
    }


def _instance(instance: Instance, identifier: str) -> dict[str, Any]:
    grant = instance.grant
    return {
        "id": identifier,
        "principalId": grant.principal_id,
        "roleDefinitionId": grant.role_id,
        "directoryScopeId": grant.scope,
        "appScopeId": None,
        "startDateTime": instance.start,
        "endDateTime": instance.end,
    }


def _instances(request: Request, records: list[dict[str, Any]], found: Sequence[Instance]) -> Rows:
    expand = expansion(request.query, ["principal", "roleDefinition", "activatedUsing"])
    expanded: Callable[[Instance], Any] = {
        "principal": lambda instance: instance.grant.principal,
        "roleDefinition": _role_of(request),
        "activatedUsing": _eligibility_of(request),
    }.get(expand, lambda instance: None)
    for record, instance in zip(records, found, strict=True):
        related = expanded(instance)
        # A principal that is gone is left out; an assignment that nobody activated says null.
        if expand == "activatedUsing" or related:
            record[expand] = related
    clauses = read_filter(request.query, _INSTANCE_FILTERS)
    return dumped(filtered(records, clauses), request.query, keep=[expand])


def _role_of(request: Request) -> Callable[[Instance], dict[str, Any]]:
    roles = {role["id"]: role for role in role_definitions(request.story.tenant)}

    def role(instance: Instance) -> dict[str, Any]:
        found = roles[instance.grant.role_id]
        return {name: value for name, value in found.items() if name != "isPrivileged"}

    return role


def _eligibility_of(request: Request) -> Callable[[Instance], dict[str, Any] | None]:
    def eligibility(instance: Instance) -> dict[str, Any] | None:
        found = request.story.pim.eligible(request.number) if instance.activated else []
        own = (each for each in found if each.grant.id == instance.grant.id)
        return next((_eligible(request, each) for each in own), None)

    return eligibility


def group_assignment_instances(request: Request) -> Rows:
    return _group_instances(request, request.story.group_pim.active(request.number))


def group_eligibility_instances(request: Request) -> Rows:
    return _group_instances(request, request.story.group_pim.eligible(request.number))


def _group_instances(request: Request, found: Sequence[GroupInstance]) -> Rows:
    expand = expansion(request.query, ["principal"])
    clauses = read_filter(request.query, ["groupId", "principalId", "accessId"])
    if not {clause.field for clause in clauses} & {"groupId", "principalId"}:
        raise GraphError(400, "InvalidFilter", "The filter must name a groupId or a principalId.")
    records = []
    for instance in found:
        record: dict[str, Any] = {
            "id": instance.id,
            "groupId": instance.group_id,
            "principalId": instance.member.id,
            "accessId": instance.access,
            "memberType": instance.member_type,
            "startDateTime": instance.start,
            "endDateTime": instance.end,
        }
        if instance.assignment:
            record["assignmentType"] = instance.assignment
            record["assignmentScheduleId"] = instance.schedule_id
        else:
            record["eligibilityScheduleId"] = instance.schedule_id
        if expand:
            record[expand] = request.story.groups.object(instance.member, request.number)
        records.append(record)
    return dumped(filtered(records, clauses), request.query, keep=[expand])


def role_policy_assignments(request: Request) -> Rows:
    """The rules of every role in one answer; both words for roles are taken, and given back."""
    clauses = {c.field: c for c in read_filter(request.query, ["scopeId", "scopeType", _ROLE])}
    scope = clauses.get("scopeType")
    named = scope.values[0] if scope else ""
    is_asked = "scopeId" in clauses and named in ("DirectoryRole", "Directory")
    if not is_asked or request.number < request.story.pim.adopted:
        raise MISSING_PROVIDER.error()
    expand = expansion(request.query, ["policy", "policy($expand=rules)"])
    found = role_rules(request.story.tenant, named, with_rules="rules" in expand)
    for record in found if not expand else ():
        del record["policy"]
    return dumped(filtered(found, list(clauses.values())), request.query, keep=["policy"])
