-- What the days about to be replaced held, as one number a day.
{{ control_facts_hash(prior('core', 'fct_control_score_daily', control_fact_columns())) }}
