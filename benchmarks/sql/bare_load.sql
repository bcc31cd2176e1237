-- What the load is measured against: DuckDB's own reader with every column declared, so
-- that it guesses nothing. $roster and $interactions are the paths of the exports.

-- :roster
create table roster as
select *
from
    read_csv(
        $roster,
        auto_detect = false,
        header = true,
        delim = ',',
        quote = '"',
        escape = '"',
        columns = {
            'person_id': 'varchar',
            'email': 'varchar',
            'manager_id': 'varchar',
            'team': 'varchar',
            'department': 'varchar',
            'discipline': 'varchar',
            'location': 'varchar',
            'work_mode': 'varchar',
            'job_level': 'integer',
            'hired_on': 'date',
            'left_on': 'date'
        }
    );

-- :interactions
create table interactions as
select *
from
    read_csv(
        $interactions,
        auto_detect = false,
        header = true,
        delim = ',',
        quote = '"',
        escape = '"',
        columns = {
            'source': 'varchar',
            'target': 'varchar',
            'occurred_at': 'timestamp',
            'channel': 'varchar',
            'minutes': 'double'
        }
    );

-- :rows
select
    (select count(*) from roster) as roster_rows,
    (select count(*) from interactions) as interaction_rows;
