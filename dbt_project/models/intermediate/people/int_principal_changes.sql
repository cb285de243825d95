{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

{%- set attributes = [
    'principal_type', 'partner_tenant_id', 'principal_name', 'user_principal_name', 'is_guest',
    'is_enabled', 'is_synced', 'is_deleted',
] %}

-- One row per tenant, principal and day on which a feed first named it or what Graph says of it
-- had changed. What a day does not tell is no change: the last word stands.
with

observed as (

    select
        * exclude (principal_type),
        nullif(principal_type, 'unknown') as principal_type
    from {{ ref('int_principals_observed') }}

),

changes as (

    {{ changed_rows(
        'observed',
        days='int_snapshot_days_new',
        day='snapshot_date',
        key='principal_id',
        attributes=attributes,
        carried=attributes,
    ) }}

)

select
    * exclude (principal_type),
    coalesce(principal_type, 'unknown') as principal_type
from changes
