"""The exports of the simulated company, their dirt, and the folder that `tacit demo` prepares."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dagster_pipelines.command_line.demonstration import prepare
from dagster_pipelines.demo import Company, Scale, simulate, write_exports
from dagster_pipelines.demo.exports import (
    Exports,
    feedback,
    identities,
    mail_log,
    programmes,
    read_truth,
    recognition,
    roster,
)
from dagster_pipelines.demo.scale import FIRST_MONDAY
from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import load_settings
from dagster_pipelines.sqlfiles import repository

SMALL = Scale(people=24, weeks=5)


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate(Scale(people=60, weeks=18))


@pytest.fixture(scope="module")
def written(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    return write_exports(company, tmp_path_factory.mktemp("company"))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return all files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def rows_of(folder: Path) -> list[tuple[str, ...]]:
    """Return the rows of all CSV files in a folder, without headers."""
    rows: list[tuple[str, ...]] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows.extend(tuple(row) for row in list(csv.reader(file))[1:])
    return rows


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_exports(simulate(SMALL), tmp_path / name)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    write_exports(simulate(Scale(people=24, weeks=5, seed=2)), tmp_path / "other")
    assert bytes_of(tmp_path / "other") != bytes_of(tmp_path / "one")


def test_neither_hashes_nor_zone_nor_language_of_the_machine_change_a_byte(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from dagster_pipelines.demo import *;"
        "write_exports(simulate(Scale(24, 5)), pathlib.Path(sys.argv[1]))"
    )
    elsewhere = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "C"}
    digests = []
    for name, said in (("here", {"PYTHONHASHSEED": "1"}), ("there", elsewhere)):
        environment = {**os.environ, **said, "PYTHONPATH": str(repository())}
        command = [sys.executable, "-c", program, str(tmp_path / name)]
        subprocess.run(command, env=environment, check=True)
        files = bytes_of(tmp_path / name)
        digests.append({name: hashlib.sha256(text).hexdigest() for name, text in files.items()})
    assert digests[0]
    assert digests[0] == digests[1]


def test_the_exports_hold_what_their_settings_say(written: Exports) -> None:
    settings = load_settings(written.settings)
    headers = {
        "hr": roster.HEADER,
        "mail": mail_log.HEADER,
        "kudos": recognition.HEADER,
        "feedback": feedback.HEADER,
        "programmes": programmes.PROGRAMMES,
        "enrolments": programmes.ENROLMENTS,
        "sessions": programmes.SESSIONS,
        "accounts": identities.HEADER,
    }
    assert {source.name for source in settings.sources} == {*headers, "chat", "questions"}
    for source in settings.sources:
        if source.name in headers:
            assert set(source.columns.values()) <= set(headers[source.name])
        [pattern] = source.path
        assert list(written.settings.parent.glob(pattern))


def test_the_mail_log_has_every_mail_once_or_more_and_what_cannot_be_read_besides(
    company: Company, written: Exports
) -> None:
    rows = rows_of(written.settings.parent / "exports/mail")
    [tally] = [tally for tally in written.tallies if tally.source == "mail"]
    assert len(rows) == tally.records
    good = [row for row in rows if is_good(row)]
    assert len(rows) - len(good) == tally.quarantined.total() > 0
    assert len(good) - len(set(good)) == tally.duplicate > 0
    _, true = mail_log.mail_rows(company)
    assert set(good) == set(true)


def is_good(row: tuple[str, ...]) -> bool:
    """Tell whether a row of a mail log is whole and says a time of the company's."""
    if len(row) != len(mail_log.HEADER) or not all(row):
        return False
    try:
        day = datetime.fromisoformat(row[0]).date()
    except ValueError:
        return False
    return date(2025, 1, 1) < day < date(2027, 1, 1)


def table_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by its header."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def first_rows(path: Path) -> list[dict[str, str]]:
    """Return the first row of each id, in order; what repeats or spoils a row comes after it."""
    found: dict[str, dict[str, str]] = {}
    for row in table_of(path):
        found.setdefault(row["Id"], row)
    return list(found.values())


def test_kudos_name_everybody_whom_they_are_for(company: Company, written: Exports) -> None:
    rows = first_rows(written.settings.parent / "exports/kudos/kudos.csv")
    addresses = [person.address for person in company.staff.people]
    assert rows
    assert [(row["From"], row["To"].split("; ")) for row in rows] == [
        (addresses[gift.giver], [addresses[one] for one in gift.receivers])
        for gift in company.gifts.kudos
    ]


def test_anonymous_feedback_names_no_giver_or_asks_to_hide_who_it_was(
    company: Company, written: Exports
) -> None:
    rows = first_rows(written.settings.parent / "exports/feedback/feedback.csv")
    is_hidden = [not row["From"] or row["Hidden"] == "yes" for row in rows]
    assert is_hidden == [gift.is_anonymous for gift in company.gifts.feedback]
    assert {row["From"] == "" for row in rows if row["Hidden"] == "no"} == {True, False}


