"""The proxy that the environment puts between this machine and Graph."""

import re
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from requests.utils import should_bypass_proxies

_STATUS = re.compile(r"\b([345]\d\d)\b")


def proxy_problem(url: str, said: str = "") -> tuple[str, bool] | None:
    """What is wrong with the proxy on the way to a URL, and whether it may pass by itself.

    `said` is the library's error; its status alone is repeated. None where there is no proxy.
    """
    variable = _variable(url)
    if variable is None:
        return None
    status = _STATUS.search(said)
    if status is None:
        return f"the proxy named in {variable} does not answer", True
    if status.group() == "407":
        return f"the proxy named in {variable} wants a sign-in, HTTP 407", False
    return f"the proxy named in {variable} refused, HTTP {status.group()}", True


def _variable(url: str) -> str | None:
    parts, proxies = urlsplit(url), getproxies_environment()
    if not parts.hostname or should_bypass_proxies(url, no_proxy=None):
        return None
    found = next((one for one in (parts.scheme, "all") if proxies.get(one)), None)
    return f"{found.upper()}_PROXY" if found else None
