"""The export formats: a module each, which reads its files and says what becomes of each record."""

from __future__ import annotations

from types import ModuleType

from dagster_pipelines.sources import interaction_csv, roster_csv, slack, stackexchange

FORMATS: dict[str, ModuleType] = {
    roster_csv.FORMAT: roster_csv,
    interaction_csv.FORMAT: interaction_csv,
    slack.FORMAT: slack,
    stackexchange.FORMAT: stackexchange,
}
"""Each format's module by the name that `tacit.yml` uses for it. A module has

- `TABLES`, the raw tables that it fills;
- `open_file(source, path, where)`, which returns a `batches.Reading`;
- `sha256_of(path, where)` where a file may be a folder: by what it is known;
- `batches(settings, source, reading, vault, now)`, which yields what is in the file;
- `listen(source, reading, vault)`, which has the vault hear every identifier in it;
- `load_parameters()`, what the SQL section `load` needs to know.
"""
