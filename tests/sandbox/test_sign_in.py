"""Signing in through the real azure-identity, and every refusal of the login authority."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.sandbox import Sandbox, Tenant
from pipeline.sandbox.protocol.certificates import client_certificate
from tests.sandbox import shapes
from tests.sandbox.conftest import graph_client, sign_in, trusting

ORGANIZATION = "/v1.0/organization"


def secret_credential(sandbox: Sandbox, tenant: Tenant, **changes: str) -> ClientSecretCredential:
    fields = {
        "tenant_id": tenant.tenant_id,
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
    }
    return ClientSecretCredential(
        **(fields | changes),
        authority=sandbox.url,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.ca_bundle),
    )


def certificate_credential(
    sandbox: Sandbox, tenant: Tenant, certificate: bytes
) -> CertificateCredential:
    return CertificateCredential(
        tenant.tenant_id,
        tenant.client_id,
        certificate_data=certificate,
        authority=sandbox.url,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.ca_bundle),
    )


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_secret_opens_graph(sandbox: Sandbox) -> None:
    tenant = sandbox.tenants[1]
    token = secret_credential(sandbox, tenant).get_token(f"{sandbox.url}/.default").token
    held = claims(token)
    assert held["tid"] == tenant.tenant_id
    assert held["aud"] == sandbox.url
    assert held["exp"] > time.time()
    assert {"SecurityEvents.Read.All", "RoleManagement.Read.Directory"} <= set(held["roles"])
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(sandbox.url + ORGANIZATION, headers=headers, verify=trusting(sandbox))
    assert answer.json()["value"][0]["id"] == tenant.tenant_id


def test_a_certificate_opens_graph(sandbox: Sandbox) -> None:
    credential = certificate_credential(sandbox, sandbox.tenants[0], sandbox.client_certificate)
    token = credential.get_token(f"{sandbox.url}/.default", enable_cae=True).token
    assert claims(token)["tid"] == sandbox.tenants[0].tenant_id


def test_a_certificate_that_is_not_registered(sandbox: Sandbox) -> None:
    stranger = client_certificate("stranger")
    credential = certificate_credential(sandbox, sandbox.tenants[0], stranger)
    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        credential.get_token(f"{sandbox.url}/.default")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"exp": -60}, 700024),
        ({"aud": "https://elsewhere.example/token"}, 700027),
        ({"sub": "someone else"}, 700027),
        ({"exp": None}, 700027),
    ],
)
def test_assertions_are_checked(sandbox: Sandbox, changed: dict[str, Any], code: int) -> None:
    tenant = sandbox.tenants[0]
    certificate = sandbox.client_certificate
    key = load_pem_private_key(certificate, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    good: dict[str, Any] = {
        "aud": f"{sandbox.url}/{tenant.tenant_id}/oauth2/v2.0/token",
        "iss": tenant.client_id,
        "sub": tenant.client_id,
        "exp": 600,
    }
    body = {name: value for name, value in (good | changed).items() if value is not None}
    if "exp" in body:
        body["exp"] += int(time.time())
    form = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(body, key, algorithm="RS256"),
        "client_secret": "",
    }
    answer = sign_in(sandbox, tenant, **form)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [code])


@pytest.mark.parametrize(
    ("form", "status", "error", "code", "text"),
    [
        (
            {"client_secret": "wrong"},
            401,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the "
            "client secret value, not the client secret ID, for a secret added to app '",
        ),
        (
            {"client_id": "00000000-0000-0000-0000-000000000001"},
            400,
            "unauthorized_client",
            700016,
            "Application with identifier '00000000-0000-0000-0000-000000000001' was not found",
        ),
        ({"scope": "https://elsewhere.example/.default"}, 400, "invalid_resource", 500011, "The r"),
        ({"grant_type": "password"}, 400, "invalid_request", 900144, "The request body must"),
    ],
)
def test_refusals(
    sandbox: Sandbox, form: dict[str, str], status: int, error: str, code: int, text: str
) -> None:
    answer = sign_in(sandbox, sandbox.tenants[0], **form)
    body = answer.json()
    assert shapes.problems(body, shapes.LOGIN_ERROR) == []
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: {text}")
    assert body["error_uri"].endswith(f"={code}")


def test_an_expired_secret(sandbox: Sandbox) -> None:
    answer = sign_in(sandbox, sandbox.tenants[0], client_secret=sandbox.expired_secret)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [7000222])
    credential = secret_credential(
        sandbox, sandbox.tenants[0], client_secret=sandbox.expired_secret
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000222"):
        credential.get_token(f"{sandbox.url}/.default")


def test_an_unknown_tenant_has_no_configuration(sandbox: Sandbox) -> None:
    unknown = "00000000-0000-0000-0000-00000000dead"
    url = f"{sandbox.url}/{unknown}/v2.0/.well-known/openid-configuration"
    answer = httpx.get(url, verify=trusting(sandbox))
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])
    assert shapes.problems(answer.json(), shapes.LOGIN_ERROR) == []
    credential = secret_credential(sandbox, sandbox.tenants[0], tenant_id=unknown)
    with pytest.raises(ClientAuthenticationError):
        credential.get_token(f"{sandbox.url}/.default")


def test_openid_configuration(sandbox: Sandbox) -> None:
    tenant_id = sandbox.tenants[0].tenant_id
    url = f"{sandbox.url}/{tenant_id}/v2.0/.well-known/openid-configuration"
    found = httpx.get(url, verify=trusting(sandbox)).json()
    assert found["token_endpoint"] == f"{sandbox.url}/{tenant_id}/oauth2/v2.0/token"
    assert found["authorization_endpoint"].startswith(f"{sandbox.url}/{tenant_id}/")
    assert found["issuer"].startswith(f"{sandbox.url}/{tenant_id}/")
    keys = jwt.PyJWKSet.from_dict(httpx.get(found["jwks_uri"], verify=trusting(sandbox)).json())
    token = sign_in(sandbox, sandbox.tenants[0]).json()["access_token"]
    key = keys[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=["RS256"], audience=sandbox.url)["ver"] == "1.0"


@pytest.mark.parametrize("code", [700016, 7000112, 53003])
def test_a_tenant_that_does_not_let_the_application_in(code: int) -> None:
    with Sandbox(tenants=2, days=3) as sandbox:
        sandbox.refuse_sign_in(sandbox.tenants[0].tenant_id, code)
        answer = sign_in(sandbox, sandbox.tenants[0])
        assert (answer.status_code, answer.json()["error_codes"]) == (400, [code])
        assert shapes.problems(answer.json(), shapes.LOGIN_ERROR) == []
        assert sign_in(sandbox, sandbox.tenants[1]).status_code == 200


def ask(sandbox: Sandbox, authorization: str | None) -> httpx.Response:
    headers = {"Authorization": authorization} if authorization else {}
    return httpx.get(sandbox.url + ORGANIZATION, headers=headers, verify=trusting(sandbox))


@pytest.mark.parametrize("authorization", [None, "Bearer ", "Basic abc"])
def test_no_token(sandbox: Sandbox, authorization: str | None) -> None:
    answer = ask(sandbox, authorization and authorization.strip())
    assert answer.status_code == 401
    assert shapes.problems(answer.json(), shapes.ERROR) == []
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.json()["error"]["message"] == "Access token is empty."
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_foreign_tokens(sandbox: Sandbox) -> None:
    good = sign_in(sandbox, sandbox.tenants[0]).json()["access_token"]
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(claims(good), stranger, algorithm="RS256")
    for token in ("nonsense", forged, good[:-4] + "AAAA"):
        answer = ask(sandbox, f"Bearer {token}")
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    elsewhere = sign_in(
        sandbox, sandbox.tenants[0], scope="https://graph.microsoft.com/.default"
    ).json()["access_token"]
    assert ask(sandbox, f"Bearer {elsewhere}").status_code == 200


def test_expired_tokens() -> None:
    with Sandbox(tenants=1, days=3) as sandbox, graph_client(sandbox, sandbox.tenants[0]) as graph:
        assert graph.get(ORGANIZATION).status_code == 200
        sandbox.expire_tokens()
        answer = graph.get(ORGANIZATION)
        assert answer.status_code == 401
        message = "Lifetime validation failed, the token is expired."
        assert answer.json()["error"]["message"] == message


def test_the_authority_signs_for_loopback_only(sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]
    for host in ("localhost", "127.0.0.1"):
        answer = httpx.get(f"https://{host}:{port}/v1.0/organization", verify=trusting(sandbox))
        assert answer.status_code == 401
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url)


def test_trust_is_kept_in_a_folder(tmp_path: Path) -> None:
    with Sandbox(tenants=1, days=3, tls_dir=tmp_path) as first:
        kept = first.ca_bundle.read_bytes()
    with Sandbox(tenants=1, days=3, tls_dir=tmp_path) as second:
        assert second.ca_bundle.read_bytes() == kept
    assert (tmp_path / "server.pem").stat().st_mode & 0o077 == 0
