"""One partition a day (UTC); today's exists, because a run is for today."""

import dagster as dg

daily = dg.DailyPartitionsDefinition(start_date="2020-01-01", end_offset=1)

# One run a day also in a backfill: the home has one writer, and a run is for one date.
day_by_day = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)
