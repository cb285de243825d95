-- Profile maxima over time, a row a change of the maximum; a profile that vanished keeps its last.
with

compared as (

    select
        tenant_id,
        control_id,
        capture_date,
        max_points,
        version_number,
        lag(max_points) over (
            partition by tenant_id, control_id order by capture_date
        ) as previous_max_points
    from {{ ref('int_control_profile_versions') }}

),

changed as (

    select
        tenant_id,
        control_id,
        capture_date,
        max_points,
        version_number = 1 as is_first
    from compared
    where
        version_number = 1
        or max_points is distinct from previous_max_points

)

select
    *,
    lead(capture_date) over (
        partition by tenant_id, control_id order by capture_date
    ) as superseded_date
from changed
