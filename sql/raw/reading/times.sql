-- How formats in CSV read times and dates, for whichever table: macros and a table of a
-- database without a disk, in which a section `read` then uses them.

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

-- :placed_times
-- `placed_times` adds to the records of a relation what their text `occurred_at` says:
-- `wall_time`, `possible_offsets` (of the zone's clocks when they show it: none in a
-- gap, two in a repeat) and, in place of the text, the time in UTC. A date that is not
-- in `zone_dates` is far from the limits within which times are taken, on one side or
-- the other.
create or replace temp macro placed_times(records, zone_name, pattern) as table
    with

    plain as (

        select
            *,
            plain_time(occurred_at, pattern) as plain_time
        from query_table(records)

    ),

    zulu as (

        select
            *,
            case when plain_time is null then utc_time(occurred_at, pattern) end
                as utc_time
        from plain

    ),

    odd as (

        select
            *,
            case
                when plain_time is null and utc_time is null
                    then odd_time(occurred_at, pattern)
            end as odd_time
        from zulu

    ),

    timed as (

        select
            * exclude (occurred_at, plain_time, utc_time, odd_time),
            coalesce(plain_time, utc_time, struct_extract(odd_time, 'wall_time'))
                as wall_time,
            case
                when utc_time is not null then 0
                else struct_extract(odd_time, 'utc_offset_seconds')
            end as utc_offset_seconds
        from odd

    ),

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
                            zone_name,
                            timezone('UTC', timed.wall_time - to_seconds(seconds))
                        ) = timed.wall_time
                    )
            end as possible_offsets,
            coalesce(timed.utc_offset_seconds, zone_dates.offset_seconds)
                as certain_offset_seconds
        from timed
        left join zone_dates
            on timed.wall_time::date = zone_dates.local_date

    )

    select
        *,
        make_timestamp(
            epoch_us(wall_time)
            - 1000000 * coalesce(certain_offset_seconds, possible_offsets[1], 0)
        ) as occurred_at
    from placed;

-- Why a time that was placed so is none, or NULL.
create or replace temp macro reason_of_time(
    wall_time, possible_offsets, occurred_at, earliest, latest
) as case
    when wall_time is null then 'bad_time'
    when len(possible_offsets) = 0 then 'nonexistent_local_time'
    when len(possible_offsets) > 1 then 'ambiguous_local_time'
    when occurred_at < earliest then 'before_1990'
    when occurred_at >= latest then 'in_the_future'
end;

-- :read_times
select
    line_number,
    occurred_at,
    reason_of_time(wall_time, possible_offsets, occurred_at, $earliest, $latest)
        as reason
from placed_times('incoming', $zone, $time_format);

-- :iso_dates
-- An ISO 8601 date; a time after it is not looked at.
create or replace temp macro read_date(written, pattern) as case
    when regexp_full_match(trim(written), '\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?')
        then try_cast(trim(written)[1:10] as date)
end;

-- :pattern_dates
create or replace temp macro read_date(written, pattern) as
try_strptime(trim(written), pattern)::timestamptz::timestamp::date;

-- :read_dates
select
    line_number,
    read_date(written, $date_format) as date,
    case when read_date(written, $date_format) is null then 'bad_date' end as reason
from incoming;
