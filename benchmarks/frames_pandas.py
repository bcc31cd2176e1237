"""The core of docs/metrics.md in pandas: from records and people to ties, people's weeks, segments.

A year of a company whose roster has one row a person, all with a level and a team, as the
benchmarks' generator makes it. `frames_polars` is the same in polars.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.frames import GROUPS, MEASURES, Inputs, Outputs

PAIR = ["party_a", "party_b"]
WEEK_OF_PERSON = ["person_id", "week_start"]
COUNTS = ["interactions", "a_to_b", "b_to_a"]


def compute(inputs: Inputs) -> Outputs:
    """Return ties, people's weeks and segments as Arrow tables."""
    records, people, rules = (
        table.to_pandas() for table in (inputs.records, inputs.people, inputs.rules)
    )
    said = inputs.parameters
    for bound, open_bound in (("valid_from", "1900-01-01"), ("valid_to", "2200-01-01")):
        people[bound] = pd.to_datetime(people[bound]).fillna(pd.Timestamp(open_bound))
    first, last = pd.Timestamp(said["first_date"]), pd.Timestamp(said["last_date"])
    local = records["occurred_at"].dt.tz_localize("UTC").dt.tz_convert(said["timezone"])
    records["date"] = local.dt.tz_localize(None).dt.normalize()
    records = records[records["date"].between(first, last)]
    weeks = pd.DataFrame({"week_start": pd.date_range(first, last, freq="7D")})

    person_weeks = rows_of(people, weeks)
    participants = pd.concat(
        [
            records[["event_id", "date", side]].rename(columns={side: "party"})
            for side in ("source_id", "target_id")
        ]
    ).drop_duplicates()
    events = records.groupby("event_id", as_index=False).agg(
        channel=("channel", "first"), minutes=("minutes", "max"), date=("date", "first")
    )
    sizes = participants.groupby("event_id").size().rename("participants").reset_index()
    events = events.merge(sizes, on="event_id").merge(rules, on="channel")
    meaningful = events[
        ~(events["participants"] > events["max_participants"])
        & ~(events["minutes"] > events["max_minutes"])
    ]
    pairs = pair_events(records, participants, meaningful, people)
    days = pair_days(pairs)
    ties = ties_of(days, person_weeks, weeks, said)
    rows = (
        person_weeks.merge(networks(ties, person_weeks), on=WEEK_OF_PERSON, how="left")
        .merge(flows(days, people), on=WEEK_OF_PERSON, how="left")
        .merge(active(records, rules, pairs, people, weeks, said), on=WEEK_OF_PERSON, how="left")
    )
    rows[list(MEASURES)] = rows[list(MEASURES)].fillna(0).astype("int64")
    rows["is_measured"] = rows["is_full_window"] & rows["is_active"].eq(other=True)
    return Outputs(*map(as_arrow, (ties[["week_start", *PAIR]], rows, segments(rows))))


def as_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a frame whose weeks are dates."""
    return pa.Table.from_pandas(
        frame.assign(week_start=frame["week_start"].dt.date), preserve_index=False
    )


def rows_of(people: pd.DataFrame, weeks: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each person and week in which the person was valid on some day."""
    rows = people.merge(weeks, how="cross")
    sunday = rows["week_start"] + pd.Timedelta(days=6)
    rows = rows[(rows["valid_from"] <= sunday) & (rows["valid_to"] > rows["week_start"])].copy()
    window = rows["week_start"] - pd.Timedelta(days=21)
    rows["is_full_window"] = (
        (window >= weeks["week_start"].min())
        & (rows["valid_from"] <= window)
        & (rows["valid_to"] > rows["week_start"] + pd.Timedelta(days=6))
    )
    return rows[[*WEEK_OF_PERSON, *GROUPS, "is_full_window"]]


def valid(frame: pd.DataFrame, people: pd.DataFrame, column: str) -> pd.DataFrame:
    """Keep the rows whose person was valid on their date."""
    spans = people[["person_id", "valid_from", "valid_to"]].rename(columns={"person_id": column})
    held = frame.merge(spans, on=column)
    is_valid = (held["date"] >= held["valid_from"]) & (held["date"] < held["valid_to"])
    return held[is_valid].drop(columns=["valid_from", "valid_to"])


