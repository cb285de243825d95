"""Enumerations that grew: without a preference a newer word arrives as `unknownFutureValue`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_PREFERENCE = "include-unknown-enum-members"
_SENTINEL = "unknownFutureValue"
_RISK_DETAIL = frozenset(
    {
        "m365DAdminDismissedDetection",
        "adminConfirmedServicePrincipalCompromised",
        "adminDismissedAllRiskForServicePrincipal",
        "userChangedPasswordOnPremises",
        "adminDismissedRiskForSignIn",
        "adminConfirmedAccountSafe",
        "microsoftRevokedSessions",
    }
)
_METHODS = frozenset({"qrCodePin"})
_STATUSES = frozenset(
    {"riskAccepted", "thirdParty", "planned", "alternateMitigation", "needsMoreAction"}
)
_POLICIES = {
    "builtInControls": frozenset({"riskRemediation"}),
    "includePlatforms": frozenset({"linux"}),
    "excludePlatforms": frozenset({"linux"}),
    "allowedCombinations": _METHODS,
}
# The words above the sentinel in Microsoft's metadata, by resource and member. The same word in
# another resource may be plain text, on which the preference has no effect.
_NEWER: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "identity/conditionalAccess/policies": _POLICIES,
        "policies/authenticationStrengthPolicies": {"allowedCombinations": _METHODS},
        "identityProtection/riskyUsers": {"riskDetail": _RISK_DETAIL},
        "identityProtection/riskDetections": {
            "riskDetail": _RISK_DETAIL,
            "activity": frozenset({"servicePrincipal"}),
        },
        "directory/recommendations": {
            "category": frozenset({"mdiSecureScore"}),
            "status": _STATUSES,
            "requiredLicenses": frozenset({"aatp", "microsoftEntraSuite"}),
            "recommendationType": frozenset(
                {
                    "longLivedCredentials",
                    "aadConnectDeprecated",
                    "adalToMsalMigration",
                    "ownerlessApps",
                    "inactiveGuests",
                    "aadGraphDeprecationApplication",
                    "aadGraphDeprecationServicePrincipal",
                    "mfaServerDeprecation",
                }
            ),
        },
        "directory/recommendations('{id}')/impactedResources": {"status": _STATUSES},
    }
)


def wants_all(prefer: str) -> bool:
    """Whether a `Prefer` header, which may hold several preferences, asks for every word."""
    return _PREFERENCE in (one.strip().lower() for one in prefer.split(","))


def may_hide(context: str) -> bool:
    """Whether a resource has words that a client without the preference does not get."""
    return context in _NEWER


def hidden(context: str, page: Any) -> Any:
    """A page of a resource as a client without the preference gets it."""
    return _hidden(page, _NEWER[context])


def _hidden(
    value: Any, newer: Mapping[str, frozenset[str]], words: frozenset[str] = frozenset()
) -> Any:
    if isinstance(value, dict):
        return {
            name: _hidden(one, newer, newer.get(name, frozenset())) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_hidden(one, newer, words) for one in value]
    if words and isinstance(value, str):
        # Flags travel as one text with commas between them.
        return ",".join(_SENTINEL if word in words else word for word in value.split(","))
    return value
