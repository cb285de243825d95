"""Signing in: azure-identity credentials and the token of one tenant."""

import asyncio
import base64
import binascii
import re
import sys
import time
from concurrent.futures import Executor
from typing import Any

import orjson
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError

from pipeline.config.cloud import CUSTOM
from pipeline.config.settings import Credential, Tenant
from pipeline.errors import UsageError
from pipeline.graph.connections import Connections, SignInTransport
from pipeline.graph.outcomes import MAX_TRIES, FeedError, Outcome
from pipeline.graph.retry import Attempts, RetryPolicy, retry_after

_REFRESH_BEFORE = 300.0
_REFRESH_SHARE = 0.1
_LONGEST_REPLY = 60.0
# Microsoft, "Entra authentication and authorization error codes".
_CAUSES = {
    "AADSTS7000215": "the client secret is wrong; put the secret's value, not its id",
    "AADSTS7000222": "the client secret has expired; create a new one",
    "AADSTS700016": "the application is not in this tenant; give admin consent there",
    "AADSTS650051": "the application is not in this tenant; give admin consent there",
    "AADSTS65001": "nobody consented to the application; give admin consent",
    "AADSTS90002": "the tenant does not exist in this cloud; check its id and the cloud",
    "AADSTS900021": "the tenant does not exist in this cloud; check its id and the cloud",
    "AADSTS7000112": "the application is disabled in this tenant; enable it",
    "AADSTS700027": "the certificate is not registered with the application; upload it",
    "AADSTS53003": "a Conditional Access policy blocks the application; exclude it",
}


class ClaimsChallenge(Exception):  # noqa: N818  # no error: Graph asks for another sign-in
    """Graph refused a token by continuous access evaluation; `claims` go into the next sign-in."""

    def __init__(self, claims: str) -> None:
        super().__init__("Graph asks for a sign-in with other claims")
        self.claims = claims


