-- What the policies of each replaced tenant-day do as a whole, a column a requirement; null where
-- it could not be judged.
select
    judged.tenant_id,
    judged.snapshot_date,
    {% for flag, requirement in [
        ('is_mfa_required_for_all', 'mfa_all_users'),
        ('is_legacy_auth_blocked', 'block_legacy_authentication'),
        ('has_sign_in_risk_policy', 'sign_in_risk'),
        ('has_user_risk_policy', 'user_risk'),
    ] %}
    bool_or(judged.verdict = 'implemented') filter (
        where judged.requirement = '{{ requirement }}' and judged.verdict <> 'unknown'
    ) as {{ flag }}{{ "," if not loop.last }}
{% endfor %}
from {{ ref('int_tenant_policies_evaluated') }} as judged
inner join {{ ref('int_tenant_days_to_rebuild') }} using (tenant_id, snapshot_date)
group by judged.tenant_id, judged.snapshot_date
