"""The export formats: a module each, which reads its files and says what becomes of each record."""

from __future__ import annotations

from types import ModuleType

from dagster_pipelines.sources import interaction_csv, roster_csv

FORMATS: dict[str, ModuleType] = {
    roster_csv.FORMAT: roster_csv,
    interaction_csv.FORMAT: interaction_csv,
}
"""Each format's module by the name that `tacit.yml` uses for it. A module has `TABLE`, `open_file`,
`parameters`, `preparations`, `load_parameters`, `incoming` and `with_ids`."""