def pair_events(
    records: pd.DataFrame, participants: pd.DataFrame, meaningful: pd.DataFrame,
    people: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Return the meaningful pair events of two valid people, the lower id first."""
    kept = meaningful[["event_id", "channel", "date", "is_pairwise", "is_per_day"]]
    sourced = records[["event_id", "source_id", "target_id"]].merge(
        kept[~kept["is_pairwise"]], on="event_id"
    )
    sourced = sourced[sourced["source_id"] != sourced["target_id"]].drop_duplicates()
    ends = sourced[["source_id", "target_id"]]
    sourced = sourced.assign(
        party_a=ends.min(axis=1),
        party_b=ends.max(axis=1),
        a_to_b=ends["source_id"] < ends["target_id"],
        b_to_a=ends["source_id"] > ends["target_id"],
    )
    there = participants[["event_id", "party"]].merge(kept[kept["is_pairwise"]], on="event_id")
    shared = there.rename(columns={"party": "party_a"}).merge(
        there[["event_id", "party"]].rename(columns={"party": "party_b"}), on="event_id"
    )
    shared = shared[shared["party_a"] < shared["party_b"]].assign(a_to_b=True, b_to_a=True)
    columns = ["event_id", "date", "channel", "is_per_day", "is_pairwise", *PAIR, "a_to_b",
               "b_to_a"]  # fmt: skip
    both = pd.concat([sourced[columns], shared[columns]])
    return valid(valid(both, people, "party_a"), people, "party_b")


def pair_days(pairs: pd.DataFrame) -> pd.DataFrame:
    """Fold pair events to days; some channels count once a day, in each direction too."""
    days = pairs.groupby(["date", *PAIR, "channel", "is_per_day"], as_index=False).agg(
        interactions=("event_id", "size"), a_to_b=("a_to_b", "sum"), b_to_a=("b_to_a", "sum")
    )
    days[COUNTS] = days[COUNTS].where(~days["is_per_day"], days[COUNTS].clip(upper=1))
    days["week_start"] = days["date"] - pd.to_timedelta(days["date"].dt.day_of_week, unit="D")
    return days


def spread_over_windows(
    frame: pd.DataFrame, weeks: pd.DataFrame, said: dict[str, Any]
) -> pd.DataFrame:
    """Repeat each week's rows in the weeks whose windows it lies in."""
    windows = range(said["tie_window_weeks"])
    spread = pd.concat(
        [frame.assign(week_start=frame["week_start"] + pd.Timedelta(weeks=n)) for n in windows]
    )
    return spread[spread["week_start"].isin(weeks["week_start"])]


def ties_of(
    days: pd.DataFrame, person_weeks: pd.DataFrame, weeks: pd.DataFrame, said: dict[str, Any]
) -> pd.DataFrame:
    """Sum the trailing windows of each pair; keep those with enough interactions."""
    key = ["week_start", *PAIR]
    by_week = days.groupby(key, as_index=False)[COUNTS].sum()
    sums = spread_over_windows(by_week, weeks, said).groupby(key, as_index=False)[COUNTS].sum()
    sums = sums[sums["interactions"] >= said["tie_min_interactions"]]
    for side in PAIR:
        present = person_weeks[WEEK_OF_PERSON].rename(columns={"person_id": side})
        sums = sums.merge(present, on=[side, "week_start"])
    return sums


def networks(ties: pd.DataFrame, person_weeks: pd.DataFrame) -> pd.DataFrame:
    """Count each person's contacts of the week, by whether their units are others."""
    ties = ties.assign(is_reciprocal=(ties["a_to_b"] > 0) & (ties["b_to_a"] > 0))
    sides = pd.concat(
        [
            ties[["week_start", "is_reciprocal", one, other]].rename(
                columns={one: "person_id", other: "contact"}
            )
            for one, other in (PAIR, PAIR[::-1])
        ]
    )
    units = person_weeks[[*WEEK_OF_PERSON, *GROUPS]]
    of_contact = units.rename(
        columns={"person_id": "contact", **{unit: f"{unit}_of" for unit in GROUPS}}
    )
    placed = sides.merge(units, on=WEEK_OF_PERSON).merge(of_contact, on=["contact", "week_start"])
    for unit in GROUPS:
        placed[f"other_{unit}"] = placed[unit] != placed[f"{unit}_of"]
        placed[f"reached_{unit}"] = placed[f"{unit}_of"].where(placed[f"other_{unit}"])
    return placed.groupby(WEEK_OF_PERSON, as_index=False).agg(
        network_size=("contact", "size"),
        reciprocal_share=("is_reciprocal", "mean"),
        cross_team_contacts=("other_team", "sum"),
        cross_department_contacts=("other_department", "sum"),
        teams_reached=("reached_team", "nunique"),
        departments_reached=("reached_department", "nunique"),
        cross_team_share=("other_team", "mean"),
    )


def lines_of(people: pd.DataFrame) -> pd.DataFrame:
    """Return everybody's managers, their managers and so on, with the days on which it is so."""
    managers = people[["person_id", "manager_id", "valid_from", "valid_to"]].rename(
        columns={
            "person_id": "above", "manager_id": "next_above", "valid_from": "from_above",
            "valid_to": "to_above",
        }
    )  # fmt: skip
    line = people[["person_id", "valid_from", "valid_to"]].assign(above=people["manager_id"])
    found, distance = [], 1
    while len(line := line.dropna(subset="above")):
        line = line.astype({"above": "int64"}).merge(managers, on="above")
        line["valid_from"] = line[["valid_from", "from_above"]].max(axis=1)
        line["valid_to"] = line[["valid_to", "to_above"]].min(axis=1)
        line = line[line["valid_from"] < line["valid_to"]]
        held = line[["person_id", "above", "valid_from", "valid_to"]]
        found.append(held.assign(distance=distance))
        line = line[["person_id", "valid_from", "valid_to"]].assign(above=line["next_above"])
        distance += 1
    return pd.concat(found)


def flows(days: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Count each person's interactions of the week, by who ranks above whom."""
    names = ("person_id", "contact", "reached_out", "was_reached")
    ways = (("party_a", "party_b", "a_to_b", "b_to_a"), ("party_b", "party_a", "b_to_a", "a_to_b"))
    sides = pd.concat(
        [
            days[["date", "week_start", "interactions", *way]].rename(
                columns=dict(zip(way, names, strict=True))
            )
            for way in ways
        ]
    )
    lines = lines_of(people)
    key = ["date", "person_id", "contact"]
    met = sides[key].drop_duplicates()
    levels = people.set_index("person_id")["job_level"]
    for one, other, name in (("person_id", "contact", "up"), ("contact", "person_id", "down")):
        related = met.merge(lines.rename(columns={"person_id": one, "above": other}),
                            on=[one, other])  # fmt: skip
        is_so = (related["date"] >= related["valid_from"]) & (related["date"] < related["valid_to"])
        sides = sides.merge(
            related[is_so].rename(columns={"distance": name})[[*key, name]], on=key, how="left"
        )
    by_level = np.sign(
        sides["contact"].map(levels).to_numpy() - sides["person_id"].map(levels).to_numpy()
    )
    ranks = np.where(sides["up"].notna(), 1, np.where(sides["down"].notna(), -1, by_level))
    above, below, own = ranks > 0, ranks < 0, sides["up"].eq(1).to_numpy()
    count = sides["interactions"]
    sides = sides.assign(
        lifting_interactions=count.where(above, 0),
        lifting_own_manager=count.where(above & own, 0),
        lifting_beyond_manager=count.where(above & ~own, 0),
        above=sides["contact"].where(above),
        coaching_given=count.where(below, 0),
        same_rank_interactions=count.where(~above & ~below, 0),
    )
    sums = {
        name: (name, "sum")
        for name in (
            "interactions", "reached_out", "was_reached", "lifting_interactions",
            "lifting_own_manager", "lifting_beyond_manager", "coaching_given",
            "same_rank_interactions",
        )
    }  # fmt: skip
    return sides.groupby(WEEK_OF_PERSON, as_index=False).agg(
        collaborators=("contact", "nunique"), lifting_contacts=("above", "nunique"), **sums
    )


def active(
    records: pd.DataFrame, rules: pd.DataFrame, pairs: pd.DataFrame, people: pd.DataFrame,
    weeks: pd.DataFrame, said: dict[str, Any],
) -> pd.DataFrame:  # fmt: skip
    """Return who did something in the window of which week."""
    with_actor = rules.loc[~rules["is_pairwise"], "channel"]
    acts = records.loc[records["channel"].isin(with_actor), ["date", "source_id"]]
    acts = valid(acts.drop_duplicates(), people, "source_id")
    mutual = pairs[pairs["is_pairwise"]]
    days = pd.concat(
        [acts.rename(columns={"source_id": "person_id"})[["date", "person_id"]]]
        + [mutual[["date", side]].rename(columns={side: "person_id"}) for side in PAIR]
    ).drop_duplicates()
    monday = days["date"] - pd.to_timedelta(days["date"].dt.day_of_week, unit="D")
    found = days.assign(week_start=monday)[WEEK_OF_PERSON].drop_duplicates()
    spread = spread_over_windows(found, weeks, said).drop_duplicates()
    return spread.assign(is_active=True)


def segments(rows: pd.DataFrame) -> pd.DataFrame:
    """Average measured people, zeros in, for the organisation, teams and departments."""
    measures = ["network_size", "cross_team_contacts", "departments_reached"]
    found = []
    for kind in ("organisation", *GROUPS):
        of_kind = rows.assign(
            segment_type=kind, segment_value="all" if kind == "organisation" else rows[kind]
        )
        key = ["segment_type", "segment_value", "week_start"]
        people = of_kind.groupby(key).agg(
            people=("person_id", "size"), measured_people=("is_measured", "sum")
        )
        measured = of_kind[of_kind["is_measured"]].groupby(key)[measures]
        means, medians = (
            measured.mean().add_prefix("mean_"),
            measured.median().add_prefix("median_"),
        )
        found.append(people.join(means).join(medians).reset_index())
    return pd.concat(found)
