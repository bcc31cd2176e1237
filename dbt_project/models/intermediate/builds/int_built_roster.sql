-- depends_on: {{ ref('segment_weeks') }}
-- depends_on: {{ ref('unit_pair_weeks') }}
select * from {{ ref('int_roster_periods') }}
