"""Which tests go to one worker together, and which of these groups start first."""

from xdist.scheduler import LoadFileScheduling

# One worker a group: its tests share what takes long to make.
TOGETHER = {
    "oracle": ("tests/oracle/",),
    "estate": (
        "tests/report/",
        "tests/powerbi/",
        "tests/export/",
        "tests/docs/",
        "tests/cli/test_sql_terminal.py",
        "tests/cli/test_stopped.py",
    ),
}
# Minutes each: started last they would run alone while the other core has nothing left to do.
LONGEST = (
    "oracle",
    "estate",
    "tests/end_to_end/test_kill.py",
    "tests/warehouse/test_memory.py",
    "tests/end_to_end/",
    "tests/warehouse/test_as_of.py",
    "tests/warehouse/test_rebuild.py",
    "tests/warehouse/",
    "tests/cli/test_daily_run.py",
    "tests/collection/test_portfolio.py",
    "tests/collection/test_mutations.py",
)


def scope_of(nodeid: str) -> str:
    """The group a test belongs to: its file, or the group whose fixture it shares."""
    for name, starts in TOGETHER.items():
        if nodeid.startswith(starts):
            return name
    return nodeid.split("::", 1)[0]


def rank_of(nodeid: str) -> int:
    """Where a test's group stands in the order of starting."""
    scope = scope_of(nodeid)
    ranks = [rank for rank, name in enumerate(LONGEST) if scope.startswith(name)]
    return ranks[0] if ranks else len(LONGEST)


class GroupScheduling(LoadFileScheduling):
    """pytest-xdist's distribution by file, with some files taken together."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)
