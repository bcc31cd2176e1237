-- Rows of generic interaction files. Grain: one row per target of an event and version. `event_id`
-- is a keyed hash of the file's own event id, else a hash of channel, source and time (of `contact`
-- the target too); `record_id` of event and target, `content_hash` of all that the row says.
-- `copies` counts the identical rows of the file (the manifest calls all but the first of them
-- duplicates).

-- :declare
create table if not exists raw.interaction_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    event_id bigint not null,
    channel varchar not null,
    source_identifier_id bigint not null,
    target_identifier_id bigint,
    occurred_at timestamp not null,
    minutes double,
    is_mutual boolean not null,
    space_identifier_id bigint,
    copies integer not null
);

-- :stage
create or replace temp table staged (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    event_id bigint,
    channel_number utinyint,
    source_identifier_id bigint,
    target_identifier_id bigint,
    occurred_at timestamp,
    minutes double,
    is_mutual boolean,
    space_identifier_id bigint
);

-- Three ways of reading a time, each two macros: `plain_time` reads a text without an offset from
-- UTC or gives NULL, `odd_time` reads any other. Both give NULL for what is no such time.

-- :iso_times
-- ISO 8601: a date, or a date and a time with or without an offset from UTC. DuckDB's own cast
-- alone would take `infinity` and `epoch` for times, and leave offsets out.
create or replace temp macro plain_time(written, pattern) as case
    when
        regexp_full_match(
            written, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?'
        )
        then try_cast(written as timestamp)
end;

create or replace temp macro time_parts(written) as regexp_extract(
    trim(written),
    '^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)'
    || ' ?(?:([Zz])|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)?)?$',
    ['day', 'clock', 'zulu', 'hours', 'minutes']
);

create or replace temp macro time_of_parts(parts) as struct_pack(
    wall_time := try_cast(
        parts.day || ' ' || coalesce(nullif(replace(parts.clock, ',', '.'), ''), '00:00')
        as timestamp
    ),
    utc_offset_seconds := case
        when parts.zulu != '' then 0
        when parts.hours != ''
            then
                3600 * parts.hours::integer
                + case when parts.hours[1] = '-' then -60 else 60 end
                * coalesce(nullif(parts.minutes, ''), '0')::integer
    end
);

create or replace temp macro odd_time(written, pattern) as time_of_parts(time_parts(written));

-- :pattern_times
create or replace temp macro has_zone(pattern) as regexp_matches(pattern, '%[zZ]');

create or replace temp macro plain_time(written, pattern) as case
    when not has_zone(pattern)
        then try_strptime(trim(written), pattern)::timestamptz::timestamp
end;

create or replace temp macro odd_time(written, pattern) as struct_pack(
    wall_time := case
        when has_zone(pattern)
            then try_strptime(trim(written), pattern)::timestamptz::timestamp
    end,
    utc_offset_seconds := 0
);

-- :epoch_times
create or replace temp macro plain_time(written, pattern) as null::timestamp;

create or replace temp macro odd_time(written, pattern) as struct_pack(
    wall_time := case
        when pattern = 'epoch_s' and regexp_full_match(trim(written), '-?\d{1,11}(\.\d{1,9})?')
            then make_timestamp((trim(written)::decimal(38, 9) * 1000000)::bigint)
        when pattern = 'epoch_ms' and regexp_full_match(trim(written), '-?\d{1,14}')
            then make_timestamp(trim(written)::bigint * 1000)
    end,
    utc_offset_seconds := 0
);

-- :read
with

plain as (

    select
        *,
        plain_time(occurred_at, $time_format) as plain_time
    from incoming

),

odd as (

    select
        *,
        case when plain_time is null then odd_time(occurred_at, $time_format) end as odd_time
    from plain

),

timed as (

    select
        * exclude (plain_time, odd_time),
        coalesce(plain_time, odd_time.wall_time) as wall_time,
        odd_time.utc_offset_seconds as utc_offset_seconds
    from odd

),

local_dates as (

    select distinct wall_time::date as local_date
    from timed
    where wall_time is not null and utc_offset_seconds is null

),

