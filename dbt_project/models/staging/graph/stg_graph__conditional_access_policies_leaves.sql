-- Conditions, grant controls and session controls of policies, one row per scalar in them.
{% for version in ['', '_beta'] %}
    {% for member in ['conditions', 'grant_controls', 'session_controls'] %}
        select
            run_id,
            tenant_id,
            record_index,
            {{ 'true' if version else 'false' }} as is_beta,
            '{{ member }}' as member,
            item_index,
            path,
            value
        from {{ source('graph', 'conditional_access_policies' ~ version ~ '_' ~ member) }}
        {{ "union all" if not loop.last }}
    {% endfor %}
    {{ "union all" if not loop.last }}
{% endfor %}
