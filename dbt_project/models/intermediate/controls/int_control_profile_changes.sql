{{
    config(
        materialized='incremental',
        replace_days='int_profile_captures_new',
        replace_key=['tenant_id', 'capture_date'],
    )
}}

{%- set attributes = [
    'title', 'control_category', 'service', 'action_type', 'action_url', 'max_points', 'tier',
    'user_impact', 'implementation_cost', 'rank', 'remediation', 'remediation_impact',
    'is_marked_deprecated', 'threats', 'state_updates', 'content_hash',
] %}

-- One row per tenant, control and day on which its profile appeared, changed or vanished: the
-- history of the catalogue without its copies. A day's rows depend only on that day's capture and
-- the rows before it.
with

changes as (

    {{ changed_rows(
        ref('int_control_profiles_observed'),
        days='int_profile_captures_new',
        day='capture_date',
        key='control_id',
        attributes=attributes,
        compared=['content_hash'],
        tells_absence=true,
    ) }}

)

select * from changes
