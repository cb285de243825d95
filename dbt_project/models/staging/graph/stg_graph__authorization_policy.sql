select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    allow_invites_from,
    allowed_to_sign_up_email_based_subscriptions,
    allowed_to_use_sspr,
    allow_email_verified_users_to_join_organization,
    allow_user_consent_for_risky_apps,
    block_msol_power_shell,
    guest_user_role_id
from {{ source('graph', 'authorization_policy') }}
