"""Dumps of question sites: what is kept of each post, what is left out, and who is who."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.identities import read_identifiers
from dagster_pipelines.landing import check_files
from dagster_pipelines.vault import Vault
from tests.harness.landed import (
    NOW,
    Landed,
    a_company,
    a_roster,
    landed,
    mail_of,
    some_mail,
    write_all,
)
from tests.harness.slack import zipped
from tests.harness.stackexchange import a_dump, answer, question, question_site

FATES = "select records, loaded, duplicate, quarantined, excluded from raw.files order by file_id"
POSTS = (question(1, 5), answer(2, 1, 6), answer(3, 1, 5))


def site(folder: Path, *posts: Mapping[str, str]) -> Landed:
    """What is loaded of a dump with these posts."""
    write_all(folder, {"Posts.xml": a_dump(*posts)})
    return landed(a_company(folder, question_site()))


def test_each_row_is_a_record_with_one_fate(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        *POSTS,
        POSTS[0],
        question(4, 5, PostTypeId=4),
        question(5, 5, PostTypeId=17),
        question(6, 5, PostTypeId=""),
        answer(7, "", 6),
        answer(8, "x1", 6),
        question(9, 5, CreationDate="2026-02-30T10:00:00.000"),
        question(10, 5, LastEditDate="yesterday"),
        question(11, 5, CreationDate="1989-12-31T23:59:59.999"),
        question(12, 5, CreationDate="2199-01-01T00:00:00.000"),
        question(13, "five"),
        question(14, 5, Id=""),
    )
    assert found.rows(FATES) == [(15, 3, 1, 9, {"other_post": 2})]
    assert found.rows(
        "select locator, reason from raw.quarantine order by len(locator), locator"
    ) == [
        ("line 9", "bad_post_type"),
        ("line 10", "no_question"),
        ("line 11", "no_question"),
        ("line 12", "bad_time"),
        ("line 13", "bad_time"),
        ("line 14", "before_1990"),
        ("line 15", "in_the_future"),
        ("line 16", "bad_id"),
        ("line 17", "bad_id"),
    ]
    assert found.unbalanced() == []
    assert found.receipts["stackexchange"].rows_by_table == {"stackexchange_posts": 3}


def test_the_day_of_the_run_is_the_organisation_s(tmp_path: Path) -> None:
    last = question(1, 5, CreationDate="2026-07-01T23:59:59.999")
    write_all(tmp_path, {"Posts.xml": a_dump(last)})
    os.utime(tmp_path / "Posts.xml", (0, 0))
    for zone, loaded in (("UTC", 1), ("Europe/Warsaw", 0)):
        company = a_company(
            tmp_path, question_site(), data_dir=zone, organisation={"timezone": zone}
        )
        assert landed(company).rows(FATES)[0][1] == loaded


def test_an_answer_knows_its_question_and_both_their_time_to_the_millisecond(
    tmp_path: Path,
) -> None:
    found = site(
        tmp_path,
        question(1, 5, CreationDate="2026-03-02T10:00:00.123"),
        answer(2, 1, 6, CreationDate="2026-03-02T10:00:00.5"),
        answer(3, 99, 6, CreationDate="2026-03-02T10:00:01Z"),
    )
    asked, answered, lost = found.rows(
        "select event_id, thread_id, is_question, occurred_at from raw.stackexchange_posts"
        " order by occurred_at"
    )
    assert asked[0] == asked[1] == answered[1] != answered[0]
    assert lost[1] not in (asked[0], answered[0], lost[0])
    assert [asked[2], answered[2], lost[2]] == [True, False, False]
    assert [asked[3], answered[3], lost[3]] == [
        datetime.fromisoformat(f"2026-03-02T10:00:0{seconds}")
        for seconds in ("0.123", "0.500", "1.000")
    ]


def test_the_same_post_in_two_sources_is_two_posts(tmp_path: Path) -> None:
    write_all(tmp_path, {"Posts.xml": a_dump(*POSTS)})
    company = a_company(tmp_path, question_site(), question_site(name="other"))
    found = landed(company)
    assert found.value("select count(distinct event_id) from raw.stackexchange_posts") == 6
    assert (
        found.value("select count(distinct space_identifier_id) from raw.stackexchange_posts") == 2
    )


def test_user_5_of_a_site_is_neither_employee_5_nor_user_5_of_another_site(tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {
            "Posts.xml": a_dump(*POSTS),
            "hr.csv": ["person_id,alternate_ids", "5,questions:6", "7,"],
            "mail.csv": mail_of("5,7,2026-03-02"),
        },
    )
    company = a_company(
        tmp_path, a_roster(), some_mail(), question_site(), question_site(name="other")
    )
    found = landed(company)
    employee, other_employee = found.party("5"), found.party("7")
    assert employee is not None
    assert other_employee is not None
    assert employee[1] == "person"
    # Whoever the roster says has the account is behind it.
    assert found.party("questions:6") == [employee[0], "person", "roster_alternate_id"]
    strangers = [found.party(name) for name in ("questions:5", "other:5", "other:6")]
    assert [party[1] for party in strangers if party] == ["internal_unknown"] * 3
    people = {party[0] for party in [employee, other_employee, *strangers] if party}
    assert len(people) == 5


def test_the_site_s_own_account_is_a_bot(tmp_path: Path) -> None:
    found = site(tmp_path, question(1, 5), answer(2, 1, -1))
    bot = found.party("questions:-1")
    assert bot is not None
    assert bot[1:] == ["bot", "account"]
    kinds = "select author_kind from raw.stackexchange_posts order by occurred_at"
    assert found.rows(kinds) == [("account",), ("bot",)]


def test_of_a_deleted_account_the_name_is_known_if_there_is_one(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        question(1, OwnerDisplayName="user35287"),
        answer(2, 1, 39566, OwnerDisplayName="Shinobii"),
        answer(3, 1, OwnerDisplayName=" user35287 "),
        answer(4, 1, OwnerDisplayName=" "),
        answer(5, 1),
    )
    rows = found.rows(
        "select author_identifier_id, author_kind from raw.stackexchange_posts order by occurred_at"
    )
    [name] = found.ids("questions:name:user35287")
    [account] = found.ids("questions:39566")
    assert name is not None
    assert rows == [
        (name, "deleted"),
        (account, "account"),
        (name, "deleted"),
        (None, "deleted"),
        (None, "deleted"),
    ]
    # A name that is also an account's is not that account.
    assert found.ids("questions:name:Shinobii", "questions:35287") == [None, None]


def test_a_name_that_looks_like_an_address_is_nobody_s_address(tmp_path: Path) -> None:
    names = ("ann@example.org", "Ann <ann@example.org>", "Ånn\nä")
    write_all(
        tmp_path,
        {
            "hr.csv": ["person_id,email", "E1,ann@example.org"],
            "Posts.xml": a_dump(
                *(question(number, OwnerDisplayName=name) for number, name in enumerate(names))
            ),
        },
    )
    company = a_company(
        tmp_path, a_roster(), question_site(), organisation={"domains": ["example.org"]}
    )
    found = landed(company)
    ids = "select count(distinct author_identifier_id) from raw.stackexchange_posts"
    assert found.value(ids) == 3
    kinds = "select party_kind, count(*) from raw.identity_map group by all order by all"
    assert found.rows(kinds) == [("internal_unknown", 3), ("person", 2)]
    with Vault.open(company) as vault:
        heard = {form for _, form, _ in read_identifiers(company, vault, "questions")}
    assert heard == {
        "questions:name:ann%40example.org",
        "questions:name:Ann%20%3Cann%40example.org%3E",
        "questions:name:%C3%85nn%0A%C3%A4",
    }


def test_without_a_roster_the_people_are_the_users_but_for_the_site_itself(tmp_path: Path) -> None:
    found = site(
        tmp_path, *POSTS, answer(4, 1, -1), answer(5, 1, OwnerDisplayName="user9"), answer(6, 1)
    )
    kinds = "select party_kind, count(*) from raw.identity_map group by all order by all"
    assert found.rows(kinds) == [("bot", 1), ("person", 3)]


def test_what_is_rejected_or_left_out_names_nobody(tmp_path: Path) -> None:
    found = site(tmp_path, question(1, 5), answer(2, "", 6), question(3, 7, PostTypeId=5))
    assert found.value("select count(*) from raw.identity_map") == 1


def test_a_file_its_folder_and_a_zip_hold_the_same_posts(tmp_path: Path) -> None:
    text = a_dump(*POSTS)
    write_all(tmp_path, {"dump/Posts.xml": text, "dump/Votes.xml": "<votes", "questions.xml": text})
    zipped(tmp_path / "flat.zip", {"Posts.xml": text, "Users.xml": "<users"})
    zipped(tmp_path / "deep.zip", {"site/Posts.xml": text, "site/Users.xml": "<users"})
    for path in ("dump", "questions.xml", "flat.zip", "deep.zip"):
        company = a_company(tmp_path, question_site(path=path), data_dir=f"data of {path}")
        assert landed(company).rows(FATES) == [(3, 3, 0, 0, {})]


def test_a_folder_and_the_file_in_it_are_one_dump_and_a_zip_repeats_it(tmp_path: Path) -> None:
    text = a_dump(*POSTS)
    write_all(tmp_path, {"dump/Posts.xml": text})
    company = a_company(tmp_path, question_site(path="dump"))
    landed(company)
    write_all(tmp_path, {"dump/Users.xml": "<users/>"})
    os.utime(tmp_path / "dump/Posts.xml", (1, 1))
    zipped(tmp_path / "dump.zip", {"Posts.xml": text})
    again = a_company(tmp_path, question_site(path=["dump", "dump/Posts.xml", "dump.zip"]))
    found = landed(again, "again")
    assert found.receipts["stackexchange"].files_already_known == 1
    assert found.rows(FATES) == [(3, 3, 0, 0, {}), (3, 0, 3, 0, {})]


def test_a_later_dump_brings_what_is_new_and_what_was_edited(tmp_path: Path) -> None:
    edited = "2026-03-04T10:00:00.000"
    write_all(
        tmp_path,
        {
            "1.xml": a_dump(*POSTS),
            "2.xml": a_dump(
                POSTS[0],
                {**POSTS[1], "Score": "9", "LastActivityDate": edited},
                {**POSTS[2], "LastEditDate": edited, "Body": "better"},
                answer(4, 1, 7),
            ),
        },
    )
    found = landed(a_company(tmp_path, question_site(path="*.xml")))
    assert found.rows(FATES) == [(3, 3, 0, 0, {}), (4, 2, 2, 0, {})]
    versions = (
        "select count(*), max(make_timestamp(version_key)) from raw.stackexchange_posts"
        " group by event_id order by min(occurred_at)"
    )
    never = datetime.fromisoformat("1970-01-01")
    assert found.rows(versions) == [
        (1, never), (1, never), (2, datetime.fromisoformat(edited)), (1, never)
    ]  # fmt: skip


def test_neither_the_order_of_dumps_nor_how_they_are_cut_changes_what_is_known(
    tmp_path: Path,
) -> None:
    first = [*POSTS, question(4, 7)]
    second = [
        {**POSTS[2], "LastEditDate": "2026-03-04T10:00:00.000"},
        question(4, OwnerDisplayName="user7"),
        answer(5, 4, 6),
        POSTS[0],
    ]
    ways = [
        {"1.xml": first, "2.xml": second},
        {"1.xml": second, "2.xml": first},
        {"1.xml": [*second, *first, *second]},
        {f"{number}.xml": [post] for number, post in enumerate([*first, *second])},
    ]
    known = [what_is_known(tmp_path / str(number), way) for number, way in enumerate(ways)]
    assert len(known[0]) == 7
    assert known == [known[0]] * len(ways)


def what_is_known(folder: Path, dumps: Mapping[str, list[dict[str, str]]]) -> list[tuple]:
    """The rows that are loaded of dumps, authors by name, ids of posts left out."""
    write_all(folder, {name: a_dump(*posts) for name, posts in dumps.items()})
    found = landed(a_company(folder, question_site(path="*.xml")))
    names = ("questions:5", "questions:6", "questions:7", "questions:name:user7")
    name_of = dict(zip(found.ids(*names), names, strict=True))
    rows = found.rows(
        "select author_identifier_id, version_key, author_kind, is_question, occurred_at"
        " from raw.stackexchange_posts"
    )
    return sorted((name_of[author], *said) for author, *said in rows)


def test_check_names_the_fate_of_each_record_and_stores_nothing(tmp_path: Path) -> None:
    write_all(tmp_path, {"Posts.xml": a_dump(*POSTS, answer(9, "", 6))})
    [report] = check_files(a_company(tmp_path, question_site()), now=NOW)
    assert (report.records, report.would_load) == (4, 3)
    assert report.locators == {"no_question": ["line 6"]}
    assert report.is_balanced
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"Posts\.xml is empty"),
        (b"7z\xbc\xaf\x27\x1c....", r"is a 7z archive; unpack it and name its Posts\.xml"),
        (b"Id,Body\n", r"line 1: is no XML any more"),
        (b"<users/>", r"line 1: the text does not begin with the element <posts>"),
        (b"PK\x03\x04", r"is a zip file that is cut short or damaged"),
    ],
)
def test_what_is_no_dump_is_refused_before_anything_is_stored(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    write_all(tmp_path, {"Posts.xml": content})
    with pytest.raises(UsageError, match=rf"sources\[questions\].*{sentence}"):
        landed(a_company(tmp_path, question_site()))
    assert not (tmp_path / "data/warehouse/warehouse.duckdb").exists()


def test_a_folder_needs_posts_of_its_own(tmp_path: Path) -> None:
    write_all(tmp_path, {"dump/Users.xml": "<users/>", "elsewhere.xml": a_dump(*POSTS)})
    company = a_company(tmp_path, question_site(path="dump"))
    with pytest.raises(UsageError, match=r"is a folder without Posts\.xml"):
        landed(company)
    (tmp_path / "dump/Posts.xml").symlink_to("../elsewhere.xml")
    with pytest.raises(UsageError, match=r"Posts\.xml is a link; name what it leads to"):
        landed(company)
    (tmp_path / "dump/Posts.xml").unlink()
    os.mkfifo(tmp_path / "dump/Posts.xml")
    with pytest.raises(UsageError, match="is no ordinary file"):
        landed(company)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["Users.xml", "a/Posts.xml"], r"it holds no Posts\.xml"),
        (["../Posts.xml", "Users.xml"], r"Posts\.xml in it is not read\. The name leads out"),
        (["Posts.xml", "posts.xml"], r"Posts\.xml in it is not read\. The name differs .* only in"),
    ],
)
def test_a_zip_needs_posts_that_are_clear(tmp_path: Path, names: list[str], sentence: str) -> None:
    zipped(tmp_path / "site.zip", dict.fromkeys(names, a_dump(*POSTS)))
    with pytest.raises(UsageError, match=sentence):
        landed(a_company(tmp_path, question_site(path="site.zip")))


def test_a_dump_that_breaks_in_its_middle_is_refused_whole_with_the_line(tmp_path: Path) -> None:
    many = a_dump(*(question(number, 5, minutes=0, Body="x" * 999) for number in range(3_000)))
    write_all(tmp_path, {"Posts.xml": many[: len(many) // 2]})
    company = a_company(tmp_path, question_site())
    with pytest.raises(UsageError, match=r"line 1\d\d\d: the text ends before its list of rows"):
        landed(company)
    write_all(tmp_path, {"Posts.xml": many})
    found = landed(company, "again")
    assert found.rows(FATES) == [(3_000, 3_000, 0, 0, {})]


def test_a_damaged_zip_stores_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "site.zip", {"Posts.xml": a_dump(*POSTS)})
    data = path.read_bytes()
    # The checksum in the list of members.
    at = data.index(b"PK\x01\x02") + 16
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    with pytest.raises(JobError, match="member 1: Its content does not fit the checksum"):
        landed(a_company(tmp_path, question_site(path="site.zip")))


def test_texts_titles_and_names_are_in_no_table(tmp_path: Path) -> None:
    found = site(
        tmp_path, question(1, 5, Title="zanarie", Body="zanarie", OwnerDisplayName="zanarie")
    )
    assert "zanarie" not in json.dumps(found.rows("from raw.stackexchange_posts"), default=str)
