"""Rows of the warehouse beside rows of the plain-Python reading: every cell, by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.harness.company import Company, reading_of
from tests.harness.raw import ids_of, raw_tables
from tests.harness.warehouse import Row, Warehouse
from tests.reference.model import Reading, ReadingError

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Table:
    """A mart, the key of its rows, and where the reading has it."""

    mart: str
    reading: str
    key: tuple[str, ...]


TABLES = (
    Table("fct_person_weeks", "person_weeks", ("person_id", "week_start")),
    Table("fct_ties", "ties", ("week_start", "person_a", "person_b")),
    Table("fct_segment_weeks", "segment_weeks", ("segment_type", "segment_value", "week_start")),
    Table(
        "fct_unit_pair_weeks",
        "unit_pair_weeks",
        ("unit_type", "from_unit", "to_unit", "week_start"),
    ),
)

DERIVED = ("team", "department")
"""Units that are made from reporting lines, whose names are the pipeline's own affair."""


def build(warehouse: Warehouse, company: Company, key: str = "") -> dict[str, list[Row]]:
    """Build a company's marts, people by their names; another `key` gives everybody other ids."""
    ids = ids_of(company, key)
    warehouse.build(raw_tables(company, ids))
    names = {number: name for name, number in ids.items()}
    built = {table.mart: warehouse.rows(table.mart) for table in TABLES}
    for row in built["fct_person_weeks"]:
        for column in ("person_id", "manager_id"):
            row[column] = None if row[column] is None else names[row[column]]
    for row in built["fct_ties"]:
        pair = sorted((names[row.pop("person_a_id")], names[row.pop("person_b_id")]))
        row["person_a"], row["person_b"] = pair
    return built


def expected(company: Company) -> dict[str, list[Row]]:
    """The same tables as the reading has them, without rows where the coverage is empty."""
    try:
        reading = reading_of(company)
    except ReadingError:
        reading = Reading((None, None), [], [], [], [])
    return {table.mart: getattr(reading, table.reading) for table in TABLES}


def differences(company: Company, warehouse: Warehouse) -> list[str]:
    """What the warehouse and the reading do not agree on, a line for each cell."""
    ours, theirs = build(warehouse, company), expected(company)
    found: list[str] = []
    if company.derives_units:
        found.extend(name_derived_units_alike(ours, theirs))
    for table in TABLES:
        found.extend(cells_that_differ(table, ours[table.mart], theirs[table.mart]))
    return found


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
        own = ours_by_key[key]
        if own.keys() != row.keys():
            found.append(f"{table.mart}: columns {sorted(own.keys() ^ row.keys())}")
            break
        found.extend(
            f"{table.mart} {key} {column}: {own[column]!r} here, {value!r} in the reading"
            for column, value in row.items()
            if not is_equal(own[column], value)
        )
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
    for row in ours["fct_segment_weeks"]:
        named = names.get(row["segment_type"], {})
        row["segment_value"] = named.get(row["segment_value"], row["segment_value"])
    for row in ours["fct_unit_pair_weeks"]:
        named = names[row["unit_type"]]
        for column in ("from_unit", "to_unit"):
            row[column] = named.get(row[column], row[column])
    return found
