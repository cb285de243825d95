"""How strong the ways are in which a user can sign in."""

from collections.abc import Mapping
from typing import Any

# The classes of authentication methods from the strongest to the weakest.
_CLASSES = {
    "phishing_resistant": "fido2SecurityKey windowsHelloForBusiness macOsSecureEnclaveKey "
    "passKeySynced passKeyDeviceBound passKeyDeviceBoundAuthenticator "
    "passKeyDeviceBoundWindowsHello certificate",
    "passwordless": "microsoftAuthenticatorPasswordless",
    "app": "microsoftAuthenticatorPush softwareOneTimePasscode hardwareOneTimePasscode "
    "externalAuthMethod federatedMultiFactor qrCodePin",
    "phone": "mobilePhone alternateMobilePhone officePhone",
    "temporary": "temporaryAccessPass",
}
METHOD_CLASSES: Mapping[str, frozenset[str]] = {
    name: frozenset(methods.lower().split()) for name, methods in _CLASSES.items()
}
# Good for resetting a password, not for signing in with a second factor.
_NO_FACTOR = frozenset({"email", "securityquestion", "apppassword"})


def strongest_class(methods: Any) -> str:
    """The class of the strongest method in a list; `none` for none, `other` for unknown ones."""
    known = {one.lower() for one in methods or () if isinstance(one, str)}
    for name, members in METHOD_CLASSES.items():
        if known & members:
            return name
    return "other" if known - _NO_FACTOR else "none"
