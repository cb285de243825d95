"""Access tokens: JWTs signed by the sandbox's own key, minted at sign-in and checked at Graph."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import rsa

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
_KEY_ID = "sandbox-signing-key"
_REVOKED = (
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and "
    "code: TokenIssuedBeforeRevocationTimestamp"
)


class TokenError(Exception):
    """The token is not good; the message is Graph's, `claims` what a new one must carry."""

    def __init__(self, message: str, *, claims: str | None = None) -> None:
        super().__init__(message)
        self.claims = claims


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
        self._challenges: dict[str, int] = {}

    def mint(
        self,
        *,
        tenant_id: str,
        client_id: str,
        roles: Sequence[str],
        audience: str,
        authority: str,
        claims_asked: str = "",
    ) -> str:
        """A token; `claims_asked` is the `claims` of the sign-in, the answer to a challenge."""
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
            "answers": _not_before(claims_asked),
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def check(self, token: str, audiences: Sequence[str]) -> Claims:
        """The claims of a good token.

        Raises TokenError for one that is malformed, foreign, expired or for another resource.
        """
        claims = self._checked.get(token) or self._decode(token)
        if claims["exp"] <= time.time() or claims["minted"] <= self._good_from:
            raise TokenError("Lifetime validation failed, the token is expired.")
        challenge = self._challenges.get(claims["tid"])
        if challenge is not None and claims["answers"] != challenge:
            raise TokenError(_REVOKED, claims=_claims_wanted(challenge))
        if claims["aud"] not in audiences:
            raise TokenError("Access token validation failure. Invalid audience.")
        return Claims(claims["tid"], claims["appid"], frozenset(claims["roles"]))

    def expire_all(self) -> None:
        """Every token minted so far counts as expired."""
        self._good_from = time.time()

    def challenge(self, tenant_id: str) -> None:
        """Every token of a tenant so far is revoked: only one whose sign-in carries the claims of
        the challenge is good."""
        self._challenges[tenant_id] = max(int(time.time()), self._challenges.get(tenant_id, 0) + 1)

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


def _claims_wanted(moment: int) -> str:
    wanted = {"access_token": {"nbf": {"essential": True, "value": str(moment)}}}
    return orjson.dumps(wanted).decode()


def _not_before(claims: str) -> int | None:
    """The `nbf` that a sign-in's claims ask for; None without."""
    try:
        asked = orjson.loads(claims or "{}")
        return int(asked["access_token"]["nbf"]["value"])
    except (ValueError, KeyError, TypeError):
        return None
