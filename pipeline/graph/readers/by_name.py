"""Asking Graph for objects by their ids, as many a request as it takes."""

from collections.abc import Collection, Iterator
from itertools import islice

from pipeline.graph.feed import Request

# Graph takes at most 15 values in an `in` filter of directory objects.
IDS_A_REQUEST = 15


def urls_by_name(
    request: Request, graph_url: str, *, member: str, values: Collection[str], select: str = ""
) -> Iterator[str]:
    """The addresses that ask for all of these values of a member, in their order.

    `select` takes the place of the request's own query.
    """
    ordered = iter(sorted(values))
    while chunk := list(islice(ordered, IDS_A_REQUEST)):
        listed = ",".join(f"%27{value}%27" for value in chunk)
        condition = f"$filter={member}%20in%20({listed})"
        yield request.url(graph_url, query=f"{condition}&{select or request.query}")
