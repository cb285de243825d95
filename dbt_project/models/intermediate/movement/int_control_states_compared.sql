-- The states of a control at both records of a pair, also where it was not scored, and the newest
-- update before the later one ended that changed its state. Controls without an update have no row.
with

updates as (

    select
        compared.tenant_id,
        compared.previous_date,
        compared.score_date,
        compared.control_id,
        states.state,
        states.item_index,
        compared.score_date < states.listed_until as is_listed,
        coalesce(states.updated_at, timestamp '1900-01-01 00:00:00') as made_at
    from {{ ref('int_controls_compared') }} as compared
    inner join {{ ref('int_control_states_dated') }} as states
        on
            compared.tenant_id = states.tenant_id
            and compared.profile_id = states.control_id
            and compared.previous_date < states.listed_until
            and (
                states.updated_at is null
                or states.updated_at < compared.score_date + interval 1 day
            )

),

sequenced as (

    select
        *,
        lag(state, 1, 'default') over (
            partition by tenant_id, previous_date, score_date, control_id, is_listed
            order by made_at, item_index
        ) as replaced_state
    from updates

)

select
    tenant_id,
    previous_date,
    score_date,
    control_id,
    arg_max(state, (made_at, item_index))
    filter (where made_at < previous_date + interval 1 day) as state_before,
    arg_max(state, (made_at, item_index)) filter (where is_listed) as state_after,
    max(made_at) filter (where is_listed and state <> replaced_state) as state_changed_at
from sequenced
group by tenant_id, previous_date, score_date, control_id
