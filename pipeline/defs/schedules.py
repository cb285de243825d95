"""The daily job and when it runs."""

import dagster as dg

from pipeline.defs.partitions import daily

daily_job = dg.define_asset_job(
    name="daily_posture",
    description="Collect, build, test and publish one day.",
    selection=dg.AssetSelection.all(),
    partitions_def=daily,
)

# Graph dates a day's score in the small hours; by six it is there.
daily_schedule = dg.build_schedule_from_partitioned_job(
    daily_job, name="daily_posture_schedule", hour_of_day=6
)
