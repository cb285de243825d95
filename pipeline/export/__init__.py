"""A client's own copy: everything of one tenant that is published, and no trace of any other."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.export.copy import Copy, export_tenant

__all__ = ["Copy", "export_tenant"]


def __getattr__(name: str) -> Any:
    # On demand: the process that writes posture.duckdb of a copy needs nothing of this.
    if name in __all__:
        from pipeline.export import copy

        return getattr(copy, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
