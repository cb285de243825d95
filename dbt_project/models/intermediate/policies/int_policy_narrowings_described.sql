-- By what each policy of the replaced days is narrowed, in words; null where by nothing. What names
-- both kinds of old clients is not narrowed by them as a block of those (`block_narrowed_by`).
select
    tenant_id,
    snapshot_date,
    policy_id,
    {% for column, is_any_client in [
        ('narrowed_by', 'is_all_clients'),
        ('block_narrowed_by', '(is_all_clients or (is_for_activesync and is_for_other_clients))'),
    ] %}
    nullif(
        concat_ws(
            ', ',
            case when not is_all_applications then 'applications' end,
            case when not {{ is_any_client }} then 'client apps' end,
            case when uses_platforms then 'platforms' end,
            case when uses_locations then 'locations' end,
            case when uses_sign_in_risk then 'sign-in risk' end,
            case when uses_user_risk then 'user risk' end,
            case
                when
                    narrowing_count
                    > cast(uses_platforms as integer) + cast(uses_locations as integer)
                    + cast(uses_sign_in_risk as integer) + cast(uses_user_risk as integer)
                    then 'other conditions'
            end,
            case when sure_demand in ('device', 'weak') then 'another demand that will do' end
        ),
        ''
    ) as {{ column }}{{ "," if not loop.last }}
{% endfor %}
from {{ ref('int_policies_evaluated') }}
