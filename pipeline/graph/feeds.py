"""The catalogue of feeds, in the order in which they are listed and reported."""

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.graph.catalogue import (
    applications,
    audits,
    groups,
    people,
    policies,
    recommendations,
    risk,
    roles,
    scores,
    settings,
    tenants,
)
from pipeline.graph.feed import Feed

FEEDS: Mapping[str, Feed] = MappingProxyType(
    {
        feed.name: feed
        for topic in (
            scores,
            tenants,
            roles,
            policies,
            settings,
            risk,
            groups,
            people,
            applications,
            recommendations,
            audits,
        )
        for feed in topic.FEEDS
    }
)
