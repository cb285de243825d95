"""How a tenant stands in a scope, and the actions open to it, as published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipeline.errors import PostureError
from pipeline.published.tenants import choose_tenant, unknown_choice
from pipeline.text import filled

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SCORES = """
select
    scope, score_date, score_points::decimal(38, 9), max_points::decimal(38, 9), unknown_max_count
from fct_tenant_score_daily
where
    tenant_id = $tenant
    and score_date = (
        select max(score_date) from fct_tenant_score_daily
        where tenant_id = $tenant and scope = 'overall'
    )
    and (
        scope in ('overall', 'identity_secure_score')
        or regexp_matches(scope, '^(category|service):')
    )
order by scope
"""
_IN_SCOPE = """
    $kind = 'overall'
    or ($kind = 'category' and control_category = $name)
    or ($kind = 'service' and service = $name)
"""
# In the order of the members of Action. An action that stands for controls brings a scope what
# those of them bring that are in it.
_ACTIONS = f"""
with placed as (
    select
        *,
        coalesce(
            {_IN_SCOPE} or ($kind = 'identity_secure_score' and is_identity_secure_score), false
        ) as is_in_scope
    from mart_recommended_actions
    where tenant_id = $tenant
),
parts as (
    select
        part_of_action_id as control_id,
        sum(score_points::decimal(38, 9)) as score_points,
        sum(gain_points::decimal(38, 9)) as gain_points
    from placed
    where part_of_action_id is not null and is_in_scope
    group by part_of_action_id
)
select
    placed.control_id, title, action_group, action_rank,
    coalesce(parts.score_points, placed.score_points::decimal(38, 9)),
    coalesce(parts.gain_points, placed.gain_points::decimal(38, 9)) as gain,
    effort_weight::decimal(38, 9), is_effort_judged, effective_cost, effective_user_impact,
    required_licence, is_licence_owned, missing_seat_count, owner, ticket
from placed
left join parts on placed.control_id = parts.control_id
where part_of_action_id is null and (is_in_scope or parts.control_id is not null)
order by action_rank nulls last, gain desc, placed.control_id
"""
# Where a maximum of the scope is unknown: the controls whose maximum is known.
_KNOWN = f"""
select sum(score_points::decimal(38, 9)), sum(max_points::decimal(38, 9))
from fct_control_score_daily
where
    tenant_id = $tenant
    and score_date = $day
    and max_points is not null
    and counts_in_maximum is distinct from false
    and ({_IN_SCOPE})
"""


@dataclass(frozen=True)
class Action:
    """An open control; `rank` is None for an exception. `missing_seats` are those that its licence
    lacks where it is for all users."""

    control_id: str
    title: str | None
    group: str
    rank: int | None
    points: Decimal
    gain: Decimal
    effort: Decimal
    is_judged: bool
    cost: str
    impact: str
    licence: str | None
    is_licence_owned: bool | None
    missing_seats: int | None
    owner: str | None
    ticket: str | None


@dataclass(frozen=True)
class Position:
    """Points and maximum of a tenant in a scope on its newest record, and its actions there.

    `unknown_count` controls have an unknown maximum and are left out of both.
    """

    tenant_id: str
    tenant_name: str
    scope: str
    score_date: date
    points: Decimal
    maximum: Decimal
    unknown_count: int
    actions: tuple[Action, ...]

    @property
    def ratio(self) -> Decimal:
        return self.points / self.maximum

    @property
    def missing(self) -> Decimal:
        """What all controls that count leave open, which need not be the rest of the record's own
        maximum: the actions are all of them, the licences owned or not, excepted or not."""
        return sum((one.gain for one in self.actions), Decimal(0))

    def ratio_after(self, gained: Decimal) -> Decimal:
        """1 exactly when nothing is missing any more, and never above it."""
        left = 1 - Fraction(gained) / Fraction(self.missing) if self.missing else Fraction(0)
        after = 1 - (1 - self._exact_ratio) * left
        return Decimal(after.numerator) / Decimal(after.denominator)

    def needed(self, target: Decimal) -> Fraction:
        """The points to gain until the ratio is `target`."""
        ratio, wanted = self._exact_ratio, Fraction(target)
        if wanted <= ratio:
            return Fraction(0)
        return (wanted - ratio) * Fraction(self.missing) / (1 - ratio)

    @property
    def _exact_ratio(self) -> Fraction:
        return Fraction(self.points) / Fraction(self.maximum)


def read_position(connection: DuckDBPyConnection, tenant: str, scope: str) -> Position:
    """How the tenant, given by id or name, stands in the scope.

    Raises UsageError with the near ones for a tenant or scope that is not there, PostureError
    where the tenant has no score yet or no maximum is known.
    """
    tenant_id, tenant_name = choose_tenant(connection, tenant)
    scores = {row[0]: row for row in _rows(connection, _SCORES, {"tenant": tenant_id})}
    if not scores:
        raise PostureError(f"tenant {tenant_name}: has no score yet; `posture status` says why")
    if scope not in scores:
        raise unknown_choice("scope", scope, list(scores), f"no such scope of tenant {tenant_name}")
    _, day, points, maximum, unknown_count = scores[scope]
    kind, _, name = scope.partition(":")
    values = {"tenant": tenant_id, "kind": kind, "name": name}
    if maximum is None:
        [(points, maximum)] = _rows(connection, _KNOWN, values | {"day": day})
    if not maximum:
        raise PostureError(f"tenant {tenant_name}: no maximum of scope {scope} is known on {day}")
    actions = tuple(Action(*row) for row in _rows(connection, _ACTIONS, values))
    return Position(tenant_id, tenant_name, scope, day, points, maximum, unknown_count, actions)


def _rows(connection: DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[Any]:
    import duckdb

    try:
        return connection.execute(filled(query, values)).fetchall()
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise PostureError(
            "the published snapshot was made by an older version and has no plan in it; "
            "run `posture build` and `posture publish`"
        ) from error
