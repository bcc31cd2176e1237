"""A real Slack workspace of 2015 and 2016 without any roster.

The figures that are known of it come out of `raw`, and every cell of the marts is that of a plain
reading of the export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.test_real_companies import Loaded, built, differing_cells, folder_of
from tests.reference.model import Parameters, Reading
from tests.reference.reading import read_company
from tests.reference.slack_events import always_valid, events_of, people_of, spaces_of

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

WORKSPACE = """
organisation: {{name: Workspace, timezone: UTC}}
sources:
  - {{name: chat, format: slack, path: {folder}}}
privacy: {{key_file: key}}
"""


@pytest.fixture(scope="module")
def export() -> Path:
    return folder_of("slack_export")


@pytest.fixture(scope="module")
def workspace(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    loaded = built(tmp_path_factory.mktemp("workspace"), WORKSPACE.format(folder=export))
    with closing(loaded.warehouse):
        yield loaded


@pytest.fixture(scope="module")
def reading(export: Path) -> Reading:
    roster = always_valid(people_of(export))
    return read_company(roster, events_of(export), {}, Parameters(), spaces_of(export))


def test_every_message_user_and_channel_has_its_fate(workspace: Loaded) -> None:
    fates = "select records, loaded, duplicate, quarantined, excluded from raw.files"
    system = 320 + 13 + 9 + 6 + 3 + 2 + 2 + 1 + 1
    assert workspace.one(fates) == (
        1_382 + 71 + 16, 1_382 - system + 71 + 16, 0, 0, {"system_message": system}
    )  # fmt: skip


def test_575_raw_mentions_are_the_158_that_count(workspace: Loaded) -> None:
    assert workspace.one(
        "select count(*) from ("
        " select author_identifier_id, unnest(mentioned_identifier_ids) as mentioned"
        " from raw.slack_messages) where mentioned != author_identifier_id"
    ) == (158,)


def test_there_are_189_reactions_to_what_others_wrote(workspace: Loaded) -> None:
    assert workspace.one(
        "select count(*) from ("
        " select author_identifier_id, unnest(reacting_identifier_ids) as reacting"
        " from raw.slack_messages) where reacting != author_identifier_id"
    ) == (189,)


def test_every_event_lies_on_its_day_in_utc_whatever_the_day_file_says(
    workspace: Loaded, export: Path
) -> None:
    ours = "select date, count(*) from intermediate.int_events group by all"
    found = dict(workspace.warehouse.execute(ours).fetchall())
    assert found == Counter(event.occurred_at.date() for event in events_of(export))


def test_every_cell_is_that_of_the_plain_reading(workspace: Loaded, reading: Reading) -> None:
    assert not differing_cells(workspace, reading, derived=False)
