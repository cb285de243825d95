"""Where a token may be sent: Graph's own versions at the cloud's own address, and nowhere else."""

from urllib.parse import unquote, urlsplit

from pipeline.config.cloud import Cloud, origin
from pipeline.graph.outcomes import FeedError, Outcome

_VERSIONS = ("v1.0", "beta")


def refuse_foreign(url: str, cloud: Cloud) -> None:
    """Raise FeedError for a next link that leaves Graph's host, or its versions there.

    What else answers at that host is none of ours: it must not be given a token.
    """
    try:
        is_own = origin(url) == cloud.origin
    except ValueError:
        is_own = False
    if not is_own:
        _refuse("leads to another host")
    path = unquote(urlsplit(url).path).replace("\\", "/")
    root = urlsplit(cloud.graph_url).path.rstrip("/")
    is_below = any(path.startswith(f"{root}/{version}/") for version in _VERSIONS)
    if not is_below or {".", ".."} & set(path.split("/")):
        _refuse("leads out of v1.0 and beta")


def _refuse(problem: str) -> None:
    raise FeedError(
        Outcome.BAD_RESPONSE,
        f"the next link {problem} and was not followed; check what answers at the cloud's address",
        error_code="foreign_next_link",
    )
