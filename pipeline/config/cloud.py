"""Where each national cloud keeps Graph and sign-in, and what tenants.yaml says of it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from pipeline.config.secret import beside
from pipeline.config.yaml_reader import Place

CUSTOM = "custom"
CLOUD_KEYS = ("cloud", "graph_url", "authority", "ca_bundle")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Cloud:
    """One Graph root with its sign-in authority.

    `ca_bundle` is a PEM file trusted instead of the public authorities, or None.
    """

    name: str
    graph_url: str
    authority: str
    ca_bundle: Path | None = None

    @property
    def scope(self) -> str:
        """The scope of an application token for this Graph."""
        return f"{self.graph_url}/.default"

    @property
    def origin(self) -> str:
        """`scheme://host:port` of Graph: the only place a token may be sent to."""
        return origin(self.graph_url)


def origin(url: str) -> str:
    """`scheme://host:port` of a URL with the default port written out.

    Raises ValueError for a URL that carries user information, no host or a bad port.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None or not parts.hostname:
        raise ValueError(f"not a plain URL: {parts.scheme}://{parts.hostname or ''}")
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme.lower()}://{parts.hostname.lower()}:{port}"


# Microsoft, "National clouds" (graph/deployments): roots of Graph and of sign-in.
CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        cloud.name: cloud
        for cloud in (
            Cloud("global", "https://graph.microsoft.com", "https://login.microsoftonline.com"),
            Cloud("usgov", "https://graph.microsoft.us", "https://login.microsoftonline.us"),
            Cloud(
                "usgov_dod", "https://dod-graph.microsoft.us", "https://login.microsoftonline.us"
            ),
            Cloud(
                "china",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://login.chinacloudapi.cn",
            ),
        )
    }
)
CLOUD_NAMES = (*CLOUDS, CUSTOM)


def read_cloud(place: Place, keys: Mapping[str, Place], default: Cloud) -> Cloud:
    """The cloud named here; what is left out of a custom one comes from the file's default."""
    name = keys["cloud"].choice(CLOUD_NAMES) if "cloud" in keys else default.name
    bundle = _ca_bundle(keys["ca_bundle"]) if "ca_bundle" in keys else None
    base = default if default.name == name else CLOUDS.get(name)
    if bundle is None and base is not None:
        bundle = base.ca_bundle
    if name != CUSTOM:
        for key in ("graph_url", "authority"):
            if key in keys:
                keys[key].fail("is only for cloud: custom")
        return Cloud(name, CLOUDS[name].graph_url, CLOUDS[name].authority, bundle)
    urls: dict[str, str] = {}
    for key in ("graph_url", "authority"):
        if key in keys:
            urls[key] = _url(keys[key], loopback_http=key == "graph_url")
        elif base is not None:
            urls[key] = getattr(base, key)
        else:
            place.fail(f"{key}: is missing; cloud: custom needs graph_url and authority")
    return Cloud(name, urls["graph_url"], urls["authority"], bundle)


def _url(place: Place, *, loopback_http: bool) -> str:
    value = place.text().rstrip("/")
    try:
        origin(value)
    except ValueError:
        place.fail("must be a URL such as https://host:8443")
    parts = urlsplit(value)
    local = loopback_http and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if (parts.scheme != "https" and not local) or parts.query or parts.fragment:
        place.fail("must be an https URL without a query, such as https://host:8443")
    return value


def _ca_bundle(place: Place) -> Path:
    path = beside(place)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        place.fail(f"{path} holds no PEM certificate")
    except OSError as error:
        place.fail(f"{path} cannot be read: {error.strerror}")
    return path
