"""What an access token says of itself: whose it is and what it may do."""

from dataclasses import dataclass

from pipeline.graph.sign_in import token_claims


@dataclass(frozen=True)
class Claims:
    """`permissions` is None where the token does not say; `client_id` is the application's."""

    permissions: frozenset[str] | None = None
    client_id: str | None = None

    def grants(self, accepted: frozenset[str]) -> bool | None:
        """Whether any of these permissions is there; None where that is not known."""
        if self.permissions is None:
            return None
        return bool(self.permissions & accepted)


def read_claims(token: str) -> Claims:
    """What a Graph token says of its bearer.

    Application permissions stand in `roles`, delegated ones in `scp`. Empty for a token that is
    no JWT.
    """
    claims = token_claims(token)
    if not claims:
        return Claims()
    roles, scopes = claims.get("roles"), claims.get("scp")
    permissions = (
        {one for one in roles if isinstance(one, str)} if isinstance(roles, list) else set()
    )
    if isinstance(scopes, str):
        permissions |= set(scopes.split())
    client_id = claims.get("appid") or claims.get("azp")
    return Claims(frozenset(permissions), client_id if isinstance(client_id, str) else None)
