"""The real questions and answers of a site's first weeks without any roster.

The figures that are known of it come out of `raw` and of the models, and every cell of the marts is
that of a plain reading of the dump.
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
from tests.reference.stackexchange_events import always_valid, events_of, site_of

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

SITE = """
organisation: {{name: Site, timezone: UTC}}
sources:
  - {{name: questions, format: stackexchange, path: {folder}}}
privacy: {{key_file: key}}
"""


@pytest.fixture(scope="module")
def dump() -> Path:
    return folder_of("stackexchange")


@pytest.fixture(scope="module")
def site(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    loaded = built(tmp_path_factory.mktemp("site"), SITE.format(folder=dump))
    with closing(loaded.warehouse):
        yield loaded


@pytest.fixture(scope="module")
def reading(dump: Path) -> Reading:
    events = list(events_of(dump, "questions"))
    people, spaces = always_valid(dump, "questions"), [site_of("questions")]
    return read_company(people, events, {}, Parameters(), spaces)


def test_672_posts_are_254_questions_392_answers_and_26_wikis_of_tags(site: Loaded) -> None:
    fates = "select records, loaded, duplicate, quarantined, excluded from raw.files"
    assert site.one(fates) == (672, 254 + 392, 0, 0, {"other_post": 26})
    kinds = "select count_if(is_question), count_if(not is_question) from "
    for table in ("raw.stackexchange_posts", "intermediate.int_events"):
        assert site.one(kinds + table) == (254, 392)


def test_311_pairs_of_asker_and_answerer_are_there_with_those_who_answer_themselves(
    site: Loaded,
) -> None:
    pairs = """
        select count(distinct (asked.author_identifier_id, answered.author_identifier_id))
        from raw.stackexchange_posts as answered
        inner join raw.stackexchange_posts as asked on answered.thread_id = asked.event_id
        where not answered.is_question
    """
    assert site.one(pairs) == (311,)
    to_oneself = "asked.author_identifier_id = answered.author_identifier_id"
    assert site.one(f"{pairs} and {to_oneself}") == (13,)
    assert site.one(
        "select count(distinct (source_party_id, target_party_id)), count(*)"
        " from intermediate.int_stackexchange_records where target_party_id is not null"
    ) == (311 - 13, 392 - 32)


def test_an_answer_hangs_on_its_question_in_the_one_space_of_the_site(site: Loaded) -> None:
    assert site.one(
        """
        select count(*), count_if(questions.is_question), count(distinct answers.space_id)
        from intermediate.int_events as answers
        inner join intermediate.int_events as questions
            on answers.reply_to_id = questions.event_id
        """
    ) == (392, 392, 1)
    spaces = "select kind, label from intermediate.int_spaces"
    assert site.one(spaces) == ("question_site", "questions")


def test_as_many_questions_are_answered_within_72_hours_as_the_dump_says(site: Loaded) -> None:
    assert site.one(
        """
        select count(distinct questions.event_id)
        from intermediate.int_events as questions
        inner join intermediate.int_events as answers
            on questions.event_id = answers.reply_to_id
            and questions.actor_party_id != answers.actor_party_id
            and answers.occurred_at <= questions.occurred_at + interval 72 hours
        """
    ) == (180,)


def test_every_event_lies_on_its_day(site: Loaded, dump: Path) -> None:
    ours = "select date, count(*) from intermediate.int_events group by all"
    found = dict(site.warehouse.execute(ours).fetchall())
    assert found == Counter(event.occurred_at.date() for event in events_of(dump, "questions"))


def test_every_cell_is_that_of_the_plain_reading(site: Loaded, reading: Reading) -> None:
    assert reading.person_weeks
    assert reading.ties
    assert {row["space_type"] for row in reading.participation} == {"question_site"}
    assert not differing_cells(site, reading, derived=False)
