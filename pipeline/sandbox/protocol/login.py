"""The login authority: OpenID configuration and the token endpoint, with its AADSTS errors."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jwt
import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pipeline.sandbox.protocol.certificates import client_certificate
from pipeline.sandbox.protocol.clock import Clock
from pipeline.sandbox.protocol.wire import Answer

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class LoginError(Exception):
    """A sign-in that the authority answers with an AADSTS error."""

    def __init__(self, number: int, error: str, text: str, *, status: int = 401) -> None:
        super().__init__(text)
        self.number, self.error, self.text, self.status = number, error, text, status

    def answer(self, clock: Clock) -> Answer:
        stamp = f"{clock.now():%Y-%m-%d %H:%M:%SZ}"
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        body = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.text}\r\nTrace ID: {trace}\r\n"
            f"Correlation ID: {correlation}\r\nTimestamp: {stamp}",
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return Answer(self.status, orjson.dumps(body))


@dataclass(frozen=True)
class Application:
    """The one application that every tenant has consented to, and its credentials."""

    client_id: str
    secret: str
    expired_secret: str

    @cached_property
    def certificate(self) -> bytes:
        """Key and self-signed certificate as PEM, made on first use."""
        return client_certificate("Identity Posture")

    @cached_property
    def x509(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate)

    def verify(self, form: Mapping[str, str], *, token_endpoint: str) -> None:
        """Check the secret or the assertion of a token request; raises LoginError."""
        if "client_assertion" in form:
            self._verify_assertion(form, token_endpoint)
        elif form.get("client_secret") == self.expired_secret:
            raise LoginError(
                7000222,
                "invalid_client",
                f"The provided client secret keys for app '{self.client_id}' are expired. Visit "
                "the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, "
                "or consider using certificate credentials for added security: "
                "https://aka.ms/certCreds.",
            )
        elif form.get("client_secret") != self.secret:
            raise LoginError(
                7000215,
                "invalid_client",
                "Invalid client secret provided. Ensure the secret being sent in the request is "
                "the client secret value, not the client secret ID, for a secret added to app "
                f"'{self.client_id}'.",
            )

    def _verify_assertion(self, form: Mapping[str, str], token_endpoint: str) -> None:
        unsigned = LoginError(
            700027,
            "invalid_client",
            "The certificate with identifier used to sign the client "
            "assertion is not registered on application, or the signature is invalid.",
        )
        try:
            header = jwt.get_unverified_header(form["client_assertion"])
            claims = jwt.decode(
                form["client_assertion"],
                self.x509.public_key(),  # type: ignore[arg-type]
                algorithms=["RS256", "PS256"],
                audience=token_endpoint,
                options={"require": ["exp", "iss", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            text = "Client assertion is not within its valid time range."
            raise LoginError(700024, "invalid_client", text) from None
        except jwt.InvalidTokenError:
            raise unsigned from None
        # Clients differ in whether they keep the base64 padding.
        named = [str(header.get(name) or "").rstrip("=") for name in ("x5t#S256", "x5t")]
        registered = self._thumbprint(hashes.SHA256()), self._thumbprint(hashes.SHA1())
        right_type = form.get("client_assertion_type") == ASSERTION_TYPE
        issued_by = {claims["iss"], claims["sub"]}
        if not right_type or issued_by != {self.client_id}:
            raise unsigned
        if not any(name and name == mine for name, mine in zip(named, registered, strict=True)):
            raise unsigned

    def _thumbprint(self, algorithm: hashes.HashAlgorithm) -> str:
        return base64.urlsafe_b64encode(self.x509.fingerprint(algorithm)).rstrip(b"=").decode()


def tenant_not_found(tenant: str) -> LoginError:
    return LoginError(
        90002,
        "invalid_tenant",
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant.",
        status=400,
    )


def application_not_found(client_id: str, tenant_name: str) -> LoginError:
    return LoginError(
        700016,
        "unauthorized_client",
        f"Application with identifier '{client_id}' was not found in the directory "
        f"'{tenant_name}'. This can happen if the application has not been installed by the "
        "administrator of the tenant or consented to by any user in the tenant. You may have sent "
        "your authentication request to the wrong tenant.",
        status=400,
    )


def refusal(code: int, *, client_id: str, tenant_name: str) -> LoginError:
    """What a tenant says that does not let the application in."""
    if code == 7000112:
        text = f"Application '{client_id}'(Identity Posture) is disabled."
        return LoginError(code, "unauthorized_client", text, status=400)
    if code == 53003:
        text = (
            "Access has been blocked by Conditional Access policies. The access policy does not "
            "allow token issuance."
        )
        return LoginError(code, "access_denied", text, status=400)
    return application_not_found(client_id, tenant_name)


def unknown_resource(scope: str, tenant_name: str) -> LoginError:
    return LoginError(
        500011,
        "invalid_resource",
        f"The resource principal named {scope} was not found in the tenant named {tenant_name}. "
        "This can happen if the application has not been installed by the administrator of the "
        "tenant or consented to by any user in the tenant.",
        status=400,
    )


def bad_token_request(text: str) -> LoginError:
    return LoginError(900144, "invalid_request", text, status=400)


def openid_configuration(origin: str, tenant_id: str) -> dict[str, Any]:
    base = f"{origin}/{tenant_id}"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "tenant_region_scope": "EU",
    }
