"""dbt without what costs a third of a small build and nobody reads: the same nodes, the same SQL.

Every node tells some thirty debug events, each packed into a message for a log, every build
compiles each template anew, and every unit test has its whole SQL parsed to find where it begins.
A command in a process of its own runs dbt as it is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dbt.adapters.events.base_types
import dbt.compilation
import dbt.events.base_types
import dbt_common.events.base_types
from dbt.adapters.duckdb.impl import DuckDBAdapter
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
# What dbt's parser takes for the first word of a query: comments and blanks may stand before it.
_WITH = re.compile(r"(?:\s|--[^\n]*\n)*with(?:\s+recursive)?\s+", re.IGNORECASE)


def install() -> None:
    """Change dbt in this process, for all that follows."""
    pack, fire = BaseEvent.__init__, EventManager.fire_event
    compile_template, compiled = MacroFuzzEnvironment.compile, dict[tuple[Any, ...], Any]()
    inject = dbt.compilation.inject_ctes_into_sql

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

    def injected(sql: str, ctes: list[Any]) -> str:
        begun = _WITH.match(sql)
        if not (ctes and begun):
            return inject(sql, ctes)
        return f"{begun[0]}{', '.join(cte.sql for cte in ctes)}, {sql[begun.end() :]}"

    BaseEvent.__init__ = packed
    EventManager.fire_event = fired
    MacroFuzzEnvironment.compile = compiled_once
    dbt.compilation.inject_ctes_into_sql = injected


@contextmanager
def settled_relations() -> Iterator[None]:
    """Ask for the columns of a relation once, while none but dbt's own temporary ones change."""
    ask, known = DuckDBAdapter.get_columns_in_relation, dict[str, Any]()

    def asked_once(adapter: DuckDBAdapter, relation: Any) -> Any:
        name = str(relation)
        if "__dbt_tmp" in name:
            return ask(adapter, relation)
        if name not in known:
            known[name] = ask(adapter, relation)
        return known[name]

    DuckDBAdapter.get_columns_in_relation = asked_once
    try:
        yield
    finally:
        DuckDBAdapter.get_columns_in_relation = ask


def _is_unheard(event: Any) -> bool:
    return isinstance(event, DEBUG)
