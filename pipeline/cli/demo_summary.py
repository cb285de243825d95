"""What the demo shows at its end, read from the published marts like anyone else would."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.cli.context import Context, activation
from pipeline.cli.output import print_table
from pipeline.published.reader import open_locked
from pipeline.text import printable

ACTIONS_SHOWN = 3
OVERVIEW = """
select tenant_id, tenant_name, segment, licence_tier, score_ratio, change_7d_ratio, zone,
    open_action_count, privileged_count
from mart_posture_overview
where is_active
order by tenant_name
"""
ACTIONS = """
select title, gain_points, reason
from mart_recommended_actions
where tenant_id = ? and action_rank <= ?
order by action_rank
"""
QUESTIONS = (
    "select tenant_name, round(score_ratio, 3) as score_ratio, zone, open_action_count"
    " from mart_posture_overview",
    "select tenant_id, score_date, score_points, max_points from fct_tenant_score_daily"
    " where scope = 'overall' order by score_date desc, tenant_id limit 9",
)


def print_summary(demo: Context, reports: Mapping[str, Path]) -> None:
    """Score, change and the first actions of each tenant, then reports to open, commands to try."""
    with open_locked(demo.home) as connection:
        tenants = connection.execute(OVERVIEW).fetchall()
        print()
        print_table(
            ("tenant", "segment", "licence", "score", "7 days", "zone", "open", "privileged"),
            [
                (name, segment, tier, _percent(ratio), _change(change), zone, actions, privileged)
                for _, name, segment, tier, ratio, change, zone, actions, privileged in tenants
            ],
            numeric=frozenset({3, 4, 6, 7}),
        )
        for tenant_id, name, *_ in tenants:
            print(f"\n{printable(name)} should do next:")
            actions = connection.execute(ACTIONS, [tenant_id, ACTIONS_SHOWN]).fetchall()
            for number, (title, gain, reason) in enumerate(actions, start=1):
                print(f"  {number}. {printable(title)} (+{gain:.1f} points)")
                print(f"     {printable(reason)}")
    print("\nTry next:")
    for subject, path in reports.items():
        print(f"  open {path} in a browser: the report of {printable(subject)}")
    activate = activation()
    if activate is not None:
        print(f"  {activate}")
    for query in QUESTIONS:
        print(f"  {demo.command_line('sql', query, is_active=True)}")
    print(f"  {demo.command_line('status', is_active=True)}")


def _percent(ratio: float | None) -> str:
    return "unknown" if ratio is None else f"{100 * ratio:.1f} %"


def _change(ratio: float | None) -> str:
    return "" if ratio is None else f"{100 * ratio:+.1f}"
