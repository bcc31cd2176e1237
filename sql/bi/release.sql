-- What is published here, from which weeks, and how much of it is withheld?

-- :answer
select
    organisation_name,
    built_at,
    coverage_from,
    coverage_to,
    weeks,
    people,
    events,
    min_group_size,
    segment_cells + unit_pair_cells as cells,
    withheld_segment_cells + withheld_unit_pair_cells as withheld_cells
from bi.release;
