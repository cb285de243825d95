"""Dagster's entry: loads `pipeline.defs`, nothing else."""

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """The assets, checks, job and schedule of this installation."""
    from pipeline.defs import posture_definitions
    from pipeline.files import keep_private

    # Dagster's own processes run what is defined here, and none of them asks the command line.
    keep_private()
    return posture_definitions()
