"""A certificate authority of its own, and what it signs: the server's and the client's certificate.

Keys are made anew unless a folder keeps them; nothing here is fit for use outside loopback.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

from trustme import CA, KeyType

_OURS = "Identity Posture sandbox"


@dataclass(frozen=True)
class ServerTrust:
    """Where the authority's certificate and the server's certificate with its key are kept."""

    ca_bundle: Path
    server_pem: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(self.server_pem)
        return context


def server_trust(folder: Path) -> ServerTrust:
    """The trust kept in `folder`, made on first use (`ca.pem`, `server.pem`)."""
    trust = ServerTrust(folder / "ca.pem", folder / "server.pem")
    if trust.ca_bundle.exists() and trust.server_pem.exists():
        return trust
    folder.mkdir(parents=True, exist_ok=True)
    authority = CA(path_length=0, organization_name=_OURS)
    server = authority.issue_cert("localhost", "127.0.0.1", "::1", organization_name=_OURS)
    authority.cert_pem.write_to_path(trust.ca_bundle)
    trust.server_pem.touch(mode=0o600)
    server.private_key_and_cert_chain_pem.write_to_path(trust.server_pem)
    return trust


def client_certificate(common_name: str) -> bytes:
    """A new RSA key with its certificate, as one PEM text: a client signs with no other kind."""
    certificate = CA().issue_cert("localhost", common_name=common_name, key_type=KeyType.RSA)
    return certificate.private_key_and_cert_chain_pem.bytes()