def test_a_list_of_sessions_has_what_was_held_and_what_was_not(
    company: Company, written: Exports
) -> None:
    rows = table_of(written.settings.parent / "exports/programmes/sessions.csv")
    held = {row["Id"] for row in rows if row["Status"] == "held"}
    assert len(held) == len(company.sessions)
    others = [row for row in rows if row["Status"] != "held"]
    assert {row["Status"] for row in others} <= {"cancelled", "planned"}
    assert not {row["Id"] for row in others} & held
    end = company.scale.end.isoformat()
    assert all(row["Begins"] > end for row in others if row["Status"] == "planned")
    assert all(row["Begins"] < end for row in rows if row["Status"] == "held")


def test_everybody_who_is_enrolled_is_in_the_list_of_enrolments(
    company: Company, written: Exports
) -> None:
    folder = written.settings.parent / "exports/programmes"
    listed = {(row["Programme"], row["Email"]) for row in table_of(folder / "enrolments.csv")}
    titles = {row["Title"]: row["Key"] for row in table_of(folder / "programmes.csv")}
    assert listed == {
        (titles[one.programme], company.staff.people[one.person].address)
        for one in company.enrolments
    }


def test_one_day_of_the_mail_log_came_late(written: Exports) -> None:
    mail = written.settings.parent / "exports/mail"
    late = {line.split("T")[0] for line in (mail / "mail-late.csv").read_text().splitlines()[1:]}
    days = Counter(row[0][:10] for row in rows_of(mail))
    assert (FIRST_MONDAY.replace(day=15)).isoformat() in late
    for path in sorted(mail.glob("mail-0*.csv")):
        assert "\n2025-01-15T" not in path.read_text()
    assert days["2025-01-15"] > 20


def test_a_snapshot_lists_whoever_works_there_on_its_day(
    company: Company, written: Exports
) -> None:
    files = sorted((written.settings.parent / "exports/hr").glob("*.csv"))
    assert len(files) == company.staff.weeks
    for week, path in enumerate(files):
        monday = company.scale.monday(week)
        assert path.name == f"roster-{monday}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            listed = {row["StaffNumber"] for row in csv.DictReader(file)} - {""}
        assert listed == {
            person.staff_number
            for person in company.staff.people
            if person.hired_on <= monday and not (person.left_on and person.left_on <= monday)
        }


def messages_of(path: Path) -> list[tuple[str, dict]]:
    """Return (folder, message) of an export of Slack."""
    with zipfile.ZipFile(path) as archive:
        return [
            (name.split("/")[0], message)
            for name in archive.namelist()
            if "/" in name
            for message in json.loads(archive.read(name))
        ]


def test_the_chat_is_as_slack_exports_it(written: Exports) -> None:
    files = sorted((written.settings.parent / "exports/chat").glob("*.zip"))
    assert [path.name for path in files] == ["slack-1.zip", "slack-2.zip"]
    for path in files:
        with zipfile.ZipFile(path) as archive:
            lists = {
                name: json.loads(archive.read(f"{name}.json"))
                for name in ("users", "channels", "groups", "dms", "mpims")
            }
            assert {info.date_time[3:] for info in archive.infolist()} == {(0, 0, 0)}
        assert all(lists.values())
        users = {user["id"] for user in lists["users"]}
        folders = {channel["name"] for channel in lists["channels"]}
        for kind in ("dms", "mpims"):
            folders |= {one.get("name", one["id"]) for one in lists[kind]} | {
                one["id"] for one in lists[kind]
            }
            assert all(set(one["members"]) <= users for one in lists[kind])
        for folder, message in messages_of(path):
            assert folder in folders
            assert message.get("user", "USLACKBOT") in users
    said = [(folder, one["ts"]) for folder, one in messages_of(files[0]) if "user" in one]
    assert len(set(said)) == len(said)


def test_the_second_export_of_the_chat_repeats_a_week_and_knows_its_edits(
    written: Exports,
) -> None:
    chat = written.settings.parent / "exports/chat"
    both = [
        {
            (folder, one["ts"]): "edited" in one
            for folder, one in messages_of(chat / f"slack-{number}.zip")
            if "user" in one and "subtype" not in one
        }
        for number in (1, 2)
    ]
    repeated = both[0].keys() & both[1].keys()
    same = sum(both[0][key] == both[1][key] for key in repeated)
    [tally] = [tally for tally in written.tallies if tally.source == "chat"]
    assert same == tally.duplicate > 0
    assert any(both[1][key] and not both[0][key] for key in repeated)


