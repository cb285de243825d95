"""Identity posture, kept as history."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.published.reader import open_published

__all__ = ["open_published"]


def __getattr__(name: str) -> Any:
    # On demand: every module of the package imports this one first.
    if name == "open_published":
        from pipeline.published.reader import open_published

        return open_published
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
