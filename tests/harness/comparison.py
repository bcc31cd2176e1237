"""Rows of the warehouse beside rows of the plain-Python reading: every cell, by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.harness.company import Company, reading_of
from tests.harness.raw import ids_of, programme_id, raw_tables
from tests.harness.warehouse import Row, Warehouse
from tests.reference.model import Reading, ReadingError

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Table:
    """A mart, the key of its rows, and where the reading has it.

    `beyond` are columns that the reading does not have; `found` are columns that a search finds,
    which need not find the same twice.
    """

    mart: str
    reading: str
    key: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


TABLES = (
    Table("fct_person_weeks", "person_weeks", ("person_id", "week_start")),
    Table("fct_ties", "ties", ("week_start", "person_a", "person_b")),
    Table("fct_segment_weeks", "segment_weeks", ("segment_type", "segment_value", "week_start")),
    Table(
        "fct_unit_pair_weeks",
        "unit_pair_weeks",
        ("unit_type", "from_unit", "to_unit", "week_start"),
    ),
    Table(
        "fct_person_structure",
        "person_structure",
        ("person_id", "week_start"),
        found=("community",),
    ),
    Table(
        "fct_org_structure",
        "org_structure",
        ("week_start",),
        beyond=("people_with_department",),
        found=("community_modularity", "community_count"),
    ),
    Table("fct_newcomers", "newcomers", ("person_id",)),
    Table("fct_newcomer_weeks", "newcomer_weeks", ("weeks_since_hire",)),
    Table(
        "fct_participation",
        "participation",
        ("space_type", "space_name", "week_start"),
        beyond=("space_id", "askers", "judged_askers", "answered_askers"),
    ),
    Table(
        "fct_programme_reach",
        "programme_reach",
        ("programme_id", "month_start", "segment_type", "segment_value"),
        beyond=("team_department",),
    ),
    Table(
        "fct_programme_engagement",
        "programme_engagement",
        ("programme_id", "person_a", "person_b", "starts_on"),
    ),
    Table(
        "fct_programme_effects",
        "programme_effects",
        ("programme_id", "design", "outcome", "horizon_weeks", "is_without_fellow_pairs"),
    ),
)

MODULARITY_GIVEN_AWAY = 0.005
"""Section 4: how far below networkx's the modularity of the communities may lie."""

DERIVED = ("team", "department")
"""Units that are made from reporting lines, whose names are the pipeline's own affair."""


def build(warehouse: Warehouse, company: Company, key: str = "") -> dict[str, list[Row]]:
    """Build a company's marts, people by their names; another `key` gives everybody other ids."""
    ids = ids_of(company, key)
    warehouse.build(raw_tables(company, ids))
    names = {number: name for name, number in ids.items()}
    built = {table.mart: warehouse.rows(table.mart) for table in TABLES}
    for mart in ("fct_person_weeks", "fct_person_structure", "fct_newcomers"):
        for row in built[mart]:
            for column in {"person_id", "manager_id"} & row.keys():
                row[column] = None if row[column] is None else names[row[column]]
    for mart in ("fct_ties", "fct_programme_engagement"):
        for row in built[mart]:
            pair = sorted((names[row.pop("person_a_id")], names[row.pop("person_b_id")]))
            row["person_a"], row["person_b"] = pair
    programmes = {programme_id(one.programme_id): one.programme_id for one in company.programmes}
    for mart in ("fct_programme_reach", "fct_programme_engagement", "fct_programme_effects"):
        for row in built[mart]:
            row["programme_id"] = programmes[row["programme_id"]]
    return built


def expected(company: Company) -> dict[str, list[Row]]:
    """The same tables as the reading has them, without rows where the coverage is empty."""
    try:
        reading = reading_of(company)
    except ReadingError:
        reading = Reading((None, None), [], [], [], [])
    return rows_of_reading(reading)


def rows_of_reading(reading: Reading) -> dict[str, list[Row]]:
    """The tables of a reading, by the names of the marts."""
    return {table.mart: getattr(reading, table.reading) for table in TABLES}


def differences(company: Company, warehouse: Warehouse) -> list[str]:
    """What the warehouse and the reading do not agree on, a line for each cell."""
    ours, theirs = build(warehouse, company), expected(company)
    found: list[str] = []
    if company.derives_units:
        found.extend(name_derived_units_alike(ours, theirs))
    for table in TABLES:
        found.extend(cells_that_differ(table, ours[table.mart], theirs[table.mart]))
    return [*found, *communities_that_part_worse(ours, theirs)]


