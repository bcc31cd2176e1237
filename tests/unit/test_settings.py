"""What `tacit.yml` may say; each mistake is a sentence: where, what, and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import Settings, load_settings

SOURCES = [{"name": "hr", "format": "roster_csv", "path": "hr.csv"}]


def settings_of(folder: Path, said: Mapping[str, Any]) -> Settings:
    """Read a `tacit.yml` that says this, beside one source."""
    path = folder / "tacit.yml"
    path.write_text(yaml.safe_dump({"sources": SOURCES, **said}))
    return load_settings(path)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"parameters": {"tie_window_weeks": 0}}, "parameters.tie_window_weeks: "),
        ({"parameters": {"tie_window_weeks": 53}}, "parameters.tie_window_weeks: "),
        ({"parameters": {"tie_window_weeks": 2.5}}, "parameters.tie_window_weeks: "),
        ({"parameters": {"tie_min_interactions": 0}}, "parameters.tie_min_interactions: "),
        ({"parameters": {"tie_requires_reciprocity": "seldom"}}, "tie_requires_reciprocity: "),
        ({"parameters": {"rank_bases": []}}, "rank_bases: is empty; fill it or leave it out."),
        ({"parameters": {"rank_bases": ["salary"]}}, "rank_bases"),
        ({"parameters": {"rank_bases": ["line", "line"]}}, "names a basis twice; list each once"),
        ({"parameters": {"tie_windows": 4}}, "is not a setting that exists here"),
        ({"privacy": {"min_group_size": 2}}, "privacy.min_group_size: "),
        ({"privacy": {"min_group_size": 1000}}, "privacy.min_group_size: "),
        ({"organisation": {"timezone": "Warsaw"}}, "write an IANA name such as Europe/Warsaw"),
        ({"organisation": {"domains": ["@@"]}}, "is not a mail domain; write one such as"),
        ({"coverage": {"from": "2026-02-30", "to": "2026-03-01"}}, "coverage.from: "),
        ({"coverage": {"from": "2026-03-02", "to": "2026-03-01"}}, "ends before it begins"),
        ({"coverage": {"from": "2026-03-02"}}, "coverage.to: is missing; add it."),
        ({"publish": {"postgres": "db.example.org"}}, "is not the address of a PostgreSQL"),
        ({"publish": {"postgres": "mysql://db/learning"}}, "write one such as postgresql://"),
        ({"publish": {"postgres": "postgresql://a:s3cret@db/x"}}, "holds a password; leave it"),
        ({"publish": {"postgres": "postgresql://db/x?password=s3cret"}}, "holds a password"),
        ({"publish": {}}, "publish.postgres: is missing; add it."),
        ({"sources": []}, "sources: is empty; fill it or leave it out."),
        ({"sources": [*SOURCES, *SOURCES]}, "two are named 'hr'; give each its own name"),
        ({"sources": [{"name": "hr", "path": "hr.csv"}]}, "has no format; write one of"),
        ({"sources": [{**SOURCES[0], "expect_every": "often"}]}, "write one such as 7d, 36h"),
    ],
    ids=lambda said: said if isinstance(said, str) else "",
)
def test_a_setting_that_makes_no_sense_gets_a_sentence(
    tmp_path: Path, said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError) as raised:
        settings_of(tmp_path, said)
    text = str(raised.value)
    assert text.startswith(str(tmp_path / "tacit.yml"))
    assert sentence in text
    assert len(text.splitlines()) == 1
    assert "s3cret" not in text
    assert text.endswith(".")


def test_a_profile_that_no_seed_has_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"interaction_profile.*every_contact.*viva"):
        settings_of(tmp_path, {"parameters": {"interaction_profile": "everything"}})


def test_a_coverage_is_widened_to_whole_weeks(tmp_path: Path) -> None:
    said = {"coverage": {"from": "2026-03-04", "to": "2026-03-09"}}
    coverage = settings_of(tmp_path, said).coverage
    assert coverage is not None
    assert coverage.whole_weeks == (date(2026, 3, 2), date(2026, 3, 15))


@pytest.mark.parametrize(
    "said",
    [
        {"parameters": {"tie_window_weeks": 5}},
        {"parameters": {"rank_bases": ["grade", "line"]}},
        {"privacy": {"min_group_size": 6}},
        {"organisation": {"timezone": "Europe/Warsaw"}},
        {"organisation": {"domains": ["example.org"]}},
        {"coverage": {"from": "2026-03-02", "to": "2026-03-29"}},
    ],
    ids=str,
)
def test_what_changes_numbers_changes_the_fingerprint(tmp_path: Path, said: dict[str, Any]) -> None:
    plain = settings_of(tmp_path, {}).fingerprint()
    assert settings_of(tmp_path, said).fingerprint() != plain


def test_what_changes_no_number_leaves_the_fingerprint(tmp_path: Path) -> None:
    plain = settings_of(tmp_path, {}).fingerprint()
    said = {
        "data_dir": "elsewhere",
        "schedule": {"cron": "0 5 * * *"},
        "publish": {"postgres": "postgresql://tacit@db.example.org/learning"},
    }
    assert settings_of(tmp_path, said).fingerprint() == plain
