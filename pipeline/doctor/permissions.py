"""Which application permissions the feeds need, and the link that grants them."""

from collections.abc import Collection, Iterable, Mapping

from pipeline.config.cloud import Cloud
from pipeline.graph.feed import Feed

CLIENT_ID = "<client id>"
TENANT_ID = "<tenant id>"


def permissions_to_grant(feeds: Collection[Feed]) -> Mapping[str, list[str]]:
    """The names of the feeds that each permission opens or completes, in the catalogue's order,
    those last that a tenant may withhold."""
    needed: dict[str, list[str]] = {}
    for feed in feeds:
        for permission in (feed.permission, *more_needed(feed), *completing(feed)):
            needed.setdefault(permission, []).append(feed.name)
    for permission, names in optional_permissions(feeds).items():
        needed.setdefault(permission, []).extend(names)
    return needed


def optional_permissions(feeds: Iterable[Feed]) -> Mapping[str, list[str]]:
    """The names of the feeds that each permission would round off that a tenant may withhold."""
    found: dict[str, list[str]] = {}
    for feed in feeds:
        for one in feed.requests:
            if one.permission and one.optional:
                found.setdefault(one.permission, []).append(feed.name)
    return found


def accepted(feed: Feed) -> frozenset[str]:
    """The permissions any one of which opens the feed: the least one and those that include it."""
    return feed.accepts | {feed.permission}


def more_needed(feed: Feed) -> list[str]:
    """Permissions that the feed needs besides its own."""
    needed = [one.permission for one in feed.requests if one.permission and not one.optional]
    return list(dict.fromkeys(needed))


def completing(feed: Feed) -> list[str]:
    """Permissions without which the feed is read, but not to the full."""
    return [feed.also] if feed.also else []


def consent_url(cloud: Cloud, tenant_id: str = TENANT_ID, client_id: str = CLIENT_ID) -> str:
    """Where an administrator of the tenant accepts what the application's registration asks for.

    This form needs no redirect URI (Microsoft, "Grant tenant-wide admin consent").
    """
    return f"{cloud.authority}/{tenant_id}/adminconsent?client_id={client_id}"
