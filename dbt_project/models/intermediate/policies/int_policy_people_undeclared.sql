-- Those whom we know by id among whom the policies of the replaced days name, without declared
-- ones, neither themselves nor by the group that is named.
select people.*
from {{ ref('int_policy_subject_people') }} as people
anti join {{ ref('int_principals_declared') }} as declared
    on
        people.tenant_id = declared.tenant_id
        and people.snapshot_date = declared.snapshot_date
        and people.person_id = declared.principal_id
