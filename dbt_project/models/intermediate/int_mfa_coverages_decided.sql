-- Placeholder until Conditional Access policies are evaluated: nobody's coverage is known.
select
    cast(null as varchar) as tenant_id,
    cast(null as date) as snapshot_date,
    cast(null as varchar) as principal_id,
    cast(null as varchar) as mfa_policy_coverage,
    cast(null as varchar) as deciding_policy_id,
    cast(null as varchar) as deciding_policy_name
where false
