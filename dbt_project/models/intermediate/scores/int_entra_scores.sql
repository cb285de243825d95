{{
    config(
        materialized='incremental',
        changed_days='int_entra_scores_changed',
        changed_key=['tenant_id', 'score_date'],
    )
}}

-- Entra's own identity score, one row a tenant and day, with the capture that first told it so.
select * from {{ ref('int_entra_scores_changed') }}
