"""All shards built, and those a second time of which the portfolio says something new."""

from collections.abc import Callable, Sequence

from pipeline.machine import WORKERS
from pipeline.warehouse.inference import infer
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.resources import MEMORY
from pipeline.warehouse.shard_build import ShardResult, ShardTask
from pipeline.warehouse.shard_workers import build_shards
from pipeline.warehouse.tasks import Plan, shard_tasks, telling_tasks

OnEvent = Callable[[NodeResult], None] | None
OnNote = Callable[[str], None] | None


def build_rounds(
    plan: Plan, on_event: OnEvent, on_note: OnNote
) -> tuple[list[ShardResult], list[NodeResult]]:
    """How each shard ended, and what was asked of all of them; nothing where one failed."""
    tasks = shard_tasks(plan)
    results = _built(plan, tasks, "of tenants", on_event, on_note)
    if not all(result.ok for result in results.values()):
        return [*results.values()], []
    inference = infer(plan.project, plan.files(), plan.machine.whole)
    again = telling_tasks(plan, inference.untold)
    told = _built(plan, again, "again, for what the portfolio tells of them", on_event, on_note)
    for shard, result in told.items():
        before = results.get(shard)
        results[shard] = result if before is None else result.after(before)
    return [*results.values()], inference.nodes


def _built(
    plan: Plan, tasks: Sequence[ShardTask], which: str, on_event: OnEvent, on_note: OnNote
) -> dict[int, ShardResult]:
    workers = plan.machine.workers
    if len(tasks) > 1 and on_note is not None:
        on_note(f"{len(tasks)} shards {which} in {min(workers, len(tasks))} processes")
    results = {one.shard: one for one in build_shards(tasks, workers, on_event)}
    spilled = sum(result.has_spilled for result in results.values())
    if spilled and on_note is not None:
        on_note(
            f"memory was short for {spilled} of {len(tasks)} shards, which spilled to "
            f"{plan.machine.share.spill}; {MEMORY} or fewer {WORKERS} gives each more"
        )
    return results
