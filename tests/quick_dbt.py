"""dbt without what costs a third of a small build and nobody reads: the same nodes, the same SQL.

Every node tells some thirty debug events, each packed into a message for a log, and every build
compiles each template anew. A command in a process of its own runs dbt as it is.
"""

from typing import Any

import dbt.adapters.events.base_types
import dbt.events.base_types
import dbt_common.events.base_types
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.events.base_types import BaseEvent
from dbt_common.events.event_manager import EventManager

DEBUG = tuple(
    module.DebugLevel
    for module in (
        dbt.adapters.events.base_types,
        dbt.events.base_types,
        dbt_common.events.base_types,
    )
)


def install() -> None:
    """Change dbt in this process, for all that follows."""
    pack, fire = BaseEvent.__init__, EventManager.fire_event
    compile_template, compiled = MacroFuzzEnvironment.compile, dict[tuple[Any, ...], Any]()

    def packed(event: Any, *args: Any, **members: Any) -> None:
        if _is_unheard(event):
            event.pb_msg = getattr(event.PROTO_TYPES_MODULE, type(event).__name__)()
        else:
            pack(event, *args, **members)

    def fired(manager: EventManager, e: Any, level: Any = None, *args: Any, **more: Any) -> None:
        if level is not None or not _is_unheard(e):
            fire(manager, e, level, *args, **more)

    def compiled_once(environment: MacroFuzzEnvironment, source: str) -> Any:
        key = type(environment), source
        if key not in compiled:
            compiled[key] = compile_template(environment, source)
        return compiled[key]

    BaseEvent.__init__ = packed
    EventManager.fire_event = fired
    MacroFuzzEnvironment.compile = compiled_once


def _is_unheard(event: Any) -> bool:
    return isinstance(event, DEBUG)
