"""What is planted: one programme a company, the badly connected likelier to enrol."""

from __future__ import annotations

from dataclasses import dataclass

from dagster_pipelines.demo import Plan, Programme, Scale

OUTCOME = "cross_team_contacts"
HORIZON_WEEKS = 4


@dataclass(frozen=True)
class Scenario:
    """A programme, the size of the companies that hold it, and the aims that bind it.

    `is_aimed_at` is false where something is known to stand in the way, and its bias is measured.
    """

    name: str
    programme: Programme
    people: int = 200
    weeks: int = 20
    hired: float = 0.14
    is_aimed_at: bool = True

    def scale(self, seed: int) -> Scale:
        """The size of a company."""
        return Scale(self.people, self.weeks, seed)

    @property
    def plan(self) -> Plan:
        """What is planted in it: the programme, and what else goes on in any company."""
        return Plan(programmes=(self.programme,), hired=self.hired)


LATE = 0.75
"""When programmes begin, of the time in which they can: late, when ties are as they will be."""

SCENARIOS = (
    Scenario(
        "mentoring circles: 3 contacts, among those enrolled",
        Programme("Circles", "mentoring", 3, "cohort", begins=LATE, share=0.1),
    ),
    Scenario(
        "a programme without effect",
        Programme("Quiet hour", "reflection", 0, begins=LATE, share=0.1),
    ),
    Scenario(
        "buddies of newcomers: 4 contacts",
        Programme("Landing", "buddy", 4, is_for_newcomers=True, share=0.5),
        weeks=26,
        hired=0.4,
    ),
    Scenario(
        "circles of 4 contacts, half of them with people outside",
        Programme("Open circles", "community_of_practice", 4, "half", begins=LATE, share=0.1),
        is_aimed_at=False,
    ),
    Scenario(
        "mentoring: 3 contacts, all with seniors who are not listed as enrolled",
        Programme("Lighthouse", "mentoring", 3, "seniors", begins=LATE, share=0.1),
        is_aimed_at=False,
    ),
)
