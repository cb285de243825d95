{#
    The parts of a movement and the causes each one holds; together they are the whole. Those that
    can move a maximum say so.
#}
{% macro movement_parts() -%}
    {{ return([
        {'name': 'earned', 'causes': ['improved'], 'moves_maximum': false},
        {'name': 'regressed', 'causes': ['regressed'], 'moves_maximum': false},
        {'name': 'population', 'causes': ['population_changed'], 'moves_maximum': false},
        {'name': 'exception', 'causes': ['exception_changed'], 'moves_maximum': true},
        {'name': 'licence', 'causes': ['service_gained', 'service_lost'], 'moves_maximum': true},
        {
            'name': 'microsoft',
            'causes': ['control_added', 'control_retired', 'max_changed', 'reclassified'],
            'moves_maximum': true,
        },
        {
            'name': 'unexplained',
            'causes': ['scored_set_changed', 'max_unknown', 'unattributed'],
            'moves_maximum': true,
        },
    ]) }}
{%- endmacro %}
