"""Runs compiled models and data tests in DuckDB, one after the other in one transaction."""

import time
from collections.abc import Callable, Sequence

import duckdb

from pipeline.text import one_line
from pipeline.warehouse.nodes import Node, NodeResult


def run_nodes(
    connection: duckdb.DuckDBPyConnection,
    nodes: Sequence[Node],
    *,
    is_last: bool,
    on_event: Callable[[NodeResult], None] | None = None,
) -> list[NodeResult]:
    """The nodes in their order; after a model that fails none, since it ends the transaction.

    A slice that is not the last one makes only what the next goes on from, and tests nothing.
    """
    results: list[NodeResult] = []
    for node in nodes:
        if not (is_last or node.is_history):
            continue
        result = _run(connection, node)
        results.append(result)
        if on_event is not None:
            on_event(result)
        if result.status == "error":
            break
    return results


def _run(connection: duckdb.DuckDBPyConnection, node: Node) -> NodeResult:
    started = time.perf_counter()
    status, message, failures = "success", "", None
    try:
        if node.resource_type == "test":
            status, message, failures = _tested(connection, node)
        else:
            connection.execute(node.statement)
    except duckdb.Error as error:
        status, message = "error", one_line(str(error))
    seconds = time.perf_counter() - started
    return NodeResult(
        node.unique_id, node.name, node.resource_type, status, message, failures, seconds
    )


def _tested(connection: duckdb.DuckDBPyConnection, node: Node) -> tuple[str, str, int]:
    [(failures, warns, errs)] = connection.execute(node.statement).fetchall()
    if not (errs if node.fails else warns):
        return "pass", "", failures
    limit = "fail" if node.fails else "warn"
    return limit, f"Got {failures} results, configured to {limit} if != 0", failures


def merged(shards: Sequence[Sequence[NodeResult]]) -> list[NodeResult]:
    """The nodes of several shards as one each: the worst end, all failures, all seconds."""
    found: dict[str, NodeResult] = {}
    for result in (one for results in shards for one in results):
        before = found.get(result.unique_id, result)
        worst = result if _badness(result) > _badness(before) else before
        both = [result] if before is result else [before, result]
        counts = [one.failures for one in both if one.failures is not None]
        found[result.unique_id] = NodeResult(
            worst.unique_id,
            worst.name,
            worst.resource_type,
            worst.status,
            worst.message,
            sum(counts) if counts else None,
            sum(one.seconds for one in both),
        )
    return list(found.values())


def _badness(result: NodeResult) -> int:
    return 2 if result.is_failure else int(result.status == "warn")
