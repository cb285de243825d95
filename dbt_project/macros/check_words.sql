{# The checks of a declared principal that fail, as people read them. #}
{% macro check_words(checks) -%}
    array_to_string(
        list_transform(
            string_split({{ checks }}, ', '),
            name -> case name
                when 'alone' then 'fewer than two such accounts are in the tenant'
                when 'not_excluded' then 'not every enabled policy excludes it'
                when 'not_phishing_resistant' then 'has no phishing-resistant method'
                when 'not_standing' then 'holds no privileged role standing'
                when 'other_domain' then 'is not on the initial domain'
                when 'other_role' then 'holds another role than that of synchronisation'
                when 'signed_in' then 'has signed in of late'
                when 'synced' then 'is synchronised from on premises'
                else name
            end
        ),
        ', '
    )
{%- endmacro %}
