"""docs/metrics.md, section 7: who takes part in spaces and in teams."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from .events import monday_of
from .history import History
from .model import SPACE_KINDS, ReadingError, Row, Space
from .network import share
from .questions import Question, answers, questions_of
from .segments import gini
from .week import Week

MEMBER_WEEKS = 12
"""Members are "contributors of the 12 weeks that end with w"."""


@dataclass
class Activity:
    """Contributions by (week, space) and by week, each by person; and the questions of a week."""

    of_space: dict[tuple[date, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    anywhere: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    questions: dict[date, list[Question]] = field(default_factory=lambda: defaultdict(list))


def participation_rows(history: History, spaces: Iterable[Space]) -> list[Row]:
    """One row for each space or team and week.

    A space has a row in the weeks in which it has a member, a listed member or a question; a team
    in those in which it has people.

    Raises
    ------
        ReadingError: an event is in a space that is not described, or a space is of no kind.

    """
    by_name = {space.name: space for space in spaces}
    for space in by_name.values():
        if space.kind not in SPACE_KINDS:
            raise ReadingError(f"Space {space.name} is of the unknown kind {space.kind}.")
    activity = activity_of(history, by_name)
    rows = []
    for week in history.weeks.values():
        for name in sorted(by_name):
            row = space_row(by_name[name], week, activity, history)
            if row["members"] or row["listed_members"] or row["questions"]:
                rows.append(row)
        teams: dict[str, set[str]] = defaultdict(set)
        for person, presence in week.present.items():
            if (team := presence.unit("team")) is not None:
                teams[team].add(person)
        rows.extend(team_row(team, teams[team], week, activity, history) for team in sorted(teams))
    return rows


def activity_of(history: History, spaces: Mapping[str, Space]) -> Activity:
    """What was contributed and asked in the coverage.

    "A contribution is an event other than a reaction whose actor is a person valid that day." A
    mutual event has no actor, and a commit is its first author's.
    """
    activity = Activity()
    for occurrence in history.occurrences:
        week, space = monday_of(occurrence.on), occurrence.event.space
        if space is not None and space not in spaces:
            raise ReadingError(f"Event {occurrence.event.event_id} is in an unknown space.")
        actor = occurrence.actor
        if (
            actor is not None
            and occurrence.channel != "reaction"
            and history.company.is_person_on(actor, occurrence.on)
        ):
            activity.anywhere[week][actor] += 1
            if space is not None:
                activity.of_space[week, space][actor] += 1
    for question in questions_of(history, spaces):
        activity.questions[monday_of(question.on)].append(question)
    return activity


# Spaces and teams


def space_row(space: Space, week: Week, activity: Activity, history: History) -> Row:
    """The row of one space and week."""
    twelve = [week.start - timedelta(weeks=back) for back in range(MEMBER_WEEKS)]
    members = {
        person for start in twelve for person in activity.of_space.get((start, space.name), ())
    }
    listed = listed_members(space, week)
    asked = activity.questions.get(week.start, ())
    return {
        "space_type": space.kind,
        "space_name": space.name,
        "week_start": week.start,
        # "(fewer at the start, flagged)".
        "is_full_span": twelve[-1] >= history.coverage[0],
        **contributions(activity.of_space.get((week.start, space.name), Counter()), members),
        "listed_members": None if listed is None else len(listed),
        # "(listed, never contributed in those 12 weeks)".
        "silent_share": None if listed is None else share(len(listed - members), len(listed)),
        **answers([one for one in asked if one.space == space.name]),
    }


def team_row(
    team: str, members: Collection[str], week: Week, activity: Activity, history: History
) -> Row:
    """The row of one team and week.

    "A team's members are the persons whose row of w names it, their contributions anywhere." Its
    questions are those that they asked, on days on which they were valid, in whatever space. It
    needs no history, and no export lists its members.
    """
    anywhere = activity.anywhere.get(week.start, {})
    return {
        "space_type": "team",
        "space_name": team,
        "week_start": week.start,
        "is_full_span": True,
        **contributions(
            Counter({person: anywhere[person] for person in members if person in anywhere}),
            members,
        ),
        "listed_members": None,
        "silent_share": None,
        **answers(
            [
                one
                for one in activity.questions.get(week.start, ())
                if one.asker in members and history.company.is_person_on(one.asker, one.on)
            ]
        ),
    }


def listed_members(space: Space, week: Week) -> set[str] | None:
    """The listed persons with a row in w, NULL "where the export lists" none.

    An export lists who is a member on its day. The last list up to the Sunday of w counts; for
    weeks before the first list it is the first.
    """
    if not space.listed:
        return None
    known = [day for day in space.listed if day <= week.sunday]
    return {*space.listed[max(known) if known else min(space.listed)]} & week.present.keys()


def contributions(counts: Counter[str], members: Collection[str]) -> Row:
    """The figures of the contributions of w, by person."""
    return {
        "members": len(members),
        "contributors": len(counts),
        "contributions": counts.total(),
        "lapsed_share": share(sum(one not in counts for one in members), len(members)),
        "top_contributor_share": share(max(counts.values(), default=0), counts.total()),
        # "zeros in": over the members.
        "participation_gini": gini([counts[one] for one in members]),
        "absence_factor": absence_factor(counts),
    }


def absence_factor(counts: Counter[str]) -> int | None:
    """The "fewest people with at least half of the contributions", NULL where there are none."""
    shared = accumulate(count for _, count in counts.most_common())
    reached = (people for people, part in enumerate(shared, start=1) if 2 * part >= counts.total())
    return next(reached, None)
