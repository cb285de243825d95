"""Identity posture, kept as history."""

from pipeline.published.reader import open_published

__all__ = ["open_published"]
