-- depends_on: {{ ref('int_score_days_new') }}
-- depends_on: {{ ref('int_score_days_restated') }}
{{
    config(
        materialized='incremental',
        changed_days='int_score_days_new',
        changed_key=['tenant_id', 'score_date'],
    )
}}

-- Kept so that a maximum learnt later can reach back without reading the lake again.
select * from {{ ref('int_control_scores_chosen') }}
