"""Where each national cloud keeps Graph and sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

CUSTOM = "custom"


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
