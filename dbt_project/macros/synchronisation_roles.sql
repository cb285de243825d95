{#
    Template ids of Directory Synchronization Accounts, and of On Premises Directory Sync Account,
    which Entra Connect takes since 2024.
#}
{% macro synchronisation_roles() -%}
    ('d29b2b05-8046-44ba-8758-1e26182fcf32', 'a92aed5d-d78a-4d16-b381-09adb37eb3b0')
{%- endmacro %}
