"""The refusals that say more than "no": missing permission, missing licence, wrong request.

Codes and texts as Graph sends them; a test can put any of them in force as a fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from pipeline.sandbox.protocol.wire import PRIVILEGES_MISSING, SCOPES_MISSING, GraphError

_TOKEN_SCOPES = (
    "You cannot perform the requested operation, required scopes are missing in the token."
)


@dataclass(frozen=True)
class Refusal:
    """Status, code and message of an error that Graph sends for one reason."""

    status: int
    code: str
    message: str

    def error(self) -> GraphError:
        return GraphError(self.status, self.code, self.message)


NON_PREMIUM = Refusal(
    403,
    "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    "Tenant is not a B2C tenant and doesn't have premium license",
)
RISK_NOT_LICENSED = Refusal(403, "Forbidden", "Your tenant is not licensed for this feature.")
PIM_NOT_LICENSED = Refusal(
    400,
    "AadPremiumLicenseRequired",
    "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
)
NO_AUDIT_LOG = Refusal(
    403,
    "Authentication_MSGraphPermissionMissing",
    "The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All",
)
# Of PIM's rules where none, or the wrong ones, are asked for, and where PIM was never used.
MISSING_PROVIDER = Refusal(
    400,
    "UnknownError",
    '{"errorCode":"MissingProvider","message":"The provider is missing.","instanceAnnotations":[]}',
)
NO_PRIVILEGES = Refusal(403, "Authorization_RequestDenied", PRIVILEGES_MISSING)
# What a caller without permission reads, by family of endpoints.
NOT_PERMITTED: Mapping[str, Refusal] = {
    "directory": NO_PRIVILEGES,
    "security": Refusal(403, "Forbidden", SCOPES_MISSING),
    "policy": Refusal(403, "AccessDenied", _TOKEN_SCOPES),
    "risk": Refusal(403, "Forbidden", _TOKEN_SCOPES),
    "reports": NO_AUDIT_LOG,
}
NOT_LICENSED: Mapping[str, Refusal] = {
    "pim": PIM_NOT_LICENSED,
    "risk": RISK_NOT_LICENSED,
    "reports": NON_PREMIUM,
}
TIERS = ("free", "p1", "p2")
LICENCE_OF: Mapping[str, str] = {"pim": "p2", "risk": "p2", "reports": "p1"}


def pim_not_permitted(scopes: Sequence[str]) -> Refusal:
    """PIM's refusal: the error proper is a JSON document inside the message."""
    text = f"Authorization failed due to missing permission scope {','.join(scopes)}."
    inner = {"errorCode": "PermissionScopeNotGranted", "message": text, "instanceAnnotations": []}
    return Refusal(403, "UnknownError", orjson.dumps(inner).decode())


def owns(tier: str, needed: str) -> bool:
    """True if a tenant of that licence tier has what the needed tier brings."""
    return TIERS.index(tier) >= TIERS.index(needed)


def not_found(identifier: str) -> GraphError:
    message = (
        f"Resource '{identifier}' does not exist or one of its queried reference-property "
        "objects are not present."
    )
    return GraphError(404, "Request_ResourceNotFound", message)
