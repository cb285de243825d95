"""Tenants in groups: a group goes to one process whole, and no part holds tenants of two."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from pipeline.config.settings import Tenant
from pipeline.graph.feed import Feed

MAX_TENANTS = 50

Group = Sequence[tuple[Tenant, Sequence[Feed]]]


def grouped(todo: Group, *, workers: int = 1) -> list[Group]:
    """Tenants with their feeds in groups of even size, as many for each worker."""
    if not todo:
        return []
    number = max(ceil(len(todo) / MAX_TENANTS), min(workers, len(todo)))
    if len(todo) > number:
        number = min(ceil(number / workers) * workers, len(todo))
    bounds = [len(todo) * place // number for place in range(number + 1)]
    return [todo[start:end] for start, end in pairwise(bounds)]
