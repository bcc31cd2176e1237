-- The row of a mart that a key names. Reads only.

-- :fct_person_weeks
select *
from marts.fct_person_weeks
where
    person_id = $person_id
    and week_start = $week_start;

-- :fct_segment_weeks
select *
from marts.fct_segment_weeks
where
    segment_type = $segment_type
    and segment_value = $segment_value
    and week_start = $week_start;

-- :fct_ties
select *
from marts.fct_ties
where
    person_a_id = least($person_a_id, $person_b_id)
    and person_b_id = greatest($person_a_id, $person_b_id)
    and week_start = $week_start;

-- :fct_unit_pair_weeks
select *
from marts.fct_unit_pair_weeks
where
    unit_type = $unit_type
    and from_unit = $from_unit
    and to_unit = $to_unit
    and week_start = $week_start;

-- :fct_participation
select *
from marts.fct_participation
where
    space_type = $space_type
    and space_name = $space_name
    and week_start = $week_start;

-- :fct_programme_effects
select effects.*
from marts.fct_programme_effects as effects
inner join marts.dim_programmes as programmes
    on effects.programme_id = programmes.programme_id
where
    programmes.programme_name = $programme_name
    and effects.design = $design
    and effects.outcome = $outcome
    and effects.horizon_weeks = $horizon_weeks
    and effects.is_without_fellow_pairs = $is_without_fellow_pairs;

-- :meaning
select
    columns.comment as description,
    metrics.formula,
    metrics.time_window,
    metrics.denominator,
    metrics.caveats
from duckdb_columns() as columns
left join marts.dim_metrics as metrics
    on metrics.metric in ($column, $measure)
where
    columns.database_name = current_database()
    and columns.schema_name = 'marts'
    and columns.table_name = $mart
    and columns.column_name = $column
order by metrics.metric != $column;
