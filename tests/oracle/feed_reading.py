"""Every feed of meanings 3 read plainly: which requests it takes, and whose lists they ask for.

More is read than is kept: all users, all service principals. What is asked group by group is asked
for the groups that hold a role or are found below one, and for those that a policy names.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.captures import COMPLETE, Record
from tests.oracle.per_user import FEED as PER_USER
from tests.oracle.per_user import wanted
from tests.oracle.tenants import licence_of_skus, tier_of_services
from tests.oracle.wire_reader import NEVER_USED, NO_SIGN_INS, NOT_PREMIUM, RefusedError, WireReader

DIRECTORY = "v1.0/roleManagement/directory"
PIM_OF_GROUPS = "v1.0/identityGovernance/privilegedAccess/group"
LISTS = {
    "secure_scores": "v1.0/security/secureScores",
    "secure_score_control_profiles": "v1.0/security/secureScoreControlProfiles",
    "subscribed_skus": "v1.0/subscribedSkus",
    "organization": "v1.0/organization",
    "role_definitions": f"{DIRECTORY}/roleDefinitions",
    "role_assignments": f"{DIRECTORY}/roleAssignments?$expand=principal",
    "role_assignment_schedule_instances": (
        f"{DIRECTORY}/roleAssignmentScheduleInstances?$expand=principal"
    ),
    "role_eligibility_schedule_instances": (
        f"{DIRECTORY}/roleEligibilityScheduleInstances?$expand=principal"
    ),
    "role_management_policies": (
        "v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId%20eq%20%27/%27"
        "%20and%20scopeType%20eq%20%27DirectoryRole%27&$expand=policy($expand=rules)"
    ),
    "conditional_access_policies": "v1.0/identity/conditionalAccess/policies",
    "conditional_access_plans": "beta/identity/conditionalAccess/plans",
    "named_locations": "v1.0/identity/conditionalAccess/namedLocations",
    "authentication_strengths": "v1.0/policies/authenticationStrengthPolicies",
    "risky_users": "v1.0/identityProtection/riskyUsers?$top=500",
    "user_registration_details": (
        "v1.0/reports/authenticationMethods/userRegistrationDetails?$top=999"
    ),
    "recommendations": "beta/directory/recommendations?$expand=impactedResources",
    "directory_audits": "v1.0/auditLogs/directoryAudits?$top=999",
    "recommendation_tenant_scores": "beta/directory/recommendations/tenantSecureScores",
}
SINGLE = {
    "security_defaults": "v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
    "authorization_policy": "v1.0/policies/authorizationPolicy",
    "authentication_methods_policy": "v1.0/policies/authenticationMethodsPolicy",
}
# Read beside a feed where it is read at all, and left out where they are refused.
BESIDE = {
    "role_definitions_beta": f"beta{DIRECTORY.removeprefix('v1.0')}/roleDefinitions",
    "conditional_access_policies_beta": "beta/identity/conditionalAccess/policies",
    "service_principals_applications": "v1.0/applications?$top=999",
}
GRANTS, RULES = "application_permissions_grants", "role_management_policies"
# What a feed that was read may lack all the same.
OPTIONAL = (*BESIDE, GRANTS)
HOLDERS = (
    "role_assignments",
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
)
GROUP_SCHEDULES = {
    "group_assignment_schedule_instances": f"{PIM_OF_GROUPS}/assignmentScheduleInstances",
    "group_eligibility_schedule_instances": f"{PIM_OF_GROUPS}/eligibilityScheduleInstances",
}
# Without these nobody knows whom to ask for.
NEEDS = {
    **dict.fromkeys(GROUP_SCHEDULES, ("role_assignments",)),
    "group_members": ("role_assignments", "groups"),
    "users": ("role_assignments",),
    "service_principals": ("role_assignments",),
    "role_management_policies": ("role_assignments",),
    PER_USER: ("role_assignments", "users"),
}
USER = (
    "id,displayName,userPrincipalName,mail,accountEnabled,userType,createdDateTime,"
    "onPremisesSyncEnabled,externalUserState,lastPasswordChangeDateTime"
)
# Microsoft Graph, Exchange Online and SharePoint Online, asked for one by one.
APIS = (
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
)
DETECTED_DAYS = 30
Parts = dict[str, list[Record]]


@dataclass
class Reading:
    """One tenant read once: outcome by feed, and the records by feed or part of a feed."""

    reader: WireReader
    run_date: date
    days: int | None = None
    outcomes: dict[str, str] = field(default_factory=dict)
    parts: Parts = field(default_factory=dict)

    def read(self) -> "Reading":
        """Read every feed, each after those that name whom it asks for."""
        for feed, path in LISTS.items():
            self._take(feed, lambda path=path, feed=feed: {feed: self._list(feed, path)})
        for feed, path in SINGLE.items():
            self._take(feed, lambda path=path, feed=feed: {feed: self.reader.single(path)})
        since = self.run_date - timedelta(days=DETECTED_DAYS)
        detections = (
            "v1.0/identityProtection/riskDetections"
            f"?$filter=detectedDateTime%20ge%20{since}T00:00:00Z&$top=500"
        )
        self._take("risk_detections", lambda: {"risk_detections": self.reader.records(detections)})
        self._take("groups", self._groups)
        for feed, path in GROUP_SCHEDULES.items():
            self._take(feed, lambda path=path, feed=feed: {feed: self._group_schedules(path)})
        self._take("group_members", self._members)
        self._take("users", self._users)
        self._take(PER_USER, self._per_user)
        principals = "v1.0/servicePrincipals?$top=999"
        self._take(
            "service_principals", lambda: {"service_principals": self.reader.records(principals)}
        )
        self._take("application_permissions", self._permissions)
        for part, path in BESIDE.items():
            self._beside(part, path)
        return self

    def _take(self, feed: str, read: Callable[[], Parts]) -> None:
        for needed in NEEDS.get(feed, ()):
            if self.outcomes[needed] not in COMPLETE:
                self.outcomes[feed] = self.outcomes[needed]
                return
        unlicensed = self.outcomes.get("role_eligibility_schedule_instances") == "not_licensed"
        if feed in (*GROUP_SCHEDULES, RULES) and unlicensed:
            self.outcomes[feed] = "not_licensed"
            return
        try:
            parts = read()
        except RefusedError as refused:
            if feed == RULES and refused.code == NEVER_USED:
                self.parts[feed], self.outcomes[feed] = [], "empty"
                return
            # The licence check of Graph refuses licensed tenants too, now and then.
            is_false = refused.code == NOT_PREMIUM and bool(self._is_premium())
            self.outcomes[feed] = "unavailable" if is_false else refused.outcome
            return
        self.parts |= parts
        self.outcomes[feed] = "ok" if any(parts.values()) else "empty"

    def _is_premium(self) -> bool | None:
        """Whether the subscriptions or the newest score record say P1 or P2; None where neither
        says anything."""
        newest = next(iter(self.parts.get("secure_scores", ())), {})
        said = {tier_of_services(newest.get("enabledServices"))}
        if "subscribed_skus" in self.parts:
            said.add(licence_of_skus(tuple(self.parts["subscribed_skus"]), None)[0])
        return None if said == {None} else bool(said & {"p1", "p2"})

    def _beside(self, part: str, path: str) -> None:
        try:
            self.parts[part] = self.reader.records(path)
        except RefusedError:
            self.parts.pop(part, None)

    def _list(self, feed: str, path: str) -> list[Record]:
        if feed != "secure_scores" or self.days is None:
            return self.reader.records(path)
        # $top is a page size to Graph: older records would follow on further pages.
        return self.reader.first_page(f"{path}?$top={self.days}")

    def _principals(self) -> Iterator[tuple[str, str]]:
        """Everybody whom a feed of roles names, with the type where it tells one."""
        for feed in HOLDERS:
            for row in self.parts.get(feed, ()):
                kind = (row.get("principal") or {}).get("@odata.type", "")
                yield row["principalId"].lower(), kind.rpartition(".")[2]

    def _role_groups(self) -> set[str]:
        listed = {group["id"].lower() for group in self.parts.get("groups", ())}
        return {one for one, kind in self._principals() if kind == "group" or one in listed}

    def _named_groups(self) -> set[str]:
        policies = self.parts.get("conditional_access_policies", [])
        named: set[str] = set()
        for policy in policies:
            users = (policy.get("conditions") or {}).get("users") or {}
            for side in ("includeGroups", "excludeGroups"):
                named |= {group.lower() for group in users.get(side) or ()}
        return named

    def _groups(self) -> Parts:
        wanted = {one for one, _ in self._principals()} | self._named_groups()
        listed = self.reader.records("v1.0/groups?$top=999")
        kept = [g for g in listed if g.get("isAssignableToRole") or g["id"].lower() in wanted]
        return {"groups": kept}

    def _group_schedules(self, path: str) -> list[Record]:
        found: list[Record] = []
        for group in self._spreading(self._role_groups(), found, "principal"):
            query = f"$filter=groupId%20eq%20%27{group}%27&$expand=principal"
            found += self.reader.records(f"{path}?{query}")
        return found

    def _members(self) -> Parts:
        direct: list[Record] = []
        for group in self._spreading(self._role_groups() | self._groups_in_pim(), direct, None):
            direct += self._of_group(group, "members")
        listed = {group["id"].lower() for group in self.parts["groups"]}
        named = sorted(self._named_groups() & listed)
        transitive = [row for group in named for row in self._of_group(group, "transitiveMembers")]
        return {"group_members": direct, "group_members_transitive": transitive}

    def _spreading(
        self, groups: Iterable[str], found: list[Record], member: str | None
    ) -> Iterator[str]:
        """These groups, and those that turn up among the rows found meanwhile."""
        asked: set[str] = set()
        waiting = sorted(groups)
        while waiting:
            group = waiting.pop(0)
            asked.add(group)
            yield group
            for row in found:
                one = row if member is None else (row.get(member) or {})
                if str(one.get("@odata.type")).endswith(".group"):
                    identifier = (row["principalId"] if member else row["id"]).lower()
                    if identifier not in asked and identifier not in waiting:
                        waiting.append(identifier)

    def _groups_in_pim(self) -> set[str]:
        """Groups that are members of others, or may become it, by PIM for Groups."""
        rows = (row for feed in GROUP_SCHEDULES for row in self.parts.get(feed, ()))
        kinds = {
            row["principalId"]: str((row.get("principal") or {}).get("@odata.type")) for row in rows
        }
        return {one.lower() for one, kind in kinds.items() if kind.endswith(".group")}

    def _of_group(self, group: str, relation: str) -> list[Record]:
        path = f"v1.0/groups/{group}/{relation}?$select=id&$top=999"
        try:
            return [{**row, "group_id": group} for row in self.reader.records(path)]
        except RefusedError as refused:
            # A group that is gone has no members.
            if refused.outcome != "not_found":
                raise
            return []

    def _users(self) -> Parts:
        is_premium = self._is_premium()
        if is_premium is not False:
            full = f"v1.0/users?$select={USER},signInActivity&$top=500"
            try:
                return {"users": self.reader.records(full)}
            except RefusedError as refused:
                is_false = refused.code == NOT_PREMIUM and is_premium
                if refused.code not in NO_SIGN_INS or is_false:
                    raise
        return {"users": self.reader.records(f"v1.0/users?$select={USER}&$top=999")}

    def _per_user(self) -> Parts:
        principals: dict[str, set[str]] = {}
        rows = (row for feed in GROUP_SCHEDULES for row in self.parts.get(feed, ()))
        shown = ((r["principalId"], r.get("principal") or {}) for r in rows)
        members = ((r["id"], r) for r in self.parts.get("group_members", ()))
        told = ((one, str(r.get("@odata.type"))) for one, r in (*shown, *members))
        for one, kind in (*self._principals(), *told):
            principals.setdefault(one.lower(), set()).add(kind.rpartition(".")[2])
        read = (self.parts.get(f, ()) for f in ("conditional_access_policies", "security_defaults"))
        found = []
        for user in wanted(principals, self.parts["users"], *read):
            try:
                [state] = self.reader.single(f"beta/users/{user}/authentication/requirements")
            except RefusedError as refused:
                if refused.outcome != "not_found":
                    raise
            else:
                found.append({"id": user, **state})
        return {PER_USER: found}

    def _permissions(self) -> Parts:
        found_apis = [
            one
            for api in APIS
            for one in self.reader.records(
                f"v1.0/servicePrincipals?$filter=appId%20eq%20%27{api}%27"
            )
        ]
        assigned = [
            row
            for resource in found_apis
            for row in self.reader.records(
                f"v1.0/servicePrincipals/{resource['id']}/appRoleAssignedTo?$top=999"
            )
        ]
        found = {
            "application_permissions_resource": found_apis,
            "application_permissions": assigned,
        }
        try:
            found[GRANTS] = self.reader.records("v1.0/oauth2PermissionGrants?$top=999")
        except RefusedError as refused:
            # What opens them may be withheld; anything else that is wrong with them is the feed's.
            if refused.outcome != "not_permitted":
                raise
        return found
