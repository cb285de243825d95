-- A word for cost or user impact that the seed does not know counts as unknown, so as high effort:
-- a row is such a word, to be added to seeds/effort_levels.csv.
{{ config(severity='warn', group='posture') }}

with

words as (

    select lower(trim(implementation_cost)) as wire_value
    from {{ ref('int_control_profile_changes') }}

    union

    select lower(trim(user_impact)) as wire_value
    from {{ ref('int_control_profile_changes') }}

)

select words.wire_value
from words
left join {{ ref('effort_levels') }} as levels using (wire_value)
where
    levels.wire_value is null
    and words.wire_value not in ('', 'unknown')
