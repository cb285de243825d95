"""The records behind users, groups, applications and who has registered for what."""

from collections.abc import Callable
from typing import Any

import orjson

from pipeline.sandbox.protocol.odata import Query, read_filter, selected
from pipeline.sandbox.protocol.refusals import NO_AUDIT_LOG, NON_PREMIUM, not_found, owns
from pipeline.sandbox.protocol.wire import GraphError
from pipeline.sandbox.records.rows import Request, Rows, dumped, filtered, ordered
from pipeline.sandbox.story.per_user_mfa import per_user_mfa_state

_DEFAULT_USER = (
    *("businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone"),
    *("officeLocation", "preferredLanguage", "surname", "userPrincipalName"),
)
_NOT_LISTABLE = frozenset(
    (
        *("aboutme", "birthday", "hiredate", "interests", "mysite", "pastprojects", "skills"),
        *("preferredname", "responsibilities", "schools", "mailboxsettings"),
    )
)
_USERS_WITH_SIGN_INS = 500
_READABLE_WITH = {"user": "User.Read.All", "servicePrincipal": "Application.Read.All"}
_REGISTRATION_FILTERS = (
    *("id", "userType", "isAdmin", "isMfaRegistered", "isMfaCapable", "isSsprRegistered"),
    *("isPasswordlessCapable", "userPrincipalName"),
)


def selects_sign_ins(query: Query) -> bool:
    """True if a query of users asks for the sign-in activity, which is a report."""
    names = (query.option("$select") or "").lower().split(",")
    return any(name.strip().partition("/")[0] == "signinactivity" for name in names)


def users(request: Request) -> Rows:
    query, with_sign_ins = request.query, selects_sign_ins(request.query)
    if with_sign_ins and "AuditLog.Read.All" not in request.roles:
        raise NO_AUDIT_LOG.error()
    if with_sign_ins and not owns(request.story.tenant.licence_tier, "p1"):
        raise NON_PREMIUM.error()
    chosen = query.option("$select")
    if chosen and _NOT_LISTABLE & {name.strip() for name in chosen.lower().split(",")}:
        raise GraphError(501, "NotImplemented", "This operation target is not yet supported.")
    count, at = _found_users(request)

    def render(index: int) -> bytes:
        user = request.story.cast.full(at(index), request.number, with_sign_ins=with_sign_ins)
        if chosen is None:
            return orjson.dumps({name: user[name] for name in _DEFAULT_USER})
        return orjson.dumps(selected(user, query))

    return Rows(count, render, largest_page=_USERS_WITH_SIGN_INS if with_sign_ins else None)


def _found_users(request: Request) -> tuple[int, Callable[[int], dict[str, Any]]]:
    """How many users the filter leaves, and what gives the user at a place."""
    cast, day = request.story.cast, request.number
    fields = ["id", "accountEnabled", "userType", "userPrincipalName"]
    clauses = read_filter(request.query, fields)
    if not clauses:
        return cast.count(day), lambda place: cast.at(place, day)
    named = next((clause.values for clause in clauses if clause.field == "id"), None)
    if named is None:
        candidates = [cast.at(place, day) for place in range(cast.count(day))]
    else:
        found = (cast.find(identifier, day) for identifier in dict.fromkeys(named))
        candidates = [user for user in found if user]
    left = [user for user in candidates if user in filtered([user], clauses)]
    return len(left), left.__getitem__


def requirements(request: Request) -> Rows:
    """The per-user MFA state of one user: all that Graph says of it."""
    if request.story.cast.find(request.target, request.number) is None:
        raise not_found(request.target)
    state = per_user_mfa_state(request.story.tenant, request.target.lower())
    return dumped([{"perUserMfaState": state}], request.query)


def groups(request: Request) -> Rows:
    clauses = read_filter(
        request.query, ["id", "displayName", "isAssignableToRole", "securityEnabled"]
    )
    return dumped(filtered(request.story.groups.all(), clauses), request.query)


def group_members(request: Request) -> Rows:
    return _members(request, transitive=False)


def transitive_members(request: Request) -> Rows:
    return _members(request, transitive=True)


def _members(request: Request, *, transitive: bool, only_users: bool = False) -> Rows:
    found, day = request.story.groups, request.number
    if found.find(request.target) is None:
        raise not_found(request.target)
    listed = found.transitive if transitive else found.members
    records = [found.object(member, day) for member in listed(request.target.lower(), day)]
    if only_users:
        records = [r for r in records if r["@odata.type"] == "#microsoft.graph.user"]
    shown = [_member(record, request, typed=not only_users) for record in records]
    return dumped(shown, request.query, keep=["@odata.type"])


def user_members(request: Request) -> Rows:
    """The members cast to users: nothing else, and no type with each."""
    return _members(request, transitive=False, only_users=True)


def transitive_user_members(request: Request) -> Rows:
    return _members(request, transitive=True, only_users=True)


def _member(record: dict[str, Any], request: Request, *, typed: bool) -> dict[str, Any]:
    """A member as the caller may see it: type and id, and more of what it may read."""
    head = {"@odata.type": record["@odata.type"]} if typed else {}
    kind = record["@odata.type"].rpartition(".")[2]
    if not request.roles & {_READABLE_WITH.get(kind, "GroupMember.Read.All"), "Directory.Read.All"}:
        return head | {"id": record["id"]}
    if kind != "user":
        return head | {name: value for name, value in record.items() if name != "@odata.type"}
    if request.query.option("$select") is None:
        return head | {name: record[name] for name in _DEFAULT_USER}
    return head | request.story.cast.full(record, request.number, with_sign_ins=False)


def service_principals(request: Request) -> Rows:
    clauses = read_filter(request.query, ["id", "appId", "displayName", "servicePrincipalType"])
    found = request.story.applications.service_principals(request.number)
    return dumped(filtered(found, clauses), request.query)


def applications(request: Request) -> Rows:
    clauses = read_filter(request.query, ["id", "appId", "displayName"])
    found = request.story.applications.applications(request.number)
    return dumped(filtered(found, clauses), request.query)


def app_role_assigned_to(request: Request) -> Rows:
    """Who holds application permissions of a service principal; only APIs have given any."""
    found, day = request.story.applications, request.number
    if found.find(request.target, day) is None:
        raise not_found(request.target)
    given = [p for p in found.permissions(day) if p["resourceId"] == request.target.lower()]
    return dumped(given, request.query)


def app_role_assignments(request: Request) -> Rows:
    """The application permissions that a service principal holds."""
    found, day = request.story.applications, request.number
    if found.find(request.target, day) is None:
        raise not_found(request.target)
    held = [p for p in found.permissions(day) if p["principalId"] == request.target.lower()]
    return dumped(held, request.query)


def consents(request: Request) -> Rows:
    clauses = read_filter(request.query, ["clientId", "consentType", "principalId", "resourceId"])
    found = request.story.applications.consents(request.number)
    return dumped(filtered(found, clauses), request.query)


def registration_details(request: Request) -> Rows:
    registration, day, query = request.story.registration, request.number, request.query
    row, count = registration.reader(day), registration.count(day)
    clauses = read_filter(query, _REGISTRATION_FILTERS)
    if not clauses and query.option("$orderby") is None:
        return Rows(count, lambda place: orjson.dumps(selected(row(place), query)))
    found = filtered([row(place) for place in range(count)], clauses)
    return dumped(ordered(found, query, ["userPrincipalName", "userDisplayName", "id"]), query)
