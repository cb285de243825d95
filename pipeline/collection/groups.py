"""Tenants in groups: a group goes to one process whole, and no part holds tenants of two."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil

from pipeline.collection.line import Group
from pipeline.config.settings import Tenant
from pipeline.graph.feed import Feed
from pipeline.lake.shards import TENANTS_PER_SHARD


def grouped(todo: Group, shards: Mapping[str, int], *, workers: int = 1) -> list[Group]:
    """Tenants with their feeds by shard; a shard in pieces where a worker would have none."""
    found: dict[int, list[tuple[Tenant, Sequence[Feed]]]] = {}
    for tenant, feeds in todo:
        found.setdefault(shards[tenant.tenant_id], []).append((tenant, feeds))
    most = min(TENANTS_PER_SHARD, ceil(len(todo) / workers))
    return [piece for shard in found.values() for piece in _pieces(shard, most)]


def _pieces(group: Group, most: int) -> list[Group]:
    """The group in as few pieces of even size as hold no more than so many."""
    number = ceil(len(group) / most)
    bounds = [len(group) * place // number for place in range(number + 1)]
    return [group[start:end] for start, end in pairwise(bounds)]
