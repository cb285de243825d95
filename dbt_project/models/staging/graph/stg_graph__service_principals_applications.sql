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
left join credentials
    on
        applications.run_id = credentials.run_id
        and applications.tenant_id = credentials.tenant_id
        and applications.record_index = credentials.record_index