def posts_of(path: Path) -> dict[str, dict[str, str]]:
    """Return the posts of a dump of the question site by their ids; the last of several."""
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["Posts.xml", "Users.xml"]
        root = ElementTree.fromstring(archive.read("Posts.xml"))
    assert (root.tag, {row.tag for row in root}) == ("posts", {"row"})
    return {row.attrib["Id"]: row.attrib for row in root}


def test_the_questions_are_as_stack_exchange_dumps_them(written: Exports) -> None:
    folder = written.settings.parent / "exports/questions"
    dumps = [posts_of(path) for path in sorted(folder.glob("*.zip"))]
    first, second = dumps
    assert first.keys() < second.keys()
    listed = {
        one
        for row in rows_of(written.settings.parent / "exports/hr")
        for one in row[roster.HEADER.index("OtherIds")].split(";")
    }
    for posts in dumps:
        answers = [post for post in posts.values() if post.get("ParentId")]
        assert len(answers) > 20
        for post in answers:
            asked = posts[post["ParentId"]]
            assert asked["PostTypeId"] == "1"
            if post.get("OwnerUserId") != "-1":
                assert asked["CreationDate"] < post["CreationDate"]
        owners = {post["OwnerUserId"] for post in posts.values() if "OwnerUserId" in post}
        assert {f"questions:{owner}" for owner in owners - {"-1"}} <= listed


def test_the_second_dump_repeats_the_first_and_knows_its_edits(written: Exports) -> None:
    folder = written.settings.parent / "exports/questions"
    first, second = (posts_of(folder / f"site-{number}.zip") for number in (1, 2))
    usable = [post for post in first.values() if post["PostTypeId"] in ("1", "2")]
    # What cannot be used says that it is post 1999999.
    usable = [post for post in usable if post["Id"] != "1999999"]
    same = sum(post == second[post["Id"]] for post in usable)
    [tally] = [tally for tally in written.tallies if tally.source == "questions"]
    assert same == tally.duplicate > 0
    later = [second[post["Id"]] for post in usable if post != second[post["Id"]]]
    assert any("LastEditDate" in post for post in later)
    gone = [post for post in later if "OwnerUserId" not in post]
    assert gone
    assert all(
        post["OwnerDisplayName"] == f"user{first[post['Id']]['OwnerUserId']}" for post in gone
    )


def test_the_table_of_truth_is_read_as_it_was_written(company: Company, written: Exports) -> None:
    facts = read_truth(written.truth)
    assert len(facts) > len(company.truth)
    for fact, read in zip(company.truth, facts, strict=False):
        assert (read.fact, read.subject, read.since) == (fact.fact, fact.subject, fact.since)
        expected = fact.expected
        # Numbers are written with six digits.
        is_text = isinstance(expected, str)
        assert read.expected == (expected if is_text else pytest.approx(expected, rel=5e-6))


@pytest.mark.parametrize("scale", [Scale(people=19), Scale(people=20_001), Scale(weeks=0)])
def test_a_company_of_no_sensible_size_is_refused(tmp_path: Path, scale: Scale) -> None:
    with pytest.raises(UsageError, match=r"No company of this size: .* is to be from"):
        prepare(tmp_path / "demo", scale)
    assert not (tmp_path / "demo/tacit.yml").exists()


def test_the_same_demo_again_leaves_exports_and_data_alone(tmp_path: Path) -> None:
    config = prepare(tmp_path, SMALL)
    data = tmp_path / "data/warehouse"
    data.mkdir(parents=True)
    log = tmp_path / "exports/mail/mail-01.csv"
    before = log.stat()
    assert prepare(tmp_path, SMALL) == config
    assert (log.stat().st_ino, log.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert data.exists()


def test_another_company_takes_the_place_of_the_first_and_of_its_data(tmp_path: Path) -> None:
    prepare(tmp_path, SMALL)
    (tmp_path / "data/warehouse").mkdir(parents=True)
    (tmp_path / "key").touch()
    first = bytes_of(tmp_path)
    prepare(tmp_path, Scale(people=30, weeks=5))
    assert bytes_of(tmp_path) != first
    assert not (tmp_path / "data/warehouse").exists()
    assert not (tmp_path / "key").exists()


def test_a_chat_that_differs_is_another_company(tmp_path: Path) -> None:
    prepare(tmp_path, SMALL)
    (tmp_path / "exports/chat/slack-1.zip").write_bytes(b"")
    prepare(tmp_path, SMALL)
    assert (tmp_path / "exports/chat/slack-1.zip").read_bytes()


def test_a_folder_that_is_not_a_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        prepare(tmp_path, SMALL)
    (tmp_path / "tacit.yml").write_text("data_dir: data\n")
    with pytest.raises(UsageError, match="is not a demo's"):
        prepare(tmp_path, SMALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "tacit.yml"]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(UsageError, match="is not a folder"):
        prepare(tmp_path / "demo", SMALL)