def cells_that_differ(table: Table, ours: Sequence[Row], theirs: Sequence[Row]) -> list[str]:
    """Rows that only one side has, columns that only one has, and cells that are not equal."""
    ours_by_key, theirs_by_key = by_key(table, ours), by_key(table, theirs)
    found = [f"{table.mart}: two rows of one key"] if len(ours_by_key) < len(ours) else []
    for key in sorted(ours_by_key.keys() ^ theirs_by_key.keys()):
        side = "warehouse" if key in ours_by_key else "reading"
        found.append(f"{table.mart} {key}: only in the {side}")
    for key, row in theirs_by_key.items():
        if key not in ours_by_key:
            continue
        own = {name: cell for name, cell in ours_by_key[key].items() if name not in table.beyond}
        other = {name: cell for name, cell in row.items() if name not in table.beyond}
        if own.keys() != other.keys():
            found.append(f"{table.mart}: columns {sorted(own.keys() ^ other.keys())}")
            break
        found.extend(
            f"{table.mart} {key} {column}: {own[column]!r} here, {value!r} in the reading"
            for column, value in other.items()
            if column not in table.found and not is_equal(own[column], value)
        )
    return found


def communities_that_part_worse(
    ours: dict[str, list[Row]], theirs: dict[str, list[Row]]
) -> list[str]:
    """The weeks whose communities part the network worse than those of the reading, by too much."""
    best = {row["week_start"]: row["community_modularity"] for row in theirs["fct_org_structure"]}
    found = []
    for row in ours["fct_org_structure"]:
        week, own = row["week_start"], row["community_modularity"]
        other = best.get(week)
        if (own is None) != (other is None) or (own or 0) < (other or 0) - MODULARITY_GIVEN_AWAY:
            found.append(f"communities of {week}: {own!r} here, {other!r} in the reading")
    return found


def by_key(table: Table, rows: Iterable[Row]) -> dict[tuple, Row]:
    """Rows by their key; dates and texts in it are comparable as texts."""
    return {tuple(str(row[name]) for name in table.key): row for row in rows}


def is_equal(one: object, other: object) -> bool:
    """NULL equals NULL, numbers are equal to 1e-9, all else is equal as it is."""
    if type(one) is type(other) and one == other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= TOLERANCE
    return one == other


def name_derived_units_alike(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> list[str]:
    """Give derived units the reading's names; say where there is no one-to-one naming.

    A team's department is left out: of those with as many people the first in the alphabet counts,
    and so their names decide.
    """
    for tables in (ours, theirs):
        tables["fct_segment_weeks"] = [
            {name: value for name, value in row.items() if name != "team_department"}
            for row in tables["fct_segment_weeks"]
        ]
    theirs_by_key = {
        (row["person_id"], row["week_start"]): row for row in theirs["fct_person_weeks"]
    }
    names: dict[str, dict[str, str]] = {unit: {} for unit in DERIVED}
    found = []
    for row in ours["fct_person_weeks"]:
        other = theirs_by_key.get((row["person_id"], row["week_start"]))
        for unit in DERIVED:
            if row[unit] is None or other is None or other[unit] is None:
                continue
            if names[unit].setdefault(row[unit], other[unit]) != other[unit]:
                found.append(f"{unit} {row[unit]}: stands for two of the reading's")
    for unit, named in names.items():
        if len(set(named.values())) < len(named):
            found.append(f"{unit}: two stand for one of the reading's")
    for row in ours["fct_person_weeks"]:
        for unit in DERIVED:
            row[unit] = names[unit].get(row[unit], row[unit])
    for row in (*ours["fct_segment_weeks"], *ours["fct_programme_reach"]):
        named = names.get(row["segment_type"], {})
        row["segment_value"] = named.get(row["segment_value"], row["segment_value"])
    for row in ours["fct_participation"]:
        row["space_name"] = names["team"].get(row["space_name"], row["space_name"])
    for row in ours["fct_unit_pair_weeks"]:
        named = names[row["unit_type"]]
        for column in ("from_unit", "to_unit"):
            row[column] = named.get(row[column], row[column])
    return found
