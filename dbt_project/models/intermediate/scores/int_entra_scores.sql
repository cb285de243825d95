{{
    config(
        materialized='incremental',
        replace_days='int_entra_scores_changed',
        replace_key=['tenant_id', 'score_date'],
    )
}}

-- Entra's own identity score, one row a tenant and day, with the capture that first reported it.
select * from {{ ref('int_entra_scores_changed') }}
