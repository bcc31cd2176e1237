"""The matrix of departments: it is stated anew as a whole, or stays.

Of each department the sum over its pairs is known, and so by how much it changed; of ties, those
with other departments, where what passes within is shown. A week's matrix is stated anew if by the
rules by which pairs are withheld, for those people alone with whom something changed, no pair would
have to stay as it was but those that are withheld.
"""

from __future__ import annotations

import duckdb
import numpy as np

from dagster_pipelines.sqlfiles import SQL, statements
from dbt_project.withholding import Sums, are_given_away, withhold_pairs, withhold_ties

STEPS = SQL / "restating" / "pairs.sql"


def decide(connection: duckdb.DuckDBPyConnection, least: int) -> None:
    """Add to the table `figures_anew` the matrices that are to be stated anew."""
    steps = statements(STEPS)
    for metric, week, state in connection.execute(steps["figures"]).fetchall():
        which = {"metric": metric, "period_start": week}
        # A share is made of interactions.
        figure = "ties" if metric == "ties" else "interactions"
        changes = {"period_start": week, "state": state, "figure": figure}
        rows = connection.execute(steps["changes"], changes).fetchall()
        changed = {(one, other): set(people) for one, other, people in rows}
        withheld = set(connection.execute(steps["withheld"], which).fetchall())
        [(shown_after_all,)] = connection.execute(steps["shown_after_all"], which).fetchall()
        if changed and not shown_after_all and may_be_told(metric, changed, withheld, least):
            connection.execute(steps["state_anew"], which)


def may_be_told(
    metric: str,
    changed: dict[tuple[str, str], set[int]],
    withheld: set[tuple[str, str]],
    least: int,
) -> bool:
    """Tell whether no pair has to be kept, of whom changed in which pairs."""
    # Who is in a department no more has left both sides of its pairs.
    both = {pair: changed.get(pair, set()) for pair in {*changed, *(p[::-1] for p in changed)}}
    people = {pair: len(who) for pair, who in both.items()}
    withheld = {*withheld, *(pair[::-1] for pair in withheld)}
    departments = sorted({one for pair in people for one in pair})
    if metric != "ties":
        hidden = withhold_pairs(people, both, least, hidden=withheld)
        # A share of a pair with which nothing has changed says by how much all have.
        return hidden <= withheld and not are_given_away(
            people, both, hidden, {*departments}, least
        )
    of_all = np.eye(len(departments))
    outside_hidden = {one for one in departments if (one, one) in withheld}
    outside = of_all[[one not in outside_hidden for one in departments]]
    sums = Sums(departments, of_all, outside, set(), outside_hidden)
    hidden, exposed = withhold_ties(people, both, least, sums, withheld, is_change=True)
    return hidden <= withheld and not any(exposed)
