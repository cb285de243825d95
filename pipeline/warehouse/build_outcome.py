"""What a failed build says to a person."""

from pipeline.warehouse.build import BuildResult

NAMED = 3


def failure_message(result: BuildResult) -> str:
    """One line: which models or tests failed, with the first reason, and what stays."""
    failed = [node for node in result.nodes if node.is_failure]
    names = ", ".join(node.name for node in failed[:NAMED])
    more = f" and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    return (
        f"the warehouse was not built: {names}{more} failed ({failed[0].message}); "
        "the last snapshot stays published"
    )
