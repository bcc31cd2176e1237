"""docs/metrics.md, section 9: the outcomes of programmes, with units and ranks frozen."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date

from ..history import History
from ..interactions import count_interactions, window_weeks
from ..ranks import Rank, first_that_compares
from ..roster import RosterDay

OUTCOMES = ("network_size", "cross_team_contacts", "departments_reached", "lifting_beyond_manager")


class Outcomes:
    """The outcomes of any person and week, "so that a move is not taken for learning"."""

    def __init__(self, history: History) -> None:
        """Take the history."""
        self._history = history
        self._frozen: dict[date, RosterDay] = {}
        self._outcomes: dict[str, Callable[[str, date, RosterDay, Set[str]], float | None]] = {
            "network_size": self._network_size,
            "cross_team_contacts": self._cross_team_contacts,
            "departments_reached": self._departments_reached,
            "lifting_beyond_manager": self._lifting_beyond_manager,
        }

    def frozen(self, on: date) -> RosterDay:
        """The roster as frozen on a day."""
        if on not in self._frozen:
            self._frozen[on] = self._history.company.roster.frozen(on)
        return self._frozen[on]

    def value(
        self, outcome: str, person: str, start: date, frozen_on: date, left_out: Set[str]
    ) -> float | None:
        """An outcome in the week that begins on a Monday, without pairs with those left out.

        The person has a row in the week. None where the own unit is not known.
        """
        return self._outcomes[outcome](person, start, self.frozen(frozen_on), left_out)

    def _contacts(self, person: str, start: date, left_out: Set[str]) -> Set[str]:
        return self._history.weeks[start].contacts[person] - left_out

    def _network_size(
        self, person: str, start: date, _frozen: RosterDay, left_out: Set[str]
    ) -> float:
        return len(self._contacts(person, start, left_out))

    def _cross_team_contacts(
        self, person: str, start: date, frozen: RosterDay, left_out: Set[str]
    ) -> float | None:
        own = frozen.rows[person].team
        teams = [frozen.rows[other].team for other in self._contacts(person, start, left_out)]
        return None if own is None else sum(team not in (None, own) for team in teams)

    def _departments_reached(
        self, person: str, start: date, frozen: RosterDay, left_out: Set[str]
    ) -> float | None:
        own = frozen.rows[person].department
        contacts = self._contacts(person, start, left_out)
        reached = {frozen.rows[other].department for other in contacts}
        return None if own is None else len(reached - {None, own})

    def _lifting_beyond_manager(
        self, person: str, start: date, frozen: RosterDay, left_out: Set[str]
    ) -> float:
        """Interactions "summed over the window" with those who rank above, but for the manager.

        Section 3.3: "in sums NULL is 0".
        """
        parameters = self._history.parameters
        manager = frozen.managers.get(person)
        total = 0
        for week in window_weeks(start, parameters.tie_window_weeks):
            for other, events_of_pair in self._history.weeks[week].met_by(person).items():
                if (
                    other not in left_out
                    and other != manager
                    and first_that_compares(person, other, frozen, parameters.rank_bases)
                    is Rank.ABOVE
                ):
                    total += count_interactions(events_of_pair, parameters.profile)
        return total
