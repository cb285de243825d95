"""Access tokens: JWTs signed by the sandbox's own key, minted at sign-in and checked at Graph."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
_KEY_ID = "sandbox-signing-key"


class TokenError(Exception):
    """The token is not good; the message is Graph's."""


@dataclass(frozen=True)
class Claims:
    """Who calls: the tenant, the application, and the application roles granted at sign-in."""

    tenant_id: str
    client_id: str
    roles: frozenset[str]


class TokenIssuer:
    """Mints and checks tokens. Lifetimes run on the system's time, as the client's cache does."""

    def __init__(self, lifetime: int = 3599) -> None:
        self.lifetime = lifetime
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._checked: dict[str, dict[str, Any]] = {}
        self._good_from = 0.0

    def mint(
        self, *, tenant_id: str, client_id: str, roles: Sequence[str], audience: str, authority: str
    ) -> str:
        now = time.time()
        claims = {
            "aud": audience,
            "iss": f"{authority}/{tenant_id}/",
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + self.lifetime,
            "app_displayname": "Identity Posture",
            "appid": client_id,
            "idtyp": "app",
            "roles": sorted(roles),
            "tid": tenant_id,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
            "minted": now,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def check(self, token: str, audiences: Sequence[str]) -> Claims:
        """The claims of a good token.

        Raises TokenError for one that is malformed, foreign, expired or for another resource.
        """
        claims = self._checked.get(token) or self._decode(token)
        if claims["exp"] <= time.time() or claims["minted"] <= self._good_from:
            raise TokenError("Lifetime validation failed, the token is expired.")
        if claims["aud"] not in audiences:
            raise TokenError("Access token validation failure. Invalid audience.")
        return Claims(claims["tid"], claims["appid"], frozenset(claims["roles"]))

    def expire_all(self) -> None:
        """Every token minted so far counts as expired."""
        self._good_from = time.time()

    def _decode(self, token: str) -> dict[str, Any]:
        options: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
        try:
            claims = jwt.decode(token, self._public_key, algorithms=["RS256"], options=options)
        except jwt.InvalidSignatureError:
            raise TokenError("Access token validation failure. Invalid signature.") from None
        except jwt.InvalidTokenError:
            raise TokenError("CompactToken parsing failed with error code: 80049217") from None
        if len(self._checked) > 4096:
            self._checked.clear()
        self._checked[token] = claims
        return claims

    @cached_property
    def _public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    def keys(self) -> dict[str, Any]:
        """The public key as a JSON web key set."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._public_key, as_dict=True)
        return {"keys": [{**key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}
