"""Which tests go to one worker together, and which of these groups start first."""

from xdist.scheduler import LoadFileScheduling

# One worker each: their tests share what takes long to make.
TOGETHER = ("tests/judge/", "tests/reading/")
# Minutes each: started last they would run alone while the other core has nothing left to do.
LONGEST = (
    "tests/judge/",
    "tests/reading/",
    "tests/whole/test_kill.py",
    "tests/warehouse/test_rebuild.py",
    "tests/whole/",
    "tests/warehouse/",
    "tests/surface/test_daily_run.py",
    "tests/collection/test_portfolio.py",
)


def scope_of(nodeid: str) -> str:
    """The group a test belongs to: its file, or a folder whose tests share a fixture."""
    shared = [folder for folder in TOGETHER if nodeid.startswith(folder)]
    return shared[0] if shared else nodeid.split("::", 1)[0]


def rank_of(nodeid: str) -> int:
    """Where a test's group stands in the order of starting."""
    ranks = [rank for rank, name in enumerate(LONGEST) if nodeid.startswith(name)]
    return ranks[0] if ranks else len(LONGEST)


class GroupScheduling(LoadFileScheduling):
    """pytest-xdist's distribution by file, with some files of one folder taken together."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)
