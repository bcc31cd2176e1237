{#
    Without one whole week that has a valid person's event before and after it, every table would be
    empty, and every other test would pass.
#}
select count(*) as row_count
from {{ ref('int_coverage') }}
having count(*) != 1
