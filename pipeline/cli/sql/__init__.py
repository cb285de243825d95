"""`posture sql`: SQL over what is published, once or at a prompt."""

from pipeline.cli.sql.command import run

__all__ = ["run"]
