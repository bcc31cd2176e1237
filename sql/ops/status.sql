-- What the warehouse holds, for a run's summary and for `tacit status`. Reads only.

-- :sources
select
    sources.source_name,
    sources.format,
    count(files.file_id) as files,
    count(files.file_id) filter (where files.run_id = $run_id) as new_files,
    coalesce(sum(files.records), 0)::bigint as records,
    coalesce(sum(files.loaded), 0)::bigint as loaded,
    coalesce(sum(files.duplicate), 0)::bigint as duplicate,
    coalesce(sum(list_sum(map_values(files.excluded))), 0)::bigint as excluded,
    coalesce(sum(files.quarantined), 0)::bigint as quarantined,
    max(files.exported_at) as exported_at,
    max(files.loaded_at) as loaded_at,
    max(files.last_event_at) as last_event_at
from raw.sources
left join raw.files
    on
        sources.source_name = files.source_name
        and files.superseded_at is null
group by sources.source_name, sources.format
order by sources.source_name;

-- :reasons
select
    files.source_name,
    quarantine.reason,
    count(*) as quarantined
from raw.quarantine
inner join raw.files
    on quarantine.file_id = files.file_id
inner join raw.sources
    on files.source_name = sources.source_name
where files.superseded_at is null
group by files.source_name, quarantine.reason
order by quarantined desc, quarantine.reason asc;

-- :exclusions
with

rules as (

    select
        files.source_name,
        unnest(map_keys(files.excluded)) as rule,
        unnest(map_values(files.excluded)) as records
    from raw.files
    inner join raw.sources
        on files.source_name = sources.source_name
    where files.superseded_at is null

)

select
    source_name,
    rule,
    sum(records)::bigint as excluded
from rules
group by source_name, rule
having sum(records) > 0
order by excluded desc, rule asc;

-- :parties
select
    party_kind,
    count(distinct person_id) as parties,
    count(*) as identifiers
from raw.identity_map
group by party_kind
order by party_kind;

-- :findings
select
    finding,
    subjects
from intermediate.int_findings
order by finding;

-- :changed
with

changes as (

    select unnest(string_split(reasons, ', ')) as reason
    from intermediate.int_changed_dates
    where run_id = $run_id

)

select
    reason,
    count(*) as dates
from changes
group by reason
order by reason;

-- :last_run
select
    run_id,
    max(loaded_at) as loaded_at
from raw.files
group by run_id
order by loaded_at desc
limit 1;
