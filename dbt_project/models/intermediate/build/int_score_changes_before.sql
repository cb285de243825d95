-- What the fact said of the records about to be replaced, as one number a record.
{{ facts_hash(
    prior('core', 'fct_score_change', score_change_columns()),
    score_change_columns(),
    'int_score_changes_to_rebuild',
) }}
