"""The made-up companies that are measured, and where each has its exports and its databases.

FOLDER/<size>/
roster.csv, interactions.csv    what `benchmarks.generate` wrote; kept from run to run
tacit.yml, key, data/           the company's settings and what tacit makes of the exports
loaded/, bare/                  the warehouse as loaded; the databases of bare statements
"""

from __future__ import annotations

import dataclasses
import shutil
import sys
from pathlib import Path

from benchmarks import measure

SEED = 1
MEMORY_LIMIT = "2GB"
"""DuckDB's limit, for tacit and for what it is measured against; the process needs more."""

SETTINGS = """\
# Written by the benchmarks.
organisation: {name: Benchmark, timezone: Europe/Warsaw, domains: [example.org]}
data_dir: data
sources:
  - {name: hr, format: roster_csv, path: roster.csv}
  - {name: interactions, format: interaction_csv, path: interactions.csv}
privacy: {key_file: key}
"""


@dataclasses.dataclass(frozen=True)
class Size:
    """How large a company is: its people, and the events of its year."""

    name: str
    people: int
    events: int


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 100, 50_000),
        Size("small", 1_000, 1_000_000),
        Size("large", 10_000, 10_000_000),
    )
}


@dataclasses.dataclass(frozen=True)
class Company:
    """A made-up company on disk; `folder` is absolute."""

    folder: Path

    @property
    def roster(self) -> Path:
        """The export of the roster."""
        return self.folder / "roster.csv"

    @property
    def interactions(self) -> Path:
        """The export of the interactions."""
        return self.folder / "interactions.csv"

    @property
    def settings(self) -> Path:
        """The company's `tacit.yml`."""
        return self.folder / "tacit.yml"

    @property
    def data(self) -> Path:
        """The folder of all that tacit makes, as `tacit.yml` names it."""
        return self.folder / "data"

    @property
    def key(self) -> Path:
        """The vault's key, as `tacit.yml` names it."""
        return self.folder / "key"

    @property
    def warehouse(self) -> Path:
        """The warehouse; empty, loaded or built, whatever was done last."""
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def loaded_warehouse(self) -> Path:
        """A copy of the warehouse as it was loaded and not yet built."""
        return self.folder / "loaded" / "warehouse.duckdb"

    @property
    def bare_warehouse(self) -> Path:
        """The database of bare statements; its name is the catalog that they speak of."""
        return self.folder / "bare" / "warehouse.duckdb"


def prepare(folder: Path, size: Size) -> Company:
    """Return the company of this size in the folder; made if it is not there.

    It is made by a process of its own, so that this one stays small.
    """
    company = Company(folder.resolve() / size.name)
    if not (company.roster.exists() and company.interactions.exists()):
        unfinished = company.folder / "unfinished"
        generator = [sys.executable, "-m", "benchmarks.generate", str(unfinished)]
        numbers = ["--people", str(size.people), "--events", str(size.events), "--seed", str(SEED)]
        measure.run_child([*generator, *numbers])
        (unfinished / company.roster.name).replace(company.roster)
        (unfinished / company.interactions.name).replace(company.interactions)
        unfinished.rmdir()
    company.settings.write_text(SETTINGS, encoding="utf-8")
    return company


def forget_load(company: Company) -> None:
    """Remove all that tacit made of the exports, so that the next load begins with nothing."""
    shutil.rmtree(company.data, ignore_errors=True)
    company.key.unlink(missing_ok=True)


def copy_database(source: Path, target: Path) -> None:
    """Copy a closed database file to where none is, or over the one that is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    shutil.copyfile(source, target)
