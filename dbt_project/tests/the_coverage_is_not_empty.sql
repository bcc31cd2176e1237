{#
    Without a whole week between the first and the last event of valid persons every table
    would be empty, and every other test would pass.
#}
select count(*) as row_count
from {{ ref('int_coverage') }}
having count(*) != 1
