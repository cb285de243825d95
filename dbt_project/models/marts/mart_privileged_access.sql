{#- Long: every finding is a column of its own, with its own reason to be null. -#}
{#- Every finding, in the order in which a person should read them, and how it is said. -#}
{%- set findings = {
    'is_external_partner': "'from another tenant' || coalesce(' (' || partner_tenant_id || ')', '')",
    'is_check_failed': "'declared for ' || declared_role || ', but ' || check_words",
    'is_at_risk': "'at risk'",
    'is_unprotected': 'coverage_in_words',
    'is_without_mfa': "'no MFA method registered'",
    'is_without_phishing_resistance': "'no phishing-resistant method registered'",
    'is_disabled': "'disabled but still assigned'",
    'is_stale': "'no successful sign-in for " ~ var('stale_sign_in_days') ~ " days'",
    'is_guest': "'a guest'",
    'is_synced': "'synchronised from on premises'",
    'is_standing_despite_pim': "'standing though PIM is licensed'",
    'is_permanently_eligible': "'eligible without an end'",
    'is_unresolvable': "'deleted or otherwise not to be resolved'",
    'is_unread_group': "'a group whose members could not be read'",
} -%}
with

assignments as (

    select
        * replace (coalesce(expected_traits, []) as expected_traits),
        risk_state in ('at_risk', 'confirmed_compromised') as is_at_risk,
        -- One without a second factor at all is said to lack that.
        not is_mfa_registered as is_without_mfa,
        is_mfa_registered and not is_phishing_resistant as is_without_phishing_resistance,
        not is_enabled as is_disabled,
        principal_type = 'partner' as is_external_partner,
        -- PIM cannot make a service principal eligible, nor what another tenant has.
        assignment_kind = 'standing' and has_pim
        and principal_type not in ('service_principal', 'partner') as is_standing_despite_pim,
        assignment_kind = 'eligible' and end_at is null as is_permanently_eligible,
        principal_type = 'unknown' as is_unresolvable,
        principal_type = 'group' as is_unread_group,
        case when declared_role is null then false else not is_expected end as is_check_failed,
        {{ check_words('failed_checks') }} as check_words,
        coalesce(principal_name, principal_id) || ' ' || case assignment_kind
            when 'eligible' then 'may become '
            when 'activated' then 'is for some hours '
            else 'is '
        end || role_name || ' over ' || scope_in_words || case
            when path = 'direct' then ''
            else ' through group ' || coalesce(via_group_name, via_group_id)
        end as assignment_in_words,
        case mfa_policy_coverage
            when 'excluded' then 'left out of MFA'
            when 'report_only' then 'MFA only reported'
            when 'narrow' then 'MFA only on some occasions'
            else 'no policy asks for MFA'
        end || coalesce(' (policy ' || deciding_policy_name || ')', '') as coverage_in_words
    from {{ ref('int_privileged_assignments_described') }}

),

described as (

    select
        *,
        {% for name, condition in [('true', 'not '), ('expected', '')] %}
            list_filter(
                [
                    {% for finding in findings | sort %}
                        case when {{ finding }} then '{{ finding.removeprefix("is_") }}' end,
                    {% endfor %}
                ],
                lambda name: name is not null
                and {{ condition }}list_contains(expected_traits, name)
            ) as {{ name }}_names,
        {% endfor %}
        list_filter(
            [
                {% for finding in findings | sort %}
                    case when {{ finding }} is null then '{{ finding.removeprefix("is_") }}' end,
                {% endfor %}
            ],
            -- Of a user all of this could be known.
            lambda name: name is not null and principal_type = 'user'
        ) as unknown_names,
        list_filter(
            [
                {% for finding, phrase in findings.items() %}
                    case
                        when
                            {{ finding }}
                            and not list_contains(
                                expected_traits, '{{ finding.removeprefix("is_") }}'
                            )
                            then {{ phrase }}
                    end,
                {% endfor %}
            ],
            lambda phrase: phrase is not null
        ) as phrases
    from assignments

)

select
    described.tenant_id,
    tenants.tenant_name,
    described.snapshot_date,
    described.principal_id,
    described.principal_name,
    described.user_principal_name,
    described.principal_type,
    described.partner_tenant_id,
    described.role_template_id,
    described.role_name,
    described.directory_scope,
    described.scope_in_words,
    described.assignment_kind,
    described.path,
    described.via_group_id,
    described.via_group_name,
    described.group_path,
    described.start_at,
    described.end_at,
    described.is_enabled,
    described.last_sign_in_at,
    described.risk_level,
    described.mfa_policy_coverage,
    described.deciding_policy_id,
    described.deciding_policy_name,
    described.declared_role,
    described.is_expected,
    described.failed_checks,
    described.unknown_checks,
    {% for finding in findings %}
        described.{{ finding }},
    {% endfor %}
    array_to_string(described.true_names, ', ') as findings,
    cast(len(described.true_names) as bigint) as finding_count,
    array_to_string(described.unknown_names, ', ') as unknown_findings,
    array_to_string(described.expected_names, ', ') as expected_findings,
    described.assignment_in_words || ': ' || case
        when len(described.true_names) > 0 then array_to_string(described.phrases, '; ')
        when described.is_expected then 'as expected, declared for ' || described.declared_role
        when len(described.unknown_names) > 0 then 'nothing found in what could be read'
        else 'nothing found'
    end || '.' as sentence
from described
left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
