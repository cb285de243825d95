-- By what each policy of the replaced days is narrowed, in words; null where by nothing.
select
    tenant_id,
    snapshot_date,
    policy_id,
    nullif(
        concat_ws(
            ', ',
            case when not is_all_applications then 'applications' end,
            case when not is_all_clients then 'client apps' end,
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
    ) as narrowed_by
from {{ ref('int_policies_evaluated') }}