-- Every hour of UTC that the date can belong to, and how far the zone's clocks are from it: one
-- offset on nearly all dates, two where the clocks change, by however much.
date_hours as (

    select
        local_dates.local_date,
        local_dates.local_date::timestamp + to_hours(hours.hour) as utc_time
    from local_dates
    cross join generate_series(-15, 38) as hours (hour)

),

date_offsets as (

    select
        local_date,
        list(distinct date_diff('second', utc_time, timezone($zone, timezone('UTC', utc_time))))
            as offsets
    from date_hours
    group by local_date

),

-- The instants at which the zone's clocks show the local time: none in a gap, two in a repeat.
placed as (

    select
        timed.*,
        coalesce(
            timed.utc_offset_seconds,
            case when len(date_offsets.offsets) = 1 then date_offsets.offsets[1] end
        ) as certain_offset_seconds,
        case
            when timed.utc_offset_seconds is null and len(date_offsets.offsets) > 1
                then list_filter(
                    date_offsets.offsets,
                    lambda seconds: timezone(
                        $zone, timezone('UTC', timed.wall_time - to_seconds(seconds))
                    ) = timed.wall_time
                )
        end as possible_offsets_seconds
    from timed
    left join date_offsets
        on timed.wall_time::date = date_offsets.local_date

),

typed as (

    select
        *,
        make_timestamp(
            epoch_us(wall_time)
            - 1000000 * coalesce(certain_offset_seconds, possible_offsets_seconds[1])
        ) as utc_time,
        case
            when regexp_full_match(minutes, '\s*\d+(\.\d*)?([eE][+-]?\d+)?\s*')
                then try_cast(minutes as double)
        end as known_minutes,
        case
            when lower(trim(mutual)) in ('true', 'yes', '1') then true
            when coalesce(lower(trim(mutual)), '') in ('false', 'no', '0', '') then false
        end as is_mutual
    from placed

)

select
    line_number,
    case when trim(event_id) != '' then (md5_number($salt || trim(event_id)) >> 65)::bigint end
        as own_event_hash,
    channel_number,
    source_identifier_id,
    target_identifier_id,
    utc_time as occurred_at,
    known_minutes as minutes,
    is_mutual,
    space_identifier_id,
    case
        when source_identifier_id is null then 'empty_source'
        when
            least(source_identifier_id, target_identifier_id, space_identifier_id) = -1
            then 'field_too_long'
        when
            least(source_identifier_id, target_identifier_id, space_identifier_id) = 0
            then 'bad_identifier'
        when wall_time is null then 'bad_time'
        when len(possible_offsets_seconds) = 0 then 'nonexistent_local_time'
        when len(possible_offsets_seconds) > 1 then 'ambiguous_local_time'
        when utc_time < $earliest then 'before_1990'
        when utc_time >= $latest then 'in_the_future'
        when trim(minutes) != '' and (known_minutes is null or not isfinite(known_minutes))
            then 'bad_minutes'
        when is_mutual is null then 'bad_mutual'
    end as reason
from typed;

-- :keep
insert into staged by name
select * from typed_rows;

-- :load
insert into raw.interaction_csv_rows
with

repeated as (

    select
        staged.content_hash,
        count(*)::integer as copies,
        min(staged.line_number) as line_number
    from staged
    semi join repeated_hashes
        on staged.content_hash = repeated_hashes.content_hash
    group by staged.content_hash

),

known as (

    select content_hash
    from raw.interaction_csv_rows
    where
        source_name = $source_name
        and occurred_at between
        (select min(staged.occurred_at) from staged)
        and (select max(staged.occurred_at) from staged)

)

select
    staged.record_id,
    0 as version_key,
    staged.content_hash,
    $file_id as file_id,
    staged.line_number,
    $source_name as source_name,
    staged.event_id,
    $channels[staged.channel_number + 1] as channel,
    staged.source_identifier_id,
    staged.target_identifier_id,
    staged.occurred_at,
    staged.minutes,
    staged.is_mutual,
    staged.space_identifier_id,
    coalesce(repeated.copies, 1) as copies
from staged
left join repeated
    on staged.content_hash = repeated.content_hash
anti join known
    on staged.content_hash = known.content_hash
where repeated.content_hash is null or repeated.line_number = staged.line_number;

-- :loaded
select
    count(*) as loaded,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from raw.interaction_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.interaction_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.interaction_csv_rows;
