-- Rows of generic interaction files. Grain: one row per target of an event and version.
-- `event_id` is a keyed hash of the file's own event id, else a hash of channel, source
-- and time (of `contact` the target too); `record_id` of event and target,
-- `content_hash` of all that the row says. `copies` counts the identical rows of the
-- file (the manifest calls all but the first of them duplicates).

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
create or replace temp table staged_interaction_csv_rows (
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

-- Three ways of writing times, each three macros over a text: `plain_time` is a local
-- time without an offset from UTC, `utc_time` a time in UTC, `odd_time` (wall_time,
-- utc_offset_seconds) whatever else is allowed. They are tried in this order, and give
-- NULL for what is no such time.

-- :iso_times
-- ISO 8601: a date, or a date and a time with or without an offset from UTC. DuckDB's
-- own cast alone would take `infinity` and `epoch` for times, and leave offsets out.
-- The first two macros are for what nearly all files hold; the third takes five times
-- as long.
create or replace temp macro plain_time(written, pattern) as case
    when written like '____-__-__ __:__:__' or written like '____-__-__T__:__:__'
        then try_cast(written as timestamp)
end;

create or replace temp macro utc_time(written, pattern) as case
    when
        regexp_full_match(
            written, '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z'
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
        parts.day
        || ' '
        || coalesce(nullif(replace(parts.clock, ',', '.'), ''), '00:00')
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

create or replace temp macro odd_time(written, pattern) as
time_of_parts(time_parts(written));

-- :pattern_times
create or replace temp macro has_zone(pattern) as regexp_matches(pattern, '%[zZ]');

create or replace temp macro plain_time(written, pattern) as case
    when not has_zone(pattern)
        then try_strptime(trim(written), pattern)::timestamptz::timestamp
end;

create or replace temp macro utc_time(written, pattern) as case
    when has_zone(pattern)
        then try_strptime(trim(written), pattern)::timestamptz::timestamp
end;

create or replace temp macro odd_time(written, pattern) as struct_pack(
    wall_time := null::timestamp, utc_offset_seconds := null::integer
);

-- :epoch_times
create or replace temp macro plain_time(written, pattern) as null::timestamp;

create or replace temp macro utc_time(written, pattern) as case
    when
        pattern = 'epoch_s'
        and regexp_full_match(trim(written), '-?\d{1,11}(\.\d{1,9})?')
        then make_timestamp((trim(written)::decimal(38, 9) * 1000000)::bigint)
    when pattern = 'epoch_ms' and regexp_full_match(trim(written), '-?\d{1,14}')
        then make_timestamp(trim(written)::bigint * 1000)
end;

create or replace temp macro odd_time(written, pattern) as struct_pack(
    wall_time := null::timestamp, utc_offset_seconds := null::integer
);

-- :zone_dates
-- Every local date from $earliest to $latest, a few days over, with how far the zone's
-- clocks are from UTC while it lasts anywhere: `offset_seconds` if that is the same all
-- the time, `offsets_seconds` (all that come into question) on dates near a change of
-- the clocks, by however much they change. No zone has changed its clocks twice within
-- six hours.
create or replace temp table zone_dates as
with

instants as (

    select unnest(
        generate_series(
            $earliest::date - to_days(4), $latest::date + to_days(4), to_hours(6)
        )
    ) as utc_time

),

looks as (

    select
        utc_time,
        date_diff('second', utc_time, timezone($zone, timezone('UTC', utc_time)))
            as offset_seconds
    from instants

),

changes as (

    select
        utc_time,
        offset_seconds,
        lag(offset_seconds) over (order by utc_time) as offset_before_seconds
    from looks
    qualify offset_seconds != offset_before_seconds

),

-- A date lasts, somewhere, from 15 hours before it begins in UTC to 14 hours after it
-- ends.
dates_of_changes as (

    select
        offset_seconds,
        offset_before_seconds,
        unnest(
            generate_series(
                (utc_time - to_hours(6 + 38))::date,
                (utc_time + to_hours(15))::date,
                to_days(1)
            )
        )::date as local_date
    from changes

),

changing_dates as (

    select
        local_date,
        list_distinct(flatten(list([offset_seconds, offset_before_seconds])))
            as offsets_seconds
    from dates_of_changes
    group by local_date

)

select
    looks.utc_time::date as local_date,
    case when changing_dates.local_date is null then looks.offset_seconds end
        as offset_seconds,
    changing_dates.offsets_seconds
from looks
left join changing_dates
    on looks.utc_time::date = changing_dates.local_date
where hour(looks.utc_time) = 12;

-- :read
with

-- What a file has no column for comes without a type. The time is the only text: what
-- this database has had in memory may, long after, lie in what it writes to disk.
written as (

    select
        line_number,
        channel_number,
        source_identifier_id,
        target_identifier_id,
        space_identifier_id::bigint as space_identifier_id,
        own_event_hash::bigint as own_event_hash,
        occurred_at,
        minutes::double as minutes,
        is_mutual
    from incoming

),

plain as (

    select
        *,
        plain_time(occurred_at, $time_format) as plain_time
    from written

),

zulu as (

    select
        *,
        case when plain_time is null then utc_time(occurred_at, $time_format) end
            as utc_time
    from plain

),

odd as (

    select
        *,
        case
            when plain_time is null and utc_time is null
                then odd_time(occurred_at, $time_format)
        end as odd_time
    from zulu

),

timed as (

    select
        line_number,
        channel_number,
        source_identifier_id,
        target_identifier_id,
        space_identifier_id,
        own_event_hash,
        minutes,
        is_mutual,
        coalesce(plain_time, utc_time, struct_extract(odd_time, 'wall_time'))
            as wall_time,
        case
            when utc_time is not null then 0
            else struct_extract(odd_time, 'utc_offset_seconds')
        end as utc_offset_seconds
    from odd

),

-- The instants at which the zone's clocks show the local time: none in a gap, two in a
-- repeat. A date without a row is far from the limits within which times are taken, on
-- one side or the other.
placed as (

    select
        timed.*,
        case
            when
                timed.utc_offset_seconds is null
                and zone_dates.offsets_seconds is not null
                then list_filter(
                    zone_dates.offsets_seconds,
                    lambda seconds: timezone(
                        $zone, timezone('UTC', timed.wall_time - to_seconds(seconds))
                    ) = timed.wall_time
                )
        end as possible_offsets,
        coalesce(timed.utc_offset_seconds, zone_dates.offset_seconds)
            as certain_offset_seconds
    from timed
    left join zone_dates
        on timed.wall_time::date = zone_dates.local_date

),

typed as (

    select
        *,
        make_timestamp(
            epoch_us(wall_time)
            - 1000000 * coalesce(certain_offset_seconds, possible_offsets[1], 0)
        ) as occurred_at
    from placed

)

select
    line_number,
    own_event_hash,
    channel_number,
    source_identifier_id,
    target_identifier_id,
    occurred_at,
    minutes,
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
        when len(possible_offsets) = 0 then 'nonexistent_local_time'
        when len(possible_offsets) > 1 then 'ambiguous_local_time'
        when occurred_at < $earliest then 'before_1990'
        when occurred_at >= $latest then 'in_the_future'
        when not isfinite(minutes) then 'bad_minutes'
        when is_mutual is null then 'bad_mutual'
    end as reason
from typed;

-- :keep
insert into staged_interaction_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.interaction_csv_rows
with

repeated as (

    select
        staged.content_hash,
        count(*)::integer as copies,
        min(staged.line_number) as line_number
    from staged_interaction_csv_rows as staged
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
        (select min(staged.occurred_at) from staged_interaction_csv_rows as staged)
        and (select max(staged.occurred_at) from staged_interaction_csv_rows as staged)

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
from staged_interaction_csv_rows as staged
left join repeated
    on staged.content_hash = repeated.content_hash
anti join known
    on staged.content_hash = known.content_hash
where repeated.content_hash is null or repeated.line_number = staged.line_number;

-- :unstage
drop table staged_interaction_csv_rows;

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
