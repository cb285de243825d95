"""`posture build`: the warehouse from the lake, tested."""

import argparse
from collections import Counter

from pipeline.cli.context import Context
from pipeline.cli.display import Display
from pipeline.cli.summary import INCOMPLETE, print_damage
from pipeline.errors import PostureError
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.build import build, failure_message


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Build, then say how many models and tests went well and which only warn."""
    with context.home.lock(), Display() as display:
        if arguments.as_of:
            # Wrong use is found before anything starts.
            AsOf.of_lake(context.home.lake, arguments.as_of)
        display.on_stage("build")
        result = build(
            context.home,
            full=arguments.full,
            as_of=arguments.as_of,
            on_event=display.on_node,
            on_note=display.on_note,
        )
    if not result.ok:
        raise PostureError(failure_message(result))
    kinds = Counter(node.resource_type for node in result.nodes)
    if result.nodes:
        where = context.home.warehouse_dir
        print(f"built {kinds['model']} models in {where}, {kinds['test']} tests passed")
    else:
        print(f"nothing new in {context.home.lake}; {context.home.warehouse_dir} is as it was")
    if arguments.as_of:
        print(
            f"it knows only what was read by {arguments.as_of:%Y-%m-%d %H:%M} UTC; "
            f"`{context.command_line('build')}` makes it from the whole lake again"
        )
    for node in result.nodes:
        if node.status == "warn":
            print(f"warning: {node.name}: {node.message}")
    print_damage(result.damage)
    return INCOMPLETE if result.damage else 0
