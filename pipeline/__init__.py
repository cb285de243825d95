"""Identity posture, kept as history."""

from pipeline.published import open_published

__all__ = ["open_published"]
