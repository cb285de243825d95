with

applications as (

    select * from {{ source('graph', 'service_principals_applications') }}

),

credentials as (

    {{ credential_ends(
        'service_principals_applications_password_credentials', 'service_principals_applications_key_credentials'
    ) }}

)

select
    applications.run_id,
    applications.tenant_id,
    applications.extract_date,
    applications.record_index,
    lower(applications.app_id) as application_id,
    applications.display_name as application_name,
    {{ credential_columns('credentials') }}
from applications
left join credentials using (run_id, tenant_id, record_index)
