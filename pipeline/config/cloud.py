"""Where each national cloud keeps Graph and sign-in, and what tenants.yaml says of it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from pipeline.config.feed_names import FeedName
from pipeline.config.fields import ConfigError, File, Group, Text, pattern

CUSTOM = "custom"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Cloud:
    """One Graph root with its sign-in authority.

    `ca_bundle` is a PEM file trusted instead of the public authorities, or None. `absent_feeds` are
    those that tenants.yaml says a custom cloud does not offer; of the others the catalogue knows.
    """

    name: str
    graph_url: str
    authority: str
    ca_bundle: Path | None = None
    absent_feeds: frozenset[str] = frozenset()

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


# Microsoft, "National clouds" (graph/deployments): roots of Graph and of sign-in. China's sign-in
# is the one that its operator names now; Bleu and Delos are those of Microsoft's own PowerShell.
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
                "https://login.partner.microsoftonline.cn",
            ),
            Cloud("bleu", "https://graph.svc.sovcloud.fr", "https://login.sovcloud-identity.fr"),
            Cloud("delos", "https://graph.svc.sovcloud.de", "https://login.sovcloud-identity.de"),
        )
    }
)


def _url(value: str, *, loopback_http: bool = False) -> str:
    try:
        origin(value)
    except ValueError:
        raise ConfigError("must be a URL such as https://host:8443") from None
    parts = urlsplit(value)
    local = loopback_http and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if (parts.scheme != "https" and not local) or parts.query or parts.fragment:
        raise ConfigError("must be an https URL without a query, such as https://host:8443")
    return value.rstrip("/")


def _graph_url(value: str) -> str:
    return _url(value, loopback_http=True)


def _certificates(path: Path) -> Path:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ConfigError(f"{path} holds no PEM certificate") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    return path


class CloudKeys(Group):
    """Where Graph and sign-in are, in a file or for one tenant."""

    cloud: Literal["global", "usgov", "usgov_dod", "china", "bleu", "delos", "custom"] | None = (
        Field(
            None,
            description="global (GCC too), usgov (GCC High), usgov_dod, china, bleu, delos, custom",
        )
    )
    graph_url: Annotated[Text, AfterValidator(_graph_url), pattern("^https?://")] | None = Field(
        None, description="only for cloud: custom; the root, with /v1.0 and /beta under it"
    )
    authority: Annotated[Text, AfterValidator(_url), pattern("^https://")] | None = Field(
        None, description="only for cloud: custom; where to sign in"
    )
    ca_bundle: Annotated[File, AfterValidator(_certificates)] | None = Field(
        None, description="a PEM file that is trusted instead of the public authorities"
    )
    absent_feeds: tuple[FeedName, ...] | None = Field(
        None, description="only for cloud: custom; the feeds that it does not offer"
    )

    def over(self, default: Cloud) -> Cloud:
        """The cloud that is meant here; what is left out of a custom one is the default's.

        Raises ConfigError for a URL that is missing, or that is not this cloud's to choose.
        """
        name = self.cloud or default.name
        base = default if default.name == name else CLOUDS.get(name)
        urls = {"graph_url": self.graph_url, "authority": self.authority}
        for key, url in urls.items():
            if url and name != CUSTOM:
                raise ConfigError("is only for cloud: custom", key=key)
            if not url and base is None:
                raise ConfigError(f"{key}: is missing; cloud: custom needs graph_url and authority")
        graph_url, authority = (url or getattr(base, key) for key, url in urls.items())
        bundle = self.ca_bundle or (base.ca_bundle if base else None)
        if self.absent_feeds is not None and name != CUSTOM:
            raise ConfigError("is only for cloud: custom", key="absent_feeds")
        absent = base.absent_feeds if base else frozenset[str]()
        if self.absent_feeds is not None:
            absent = frozenset(self.absent_feeds)
        return Cloud(name, graph_url, authority, bundle, absent)
