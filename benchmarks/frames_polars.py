"""The core of docs/metrics.md in polars: from records and people to ties, people's weeks, segments.

A year of a company whose roster has one row a person, all with a level and a team, as the
benchmarks' generator makes it.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from benchmarks.frames import GROUPS, MEASURES, Inputs, Outputs

PAIR = ["party_a", "party_b"]


def compute(inputs: Inputs) -> Outputs:
    """Return ties, people's weeks and segments as Arrow tables."""
    records, people, rules = (
        pl.from_arrow(table) for table in (inputs.records, inputs.people, inputs.rules)
    )
    said = inputs.parameters
    people = people.with_columns(
        pl.col("valid_from").fill_null(pl.date(1, 1, 1)),
        pl.col("valid_to").fill_null(pl.date(9999, 12, 31)),
    )
    first, last = said["first_date"], said["last_date"]
    zone = said["timezone"]
    records = records.with_columns(
        date=pl.col("occurred_at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()
    ).filter(pl.col("date").is_between(first, last))
    weeks = pl.DataFrame({"week_start": pl.date_range(first, last, "1w", eager=True)})

    person_weeks = rows_of(people, weeks)
    participants = pl.concat(
        [
            records.select("event_id", "date", party="source_id"),
            records.select("event_id", "date", party="target_id"),
        ]
    ).unique()
    sizes = participants.group_by("event_id").len("participants")
    meaningful = (
        records.group_by("event_id")
        .agg(pl.col("channel").first(), pl.col("minutes").max(), pl.col("date").first())
        .join(sizes, on="event_id")
        .join(rules, on="channel")
        .filter(
            (pl.col("participants") <= pl.col("max_participants")).fill_null(value=True)
            & (pl.col("minutes") <= pl.col("max_minutes")).fill_null(value=True)
        )
    )
    pairs = pair_events(records, participants, meaningful, people)
    days = pair_days(pairs)
    ties = ties_of(days, person_weeks, weeks, said)
    rows = (
        person_weeks.join(networks(ties, person_weeks), on=["person_id", "week_start"], how="left")
        .join(flows(days, people), on=["person_id", "week_start"], how="left")
        .join(active(records, rules, pairs, people, weeks, said), on=["person_id", "week_start"],
              how="left")
        .with_columns(pl.col(MEASURES).fill_null(0))
        .with_columns(
            is_measured=pl.col("is_full_window") & pl.col("is_active").fill_null(value=False)
        )
    )  # fmt: skip
    return Outputs(
        ties.select("week_start", *PAIR).to_arrow(),
        rows.to_arrow(),
        segments(rows).to_arrow(),
    )


def rows_of(people: pl.DataFrame, weeks: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each person and week in which the person was valid on some day."""
    first = weeks["week_start"].min()
    window = pl.col("week_start") - pl.duration(days=21)
    return (
        people.join(weeks, how="cross")
        .filter(
            (pl.col("valid_from") <= pl.col("week_start") + pl.duration(days=6))
            & (pl.col("valid_to") > pl.col("week_start"))
        )
        .select(
            "person_id", "week_start", "team", "department",
            is_full_window=(window >= first)
            & (pl.col("valid_from") <= window)
            & (pl.col("valid_to") > pl.col("week_start") + pl.duration(days=6)),
        )
    )  # fmt: skip


def valid(frame: pl.DataFrame, people: pl.DataFrame, column: str) -> pl.DataFrame:
    """Keep the rows whose person was valid on their date."""
    spans = people.select(pl.col("person_id").alias(column), "valid_from", "valid_to")
    return (
        frame.join(spans, on=column)
        .filter(pl.col("date").is_between("valid_from", "valid_to", closed="left"))
        .drop("valid_from", "valid_to")
    )


def pair_events(
    records: pl.DataFrame, participants: pl.DataFrame, meaningful: pl.DataFrame,
    people: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """Return the meaningful pair events of two valid people, the lower id first."""
    is_sourced = ~pl.col("is_pairwise")
    kept = meaningful.select("event_id", "channel", "date", "is_pairwise", "is_per_day")
    sourced = (
        records.select("event_id", "source_id", "target_id")
        .join(kept.filter(is_sourced), on="event_id")
        .filter(pl.col("source_id") != pl.col("target_id"))
        .unique()
        .with_columns(
            party_a=pl.min_horizontal("source_id", "target_id"),
            party_b=pl.max_horizontal("source_id", "target_id"),
            a_to_b=pl.col("source_id") < pl.col("target_id"),
            b_to_a=pl.col("source_id") > pl.col("target_id"),
        )
    )
    there = participants.select("event_id", "party").join(
        kept.filter(pl.col("is_pairwise")), on="event_id"
    )
    shared = (
        there.rename({"party": "party_a"})
        .join(there.select("event_id", party_b="party"), on="event_id")
        .filter(pl.col("party_a") < pl.col("party_b"))
        .with_columns(a_to_b=pl.lit(value=True), b_to_a=pl.lit(value=True))
    )
    columns = ["event_id", "date", "channel", "is_per_day", "is_pairwise", *PAIR, "a_to_b",
               "b_to_a"]  # fmt: skip
    both = pl.concat([sourced.select(columns), shared.select(columns)])
    return valid(valid(both, people, "party_a"), people, "party_b")


def pair_days(pairs: pl.DataFrame) -> pl.DataFrame:
    """Fold pair events to days; some channels count once a day, in each direction too."""
    counts = ["interactions", "a_to_b", "b_to_a"]
    return (
        pairs.group_by("date", *PAIR, "channel", "is_per_day")
        .agg(pl.len().alias("interactions"), pl.col("a_to_b").sum(), pl.col("b_to_a").sum())
        .with_columns(pl.col(counts).cast(pl.Int64))
        .with_columns(
            pl.when(pl.col("is_per_day")).then(pl.col(name).clip(0, 1)).otherwise(pl.col(name))
            .alias(name)
            for name in counts
        )
        .with_columns(week_start=pl.col("date").dt.truncate("1w"))
    )  # fmt: skip


def ties_of(
    days: pl.DataFrame, person_weeks: pl.DataFrame, weeks: pl.DataFrame, said: dict[str, Any]
) -> pl.DataFrame:
    """Sum the trailing windows of each pair; keep those with enough interactions."""
    by_week = days.group_by("week_start", *PAIR).agg(
        pl.col("interactions", "a_to_b", "b_to_a").sum()
    )
    offsets = pl.DataFrame({"offset": [7 * number for number in range(said["tie_window_weeks"])]})
    present = person_weeks.select("person_id", "week_start")
    return (
        by_week.join(offsets, how="cross")
        .with_columns(week_start=pl.col("week_start") + pl.duration(days=pl.col("offset")))
        .join(weeks, on="week_start", how="semi")
        .group_by("week_start", *PAIR)
        .agg(pl.col("interactions", "a_to_b", "b_to_a").sum())
        .filter(pl.col("interactions") >= said["tie_min_interactions"])
        .join(present, left_on=["party_a", "week_start"], right_on=["person_id", "week_start"],
              how="semi")
        .join(present, left_on=["party_b", "week_start"], right_on=["person_id", "week_start"],
              how="semi")
    )  # fmt: skip


def networks(ties: pl.DataFrame, person_weeks: pl.DataFrame) -> pl.DataFrame:
    """Count each person's contacts of the week, by whether their units are others."""
    reciprocal = (pl.col("a_to_b") > 0) & (pl.col("b_to_a") > 0)
    sides = pl.concat(
        [
            ties.select("week_start", reciprocal.alias("is_reciprocal"), person_id=one, contact=two)
            for one, two in (("party_a", "party_b"), ("party_b", "party_a"))
        ]
    )
    units = person_weeks.select("person_id", "week_start", "team", "department")
    placed = sides.join(units, on=["person_id", "week_start"]).join(
        units.rename({"person_id": "contact", "team": "team_of", "department": "department_of"}),
        on=["contact", "week_start"],
    )
    other_team = pl.col("team") != pl.col("team_of")
    other_department = pl.col("department") != pl.col("department_of")
    return placed.group_by("person_id", "week_start").agg(
        network_size=pl.len(),
        reciprocal_share=pl.col("is_reciprocal").mean(),
        cross_team_contacts=other_team.sum(),
        cross_department_contacts=other_department.sum(),
        teams_reached=pl.col("team_of").filter(other_team).n_unique(),
        departments_reached=pl.col("department_of").filter(other_department).n_unique(),
        cross_team_share=other_team.mean(),
    )


def lines_of(people: pl.DataFrame) -> pl.DataFrame:
    """Return everybody's managers, their managers and so on, with the days on which it is so."""
    spans = people.select("person_id", "manager_id", "valid_from", "valid_to")
    line = spans.select("person_id", "valid_from", "valid_to", above="manager_id", distance=1)
    found = []
    while len(line := line.drop_nulls("above")):
        managers = spans.rename(
            {"person_id": "above", "valid_from": "from_above", "valid_to": "to_above"}
        )
        line = line.join(managers, on="above").with_columns(
            valid_from=pl.max_horizontal("valid_from", "from_above"),
            valid_to=pl.min_horizontal("valid_to", "to_above"),
        )
        line = line.filter(pl.col("valid_from") < pl.col("valid_to"))
        found.append(line.select("person_id", "above", "distance", "valid_from", "valid_to"))
        line = line.select(
            "person_id", "valid_from", "valid_to",
            above="manager_id", distance=pl.col("distance") + 1,
        )  # fmt: skip
    return pl.concat(found)


def flows(days: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Count each person's interactions of the week, by who ranks above whom."""
    sides = pl.concat(
        [
            days.select(
                "date", "week_start", "interactions",
                person_id=one, contact=two, reached_out=out, was_reached=back,
            )
            for one, two, out, back in (
                ("party_a", "party_b", "a_to_b", "b_to_a"),
                ("party_b", "party_a", "b_to_a", "a_to_b"),
            )
        ]
    )  # fmt: skip
    lines, levels = lines_of(people), people.select("person_id", "job_level")
    on_the_date = pl.col("date").is_between("valid_from", "valid_to", closed="left")

    def related(one: str, other: str, name: str) -> pl.DataFrame:
        """Return on which dates of the sides the one stands in the other's line."""
        return (
            sides.select("date", "person_id", "contact").unique()
            .join(lines.rename({"person_id": one, "above": other}), on=[one, other])
            .filter(on_the_date)
            .select("date", "person_id", "contact", pl.col("distance").alias(name))
        )  # fmt: skip

    key = ["date", "person_id", "contact"]
    ranked = (
        sides.join(levels.rename({"job_level": "level"}), on="person_id")
        .join(levels.rename({"person_id": "contact", "job_level": "level_of"}), on="contact")
        .join(related("person_id", "contact", "up"), on=key, how="left")
        .join(related("contact", "person_id", "down"), on=key, how="left")
        .with_columns(
            ranks=pl.when(pl.col("up").is_not_null()).then(1)
            .when(pl.col("down").is_not_null()).then(-1)
            .otherwise((pl.col("level_of") - pl.col("level")).sign())
        )
    )  # fmt: skip
    above, below = pl.col("ranks") > 0, pl.col("ranks") < 0
    count = pl.col("interactions")
    return ranked.group_by("person_id", "week_start").agg(
        collaborators=pl.col("contact").n_unique(),
        interactions=count.sum(),
        reached_out=pl.col("reached_out").sum(),
        was_reached=pl.col("was_reached").sum(),
        lifting_interactions=count.filter(above).sum(),
        lifting_own_manager=count.filter(above & (pl.col("up") == 1)).sum(),
        lifting_beyond_manager=count.filter(above & (pl.col("up").fill_null(0) != 1)).sum(),
        lifting_contacts=pl.col("contact").filter(above).n_unique(),
        coaching_given=count.filter(below).sum(),
        same_rank_interactions=count.filter(~above & ~below).sum(),
    )


def active(
    records: pl.DataFrame, rules: pl.DataFrame, pairs: pl.DataFrame, people: pl.DataFrame,
    weeks: pl.DataFrame, said: dict[str, Any],
) -> pl.DataFrame:  # fmt: skip
    """Return who did something in the window of which week."""
    acts = valid(
        records.join(rules.filter(~pl.col("is_pairwise")), on="channel", how="semi")
        .select("date", party="source_id").unique(),
        people, "party",
    )  # fmt: skip
    mutual = pairs.filter(pl.col("is_pairwise"))
    days = pl.concat(
        [acts, mutual.select("date", party="party_a"), mutual.select("date", party="party_b")]
    )
    offsets = pl.DataFrame({"offset": [7 * number for number in range(said["tie_window_weeks"])]})
    return (
        days.select(week_start=pl.col("date").dt.truncate("1w"), person_id="party").unique()
        .join(offsets, how="cross")
        .with_columns(week_start=pl.col("week_start") + pl.duration(days=pl.col("offset")))
        .join(weeks, on="week_start", how="semi")
        .select("person_id", "week_start", is_active=pl.lit(value=True)).unique()
    )  # fmt: skip


def segments(rows: pl.DataFrame) -> pl.DataFrame:
    """Average measured people, zeros in, for the organisation, teams and departments."""
    measures = ("network_size", "cross_team_contacts", "departments_reached")
    measured = pl.col("is_measured")
    return pl.concat(
        rows.with_columns(segment_type=pl.lit(kind), segment_value=value)
        .group_by("segment_type", "segment_value", "week_start")
        .agg(
            pl.len().alias("people"),
            measured.sum().alias("measured_people"),
            *(pl.col(name).filter(measured).mean().alias(f"mean_{name}") for name in measures),
            *(pl.col(name).filter(measured).median().alias(f"median_{name}") for name in measures),
        )
        for kind, value in (
            ("organisation", pl.lit("all")), *((unit, pl.col(unit)) for unit in GROUPS)
        )
    )  # fmt: skip
