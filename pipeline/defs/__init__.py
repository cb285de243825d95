"""Dagster on this project: assets, checks, partitions, resources and schedule.

graph/<table>   one asset a lake table, all from one collection
core/*, marts/*  the public models, with their tests as checks
published       the snapshot that readers see
"""

import dagster as dg

from pipeline.defs.collection import lake_tables
from pipeline.defs.publication import published_asset
from pipeline.defs.resources import PostureHome
from pipeline.defs.schedules import daily_job, daily_schedule
from pipeline.defs.warehouse import warehouse_assets


def posture_definitions() -> dg.Definitions:
    """Everything of this code location; needs no configuration and no network to load."""
    home = PostureHome.of_environment()
    warehouse = warehouse_assets(home.paths())
    return dg.Definitions(
        assets=[lake_tables, warehouse, published_asset(warehouse)],
        jobs=[daily_job],
        schedules=[daily_schedule],
        resources={"posture": home},
        # One process a run: the home has one writer, and each step of its own costs seconds.
        executor=dg.in_process_executor,
    )