class TenantTokens:
    """The access token of one tenant, as a credential that kiota can ask before each request.

    Checks that the token belongs to the tenant; refreshes it before it ends.
    """

    def __init__(
        self, tenant: Tenant, connections: Connections, *, policy: RetryPolicy, threads: Executor
    ) -> None:
        self._tenant = tenant
        self._connections = connections
        self._policy = policy
        self._threads = threads
        self._token: AccessToken | None = None
        self._good_until = 0.0
        self._claims: str | None = None
        self._lock = asyncio.Lock()

    async def get_token(self, *_scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """The token in use, or a new one near its end or after a claims challenge.

        Raises FeedError: auth_failed, throttled or unavailable. Raises ClaimsChallenge where kiota
        was challenged: it would ask again at once, past the limits that a request must wait for.
        """
        if claims:
            raise ClaimsChallenge(claims)
        async with self._lock:
            if self._token is None or time.time() >= self._good_until:
                self._token = await self._sign_in(self._claims)
                lifetime = self._token.expires_on - time.time()
                early = min(_REFRESH_BEFORE, lifetime * _REFRESH_SHARE)
                self._good_until = self._token.expires_on - early
            return self._token

    @property
    def current(self) -> AccessToken | None:
        """The token in use; None before the first sign-in and after a refusal."""
        return self._token

    def forget(self, refused: AccessToken | None, claims: str | None = None) -> None:
        """Drop a token that Graph refused, so that the next request asks for a new one.

        A token that came since stays: several requests may have been refused with the last one.
        """
        if refused is None or self._token is refused:
            self._token = None
        # Claims that are no JSON would make every later sign-in fail.
        if claims and _is_object(claims):
            self._claims = claims

    async def _sign_in(self, claims: str | None) -> AccessToken:
        attempts = Attempts(self._policy)
        loop = asyncio.get_running_loop()
        while True:
            attempts.begin()
            seconds = min(_LONGEST_REPLY, max(attempts.seconds_left, 1.0))
            transport = self._connections.sign_in(seconds)
            try:
                token = await loop.run_in_executor(self._threads, self._ask, transport, claims)
            except (AzureError, UsageError, ValueError, OSError) as error:
                failure, again = _failure(error, transport)
                wait = attempts.wait_before_next(retry_after(transport.headers), MAX_TRIES)
                if not again or wait is None:
                    raise failure from None
                await asyncio.sleep(wait)
            else:
                self._check(token)
                return token

    def _ask(self, transport: SignInTransport, claims: str | None) -> AccessToken:
        # A new credential each time: msal keeps refusals in its cache and would repeat them.
        credential = build_credential(self._tenant, transport)
        options = {"claims": claims, "enable_cae": True} if claims else {}
        token: AccessToken = credential.get_token(self._tenant.cloud.scope, **options)
        return token

    def _check(self, token: AccessToken) -> None:
        owner = token_claims(token.token).get("tid")
        if owner is not None and str(owner).lower() != self._tenant.tenant_id:
            raise FeedError(
                Outcome.AUTH_FAILED,
                "sign-in gave the token of another tenant and it was not used; "
                "check the credential and the tenant's id",
                error_code="wrong_tenant",
            )


def build_credential(tenant: Tenant, transport: SignInTransport) -> Any:
    """The azure-identity credential of a tenant. Raises ValueError for an unusable certificate."""
    from azure import identity  # 200 modules, and 150 ms that reading a configuration can spare

    credential, tenant_id = tenant.credential, tenant.tenant_id
    options: dict[str, Any] = {
        "authority": tenant.cloud.authority,
        "transport": transport,
        # Tries are counted and bounded here; azure-core would wait on its own as well.
        "retry_total": 0,
        "disable_instance_discovery": tenant.cloud.name == CUSTOM,
    }
    application = credential.client_id or ""
    optional: dict[str, Any] = {"client_id": application} if application else {}
    match credential.kind:
        case "client_secret":
            assert credential.client_secret is not None
            secret = credential.client_secret.reveal()
            return identity.ClientSecretCredential(tenant_id, application, secret, **options)
        case "certificate":
            options["password"] = _password(credential)
            path = str(credential.certificate)
            return identity.CertificateCredential(tenant_id, application, path, **options)
        case "managed_identity":
            return identity.ManagedIdentityCredential(transport=transport, **optional)
        case "workload_identity":
            if credential.token_file:
                options["token_file_path"] = str(credential.token_file)
            return identity.WorkloadIdentityCredential(tenant_id=tenant_id, **optional, **options)
        case "azure_cli":
            return identity.AzureCliCredential(tenant_id=tenant_id)
        case "device_code":
            options |= {"prompt_callback": _show_code, **optional}
            return identity.DeviceCodeCredential(tenant_id=tenant_id, **options)
        case _:
            return identity.DefaultAzureCredential(
                managed_identity_client_id=credential.client_id,
                workload_identity_tenant_id=tenant_id,
                additionally_allowed_tenants=["*"],
                **options,
            )


def _password(credential: Credential) -> str | None:
    secret = credential.certificate_password
    return secret.reveal() if secret else None


def _show_code(url: str, code: str, _expires: object) -> None:
    print(f"To sign in, open {url} and enter the code {code}", file=sys.stderr, flush=True)


def _failure(error: Exception, transport: SignInTransport) -> tuple[FeedError, bool]:
    """What a failed sign-in means, and whether it is worth trying again.

    Messages of the libraries are not repeated: a careless authority could echo a secret there.
    """
    status = transport.status
    if status == 429:
        note = "sign-in is throttled (HTTP 429); run again later"
        return FeedError(Outcome.THROTTLED, note, http_status=status), True
    if status is not None and status >= 500:
        note = f"the sign-in service does not answer (HTTP {status}); run again later"
        return FeedError(Outcome.UNAVAILABLE, note, http_status=status), True
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        note = "the sign-in service's certificate is not trusted; name its authority in ca_bundle"
        return FeedError(Outcome.UNAVAILABLE, note), False
    if transport.is_unreached and type(error).__name__ != "CredentialUnavailableError":
        note = "the sign-in service could not be reached; check the network and authority"
        return FeedError(Outcome.UNAVAILABLE, note), True
    if isinstance(error, UsageError):
        return FeedError(Outcome.AUTH_FAILED, f"{error}; correct it and run again"), False
    found = re.search(r"AADSTS\d+", str(error))
    code = found.group() if found else type(error).__name__
    cause = _CAUSES.get(code, "check the credential of this tenant")
    note = f"sign-in failed ({code}): {cause}"
    return FeedError(Outcome.AUTH_FAILED, note, http_status=status, error_code=code), False


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except ValueError:
        return False


def token_claims(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified: Graph alone can check its own tokens.

    Empty for a token that is not one. Lenient about the rest of it, so that whose token it is
    shows even where a strict reader would give up.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = orjson.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}
