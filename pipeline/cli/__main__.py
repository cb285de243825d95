"""`python -m pipeline.cli` is the command `posture`."""

from pipeline.cli import command

command()
