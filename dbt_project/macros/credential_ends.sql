{# How many secrets and certificates each record carries, and when the first and the last end. #}
{% macro credential_ends(secrets, certificates) -%}
    select
        run_id,
        tenant_id,
        record_index,
        count(*) as credential_count,
        count(*) filter (where end_date_time is null) as endless_credential_count,
        min(cast(end_date_time as timestamp)) as first_credential_end_at,
        max(cast(end_date_time as timestamp)) as last_credential_end_at
    from (
        select
            run_id,
            tenant_id,
            record_index,
            end_date_time
        from {{ source('graph', secrets) }}

        union all

        select
            run_id,
            tenant_id,
            record_index,
            end_date_time
        from {{ source('graph', certificates) }}
    )
    group by run_id, tenant_id, record_index
{%- endmacro %}

{# The columns that `credential_ends` makes, for a record that may have no credential. #}
{% macro credential_columns(relation) -%}
    coalesce({{ relation }}.credential_count, 0) as credential_count,
    coalesce({{ relation }}.endless_credential_count, 0) as endless_credential_count,
    {{ relation }}.first_credential_end_at,
    {{ relation }}.last_credential_end_at
{%- endmacro %}
