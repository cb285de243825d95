"""What all tests share."""

import pytest

# Minutes each: started last they would run alone while the other core has nothing left to do.
LONGEST = ("tests/whole/test_kill.py", "tests/judge/", "tests/warehouse/test_rebuild.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest files first."""

    def place(item: pytest.Item) -> int:
        ranks = [rank for rank, name in enumerate(LONGEST) if item.nodeid.startswith(name)]
        return ranks[0] if ranks else len(LONGEST)

    items.sort(key=place)
