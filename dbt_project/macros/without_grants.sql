{# Whether a log row's note says that delegated grants were refused and the rest was read. #}
{% macro without_grants(note) -%}
    coalesce(contains({{ note }}, 'without v1.0 /oauth2PermissionGrants:'), false)
{%- endmacro %}
