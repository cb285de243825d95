"""An independent computation of the posture facts, and the tests that hold the warehouse to it.

Written from the published meanings over raw Graph responses; it shares no query, constant or seed
with the pipeline or the dbt project.
"""
