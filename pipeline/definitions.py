"""Dagster's entry: loads `pipeline.defs`, nothing else."""

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """The assets, checks, job and schedule of this installation."""
    from pipeline.defs import posture_definitions

    return posture_definitions()
