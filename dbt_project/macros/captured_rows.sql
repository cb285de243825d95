{# The rows of one feed that count, of the days this build replaces: those of its chosen capture. #}
{% macro captured_rows(staging_model, feed) -%}
    select
        told.*,
        captures.extract_date as snapshot_date,
        captures.collected_at
    from {{ ref(staging_model) }} as told
    inner join {{ ref('int_captures_deduplicated') }} as captures
        on
            told.run_id = captures.run_id
            and told.tenant_id = captures.tenant_id
            and captures.feed = '{{ feed }}'
{%- endmacro %}
