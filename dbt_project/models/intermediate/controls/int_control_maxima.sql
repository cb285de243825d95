-- Profile maxima over time, a row a change of the maximum; a profile that vanished keeps its last.
-- Bounds as in int_control_profile_versions.
with

compared as (

    select
        tenant_id,
        control_id,
        capture_date,
        max_points,
        valid_from_date,
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
        valid_from_date,
        valid_from_date < capture_date as is_first
    from compared
    where
        valid_from_date < capture_date
        or max_points is distinct from previous_max_points

)

select
    *,
    coalesce(
        lead(capture_date) over (partition by tenant_id, control_id order by capture_date),
        date '9999-12-31'
    ) as valid_until_date
from changed
