"""Which cells are hidden so that none follows from those shown (docs/disclosure.md).

Here belong the rules. What a cell is, and when it is looked at, belongs to whoever asks: dbt for
the cells of a week (`models/disclosure`), the publication for what changed in a week that was
published before (`dagster_pipelines/restating`). The audit shares nothing with it.
"""

from dbt_project.withholding.cells import COLUMNS, withheld_cells
from dbt_project.withholding.pairs import FIGURES, Passing, are_given_away, by_week, withhold_pairs
from dbt_project.withholding.periods import periods
from dbt_project.withholding.problem import UNKNOWN, Problem
from dbt_project.withholding.rules import withhold
from dbt_project.withholding.ties import MEANS, Sums, known_anyway, sums_of, withhold_ties
from dbt_project.withholding.widths import withhold_what_is_narrow

__all__ = [
    "COLUMNS",
    "FIGURES",
    "MEANS",
    "UNKNOWN",
    "Passing",
    "Problem",
    "Sums",
    "are_given_away",
    "by_week",
    "known_anyway",
    "periods",
    "sums_of",
    "withheld_cells",
    "withhold",
    "withhold_pairs",
    "withhold_ties",
    "withhold_what_is_narrow",
]
