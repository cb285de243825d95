{#
    The rows of one feed that count, of the days this build replaces: those of its deduplicated
    capture.
#}
{% macro captured_rows(staging_model, feed) -%}
    select
        reported.*,
        captures.extract_date as snapshot_date,
        captures.collected_at
    from {{ ref(staging_model) }} as reported
    inner join {{ ref('int_captures_deduplicated') }} as captures
        on
            reported.run_id = captures.run_id
            and reported.tenant_id = captures.tenant_id
            and captures.feed = '{{ feed }}'
{%- endmacro %}
