"""The export formats: a module each, which reads its files and says what becomes of each record."""

from __future__ import annotations

from types import ModuleType

from dagster_pipelines.sources import (
    enrolments_csv,
    feedback_csv,
    identities_csv,
    interaction_csv,
    programmes_csv,
    recognition_csv,
    roster_csv,
    sessions_csv,
    slack,
    stackexchange,
)

FORMATS: dict[str, ModuleType] = {
    roster_csv.FORMAT: roster_csv,
    interaction_csv.FORMAT: interaction_csv,
    recognition_csv.FORMAT: recognition_csv,
    feedback_csv.FORMAT: feedback_csv,
    programmes_csv.FORMAT: programmes_csv,
    enrolments_csv.FORMAT: enrolments_csv,
    sessions_csv.FORMAT: sessions_csv,
    identities_csv.FORMAT: identities_csv,
    slack.FORMAT: slack,
    stackexchange.FORMAT: stackexchange,
}
"""Each format's module by the name that `tacit.yml` uses for it. A module has

- `TABLES`, the raw tables that it fills: by name, what is in them and what is not;
- `KIND`, what its files are (`csv`, `json`, `xml`), as Dagster shows it;
- `IS_REGISTER`: whether a source is what its present files say together, as a roster is; files of
  other formats accumulate, as logs do;
- `open_file(source, path, where)`, which returns a `batches.Reading`;
- `sha256_of(path, where)` where a file may be a folder: by what it is known;
- `batches(settings, source, reading, vault, now)`, which yields what is in the file;
- `listen(source, reading, vault)`, which has the vault hear every identifier in it;
- `load_parameters()`, what the SQL section `load` needs to know.
"""
