"""Invented principals: users, groups and service principals as Graph expands them."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.sandbox.story.identity import Tenant, derived_uuid

_FIRST = (
    "Amara Bjorn Chidi Dalia Eivind Farah Gustavo Hana Ishaan Jolanta Kenji Leonie Malik Nadia "
    "Oskar Priya Quentin Rosalind Stellan Tamsin Umar Vesna Wiktor Xenia Yusuf Zofia"
)
_LAST = (
    "Abernetty Brandvold Castellan Dunmore Eklund Farrow Grunewald Hallowell Ibarra Jasinski "
    "Kowalik Lindqvist Mbeki-Roth Nakagawa Okonjo Pettersen Quist Rademaker Sorensen Tveit "
    "Ulrichsen Vantongeren Wolanski Yardley Zielonka"
)
FIRST_NAMES, LAST_NAMES = _FIRST.split(), _LAST.split()
AWKWARD_NAMES = (
    "Siobhán O'Mara-Quist",
    "=cmd|' /C calc'!A0",
    "\u05de\u05d9\u05db\u05dc \u05d0\u05d1\u05e8\u05d4\u05dd",
    '<img src=x onerror="alert(1)"> Tveit',
    "Dr. \u201eKit\u201c Zhang-Łukasz \U0001f6e1",
)
_JOBS = ("Owner", "Office Manager", "IT Administrator", "Security Analyst", "Systems Engineer")


def user(tenant: Tenant, number: int, *, born: date, **changes: Any) -> dict[str, Any]:
    """A user as `$expand=principal` shows one: every property that has a value or a null."""
    rng = tenant.rng("person", number)
    awkward = number % 9 == 4
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    alias = f"user{number}" if awkward else f"{first}.{last}{number}".lower()
    upn = f"{alias}@{tenant.domain}"
    hired = stamp(rng, born - timedelta(days=rng.randint(100, 2000)))
    return {
        "@odata.type": "#microsoft.graph.user",
        "id": user_id(tenant, number),
        "deletedDateTime": None,
        "accountEnabled": True,
        "businessPhones": [f"+00 5550 {rng.randint(1000, 9999)}"] if number % 2 else [],
        "createdDateTime": hired,
        "displayName": AWKWARD_NAMES[number % len(AWKWARD_NAMES)] if awkward else f"{first} {last}",
        "givenName": first,
        "jobTitle": rng.choice(_JOBS),
        "mail": upn if number % 4 else None,
        "mobilePhone": None,
        "officeLocation": None,
        "onPremisesSyncEnabled": None,
        "preferredLanguage": rng.choice(("en-GB", "de-DE", None)),
        "surname": last,
        "userPrincipalName": upn,
        "userType": "Member",
    } | changes


def emergency(tenant: Tenant, number: int, *, born: date, in_order: bool) -> dict[str, Any]:
    """An account kept for the day on which nobody else gets in; in order on the first domain."""
    name = f"emergency.access{number}@{tenant.initial_domain}"
    return user(
        tenant,
        number,
        born=born,
        displayName=f"Emergency Access {number}" if in_order else "Emergency Access",
        jobTitle=None,
        mail=None,
        userPrincipalName=name if in_order else f"emergency.access@{tenant.domain}",
    )


def user_id(tenant: Tenant, number: int) -> str:
    """The id of the role holder with that number."""
    return derived_uuid("user", tenant.seed, tenant.index, number)


def guest(tenant: Tenant, number: int, *, born: date) -> dict[str, Any]:
    """An administrator of a managed service partner, as a guest."""
    alias = f"helpdesk{number}_partner.example#EXT#@{tenant.domain}"
    return user(
        tenant,
        number,
        born=born,
        displayName="Partner Helpdesk",
        mail="helpdesk@partner.example",
        userPrincipalName=alias,
        userType="Guest",
        creationType="Invitation",
    )


def provider_id(tenant: Tenant) -> str:
    """The tenant of the managed service provider, the same for all its clients."""
    return derived_uuid("provider", tenant.seed)


def partner_group(tenant: Tenant, name: str) -> dict[str, Any]:
    """A group of the provider, of which a client's directory has a reference alone."""
    return {
        "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
        "id": derived_uuid("provider group", tenant.seed, name),
        "deletedDateTime": None,
        "displayName": name,
        "description": None,
        "externalPartnerTenantId": provider_id(tenant),
        "objectType": "Group",
    }


def group(tenant: Tenant, number: int, *, born: date, name: str) -> dict[str, Any]:
    """A role-assignable security group."""
    rng = tenant.rng("group", number)
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": derived_uuid("group", tenant.seed, tenant.index, number),
        "deletedDateTime": None,
        "createdDateTime": stamp(rng, born - timedelta(days=rng.randint(30, 900))),
        "description": f"Members hold directory roles: {name}",
        "displayName": name,
        "groupTypes": [],
        "isAssignableToRole": True,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": f"group{number}",
        "securityEnabled": True,
        "visibility": "Private",
    }


def service_principal(tenant: Tenant, number: int, *, name: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": derived_uuid("service principal", tenant.seed, tenant.index, number),
        "deletedDateTime": None,
        "accountEnabled": True,
        "appDisplayName": name,
        "appId": derived_uuid("application", tenant.seed, number),
        "appOwnerOrganizationId": tenant.tenant_id if number % 2 else None,
        "displayName": name,
        "servicePrincipalType": "ManagedIdentity" if number % 3 == 2 else "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }


def stamp(rng: random.Random, day: date) -> str:
    """A time on `day` with no, three, six or seven fractional digits, as the services write it."""
    moment = datetime(day.year, day.month, day.day) + timedelta(seconds=rng.randint(25000, 70000))
    digits = rng.choice((0, 3, 6, 7))
    fraction = f".{rng.randint(10 ** (digits - 1), 10**digits - 1)}" if digits else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"
