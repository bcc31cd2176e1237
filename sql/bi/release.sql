-- What is published here, from which data and weeks, what held of it, and how much is
-- withheld?

-- :answer
select
    organisation_name,
    built_at,
    coverage_from,
    coverage_to,
    weeks,
    people,
    events,
    files,
    records,
    data_fingerprint,
    data_tests,
    expectations,
    min_group_size,
    segment_cells + unit_pair_cells as cells,
    withheld_segment_cells + withheld_unit_pair_cells as withheld_cells
from bi.release;
