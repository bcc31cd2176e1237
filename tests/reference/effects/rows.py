"""docs/metrics.md, section 9: the rows of effects."""

from __future__ import annotations

from itertools import product

from ..history import History
from ..model import ProgrammeRecords, Row
from ..newcomers import newcomer_hires
from .changes import matched_changes
from .estimates import estimate
from .newcomers import matched_newcomers
from .outcomes import OUTCOMES, Outcomes
from .study import Study, is_new

HORIZON_WEEKS = (4, 12)


def effect_rows(history: History, records: ProgrammeRecords) -> list[Row]:
    """One row for each programme, design, outcome and horizon, with and without fellows' pairs.

    A design has rows where somebody is enrolled in it, whether or not anything is known of them.
    """
    outcomes, hires = Outcomes(history), newcomer_hires(history)
    types = {programme.programme_id: programme.type for programme in records.programmes}
    rows = []
    for programme in records.programmes:
        own = [one for one in records.enrolments if one.programme_id == programme.programme_id]
        alike = [one for one in records.enrolments if types[one.programme_id] == programme.type]
        for outcome, weeks, is_without_fellow_pairs in product(
            OUTCOMES, HORIZON_WEEKS, (False, True)
        ):
            study = Study(
                history, outcomes, hires, own, alike, outcome, weeks, is_without_fellow_pairs
            )
            rows += [
                {
                    "programme_id": programme.programme_id,
                    "outcome": outcome,
                    "horizon_weeks": weeks,
                    "is_without_fellow_pairs": is_without_fellow_pairs,
                    **row,
                }
                for row in design_rows(study)
            ]
    return rows


def design_rows(study: Study) -> list[Row]:
    """The row of each design in which somebody is enrolled."""
    first = study.first_enrolments()
    new = [one for one in first if is_new(one, study)]
    others = [one for one in first if not is_new(one, study)]
    rows = []
    for design, enrolments, matched in [
        ("change", others, matched_changes),
        ("newcomer", new, matched_newcomers),
    ]:
        if enrolments:
            figures = estimate(matched(study, enrolments), study.history.parameters.min_group_size)
            rows.append({"design": design, "enrolled": len(enrolments), **figures})
    return rows
