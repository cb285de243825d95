-- The ledger: built last, so a capture counts as processed only when every fact has it.
-- depends_on: {{ ref('fct_identity_posture_daily') }}
-- depends_on: {{ ref('fct_score_benchmark_daily') }}
-- depends_on: {{ ref('fct_role_assignment_daily') }}
-- depends_on: {{ ref('fct_score_change') }}
-- depends_on: {{ ref('mart_score_movement') }}
-- depends_on: {{ ref('fct_application_privilege_daily') }}
-- depends_on: {{ ref('fct_risk_daily') }}
-- depends_on: {{ ref('fct_recommendation_daily') }}
-- depends_on: {{ ref('fct_tenant_score_daily') }}
-- depends_on: {{ ref('int_recommendation_resources') }}
-- depends_on: {{ ref('fct_principal_posture_daily') }}
-- depends_on: {{ ref('int_principal_changes') }}
-- depends_on: {{ ref('int_privileged_groups_held') }}
-- depends_on: {{ ref('int_registrations_counted') }}
-- depends_on: {{ ref('int_control_changes') }}
-- depends_on: {{ ref('fct_policy_daily') }}
-- depends_on: {{ ref('fct_tenant_setting_daily') }}
-- depends_on: {{ ref('int_mfa_coverages_decided') }}
-- depends_on: {{ ref('int_tenant_policies_evaluated') }}
-- depends_on: {{ ref('int_policy_changes') }}
-- depends_on: {{ ref('int_security_defaults_offered') }}
-- depends_on: {{ ref('int_leaked_credentials') }}
-- depends_on: {{ ref('int_score_copies_compared') }}
-- depends_on: {{ ref('int_control_registers') }}
-- depends_on: {{ ref('int_principal_registers') }}
-- depends_on: {{ ref('int_set_changes_observed') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
    )
}}

select
    captures.run_id,
    captures.tenant_id,
    captures.feed,
    captures.extract_date,
    captures.part,
    as_of.as_of_date
from {{ ref('int_captures_new') }} as captures
cross join {{ ref('int_build_date') }} as as_of
