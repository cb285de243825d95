"""What an access token says of itself: whose it is and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

# Permissions that include another one, where the catalogue names none for it.
_INCLUDING: Mapping[str, frozenset[str]] = {
    "DelegatedPermissionGrant.Read.All": frozenset(
        {
            "DelegatedPermissionGrant.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        }
    ),
}


@dataclass(frozen=True)
class Claims:
    """`permissions` is None where the token does not say; `client_id` is the application's."""

    permissions: frozenset[str] | None = None
    client_id: str | None = None

    def grants(self, accepted: frozenset[str]) -> bool | None:
        """Whether any of these permissions is there; None where that is not known."""
        if self.permissions is None:
            return None
        wider = frozenset().union(*(_INCLUDING.get(one, frozenset()) for one in accepted))
        return bool(self.permissions & (accepted | wider))


def read_claims(token: str) -> Claims:
    """The claims of a Graph token, unverified: Graph alone can check its own tokens.

    Application permissions stand in `roles`, delegated ones in `scp`. Empty for a token that is
    no JWT.
    """
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return Claims()
    roles, scopes = claims.get("roles"), claims.get("scp")
    permissions = (
        {one for one in roles if isinstance(one, str)} if isinstance(roles, list) else set()
    )
    if isinstance(scopes, str):
        permissions |= set(scopes.split())
    client_id = claims.get("appid") or claims.get("azp")
    return Claims(frozenset(permissions), client_id if isinstance(client_id, str) else None)
