"""Slack exports: what of each message is kept, what is left out by which rule, and who is who."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_pipelines.errors import UsageError
from dagster_pipelines.landing import check_files
from dagster_pipelines.sources.slack_text import said_in
from tests.harness.landed import NOW, Landed, a_company, a_roster, landed, write_all
from tests.harness.slack import (
    MONDAY,
    an_export,
    channel,
    message,
    slack_source,
    ts,
    user,
    zipped,
)

GENERAL = channel("C0GENERAL1", "general", "U0ANN", "U0BOB")
PEOPLE = [user("U0ANN", email="ann@example.org"), user("U0BOB", email="bob@example.org")]
FATES = "select records, loaded, duplicate, quarantined, excluded from raw.files order by file_id"


def chat(folder: Path, *messages: dict[str, Any], **said: Any) -> Landed:
    """What is loaded of an export whose only channel holds these messages."""
    files = an_export(said.pop("users", PEOPLE), [GENERAL], {"general": messages})
    zipped(folder / "slack.zip", files)
    return landed(a_company(folder, slack_source(), **said))


def test_each_element_of_a_list_and_each_message_is_a_record(tmp_path: Path) -> None:
    found = chat(
        tmp_path,
        message("U0ANN"),
        message("U0ANN"),
        message("U0BOB", 1, subtype="channel_join", text="<@U0BOB> has joined"),
        message(None, 2, subtype="bot_message", bot_id="B1"),
        message("U0BOB", 3, type="event_callback"),
        message("U0BOB", 4, ts="yesterday"),
        message("not an id", 5),
    )
    assert found.rows(FATES) == [
        (10, 4, 1, 2, {"system_message": 1, "bot_message": 1, "no_message": 1})
    ]
    assert found.rows("select locator, reason from raw.quarantine order by reason") == [
        ("member 2, record 6", "bad_time"),
        ("member 2, record 7", "no_author"),
    ]
    assert found.unbalanced() == []
    rows = found.receipts["slack"].rows_by_table
    assert rows == {"slack_messages": 1, "slack_conversations": 1, "slack_users": 2}


def test_a_time_is_read_to_the_microsecond_and_never_as_a_float(tmp_path: Path) -> None:
    found = chat(
        tmp_path, message("U0ANN", ts="1772445600.123457"), message("U0BOB", ts="1772445600")
    )
    assert found.rows("select epoch_us(occurred_at) from raw.slack_messages order by 1") == [
        (1_772_445_600_000_000,),
        (1_772_445_600_123_457,),
    ]


def test_a_message_is_known_by_channel_and_time(tmp_path: Path) -> None:
    files = an_export(
        PEOPLE,
        [GENERAL, channel("C0RANDOM1", "random")],
        {"general": [message("U0ANN")], "random": [message("U0ANN")]},
    )
    zipped(tmp_path / "slack.zip", files)
    found = landed(a_company(tmp_path, slack_source()))
    assert found.value("select count(distinct event_id) from raw.slack_messages") == 2


def test_a_reply_knows_its_thread_and_a_message_that_stands_alone_its_own(tmp_path: Path) -> None:
    found = chat(
        tmp_path,
        message("U0ANN"),
        message("U0BOB", 60, thread_ts=ts(0), parent_user_id="U0ANN"),
        message("U0BOB", 90, thread_ts=ts(-999)),
    )
    rows = found.rows("select event_id, thread_id from raw.slack_messages order by occurred_at")
    (parent, of_parent), (reply, of_reply), (lost, of_lost) = rows
    assert parent == of_parent == of_reply != reply
    assert of_lost not in (parent, reply, lost)


def test_an_edit_is_another_version_and_a_broadcast_is_not(tmp_path: Path) -> None:
    reply = message("U0BOB", 60, thread_ts=ts(0))
    edited = message("U0ANN", text="x", edited={"user": "U0ANN", "ts": ts(30)})
    found = chat(
        tmp_path,
        message("U0ANN"),
        edited,
        reply,
        {**reply, "subtype": "thread_broadcast", "root": {}},
    )
    versions = "select count(distinct event_id), count(*), max(version_key) from raw.slack_messages"
    assert found.rows(versions) == [(2, 3, (MONDAY + 30) * 1_000_000 + 100)]


def test_a_folder_is_read_as_its_zip_is_and_known_by_its_content(tmp_path: Path) -> None:
    files = an_export(PEOPLE, [GENERAL], {"general": [message("U0ANN")]})
    write_all(tmp_path / "unpacked", files)
    company = a_company(tmp_path, slack_source(path="unpacked"))
    assert landed(company).rows(FATES) == [(4, 4, 0, 0, {})]
    for path in (tmp_path / "unpacked").rglob("*.json"):
        os.utime(path, (1, 1))
    assert landed(company, "again").receipts["slack"].files_already_known == 1
    zipped(tmp_path / "unpacked.zip", files)
    both = a_company(tmp_path, slack_source(path=["unpacked", "unpacked.zip"]))
    assert landed(both, "both").rows(FATES) == [(4, 4, 0, 0, {}), (4, 0, 4, 0, {})]


def test_the_name_of_a_public_channel_is_kept_and_of_no_other_conversation(tmp_path: Path) -> None:
    files = an_export(
        PEOPLE,
        [GENERAL, channel("C0SECRET1", "layoffs", is_private=True)],
        groups=[channel("G0PRIVATE", "board")],
        dms=[{"id": "D0DIRECT1", "members": ["U0ANN", "U0BOB"]}],
        mpims=[channel("G0GROUPDM", "mpdm-ann--bob-1", "U0ANN", "U0BOB")],
    )
    zipped(tmp_path / "slack.zip", files)
    found = landed(a_company(tmp_path, slack_source()))
    kinds = (
        "select kind, label, len(member_identifier_ids) from raw.slack_conversations order by all"
    )
    assert found.rows(kinds) == [
        ("direct", None, 2),
        ("group_direct", None, 2),
        ("private_channel", None, 0),
        ("private_channel", None, 0),
        ("public_channel", "general", 2),
    ]


def test_direct_messages_lie_in_a_folder_of_their_id(tmp_path: Path) -> None:
    files = an_export(
        PEOPLE,
        messages={"D0DIRECT1": [message("U0ANN")]},
        dms=[{"id": "D0DIRECT1", "members": ["U0ANN", "U0BOB"]}],
    )
    zipped(tmp_path / "slack.zip", files)
    found = landed(a_company(tmp_path, slack_source()))
    assert (
        found.value(
            "select count(*) from raw.slack_messages semi join raw.slack_conversations"
            " using (space_identifier_id)"
        )
        == 1
    )


def test_the_account_is_whoever_its_address_is_on_the_roster(tmp_path: Path) -> None:
    write_all(
        tmp_path, {"hr.csv": ["person_id,email,alternate_ids", "E1,ann@example.org,", "E2,,U0CAT"]}
    )
    users = [
        *PEOPLE,
        user("U0CAT", email="cat@elsewhere.org"),
        user("U0GUEST", email="guest@other.org", is_restricted=True),
        user("U0ROBOT", email="robot@example.org", is_bot=True),
        user("U0NOMAIL"),
    ]
    files = an_export(
        users,
        [GENERAL],
        {"general": [message("U0ANN"), message("U0FOREIGN", 1, user_team="T2", text="<@U0GHOST>")]},
    )
    zipped(tmp_path / "slack.zip", files)
    company = a_company(
        tmp_path, a_roster(), slack_source(), organisation={"domains": ["example.org"]}
    )
    found = landed(company)
    ann, cat = found.party("E1"), found.party("E2")
    assert ann is not None
    assert cat is not None
    parties = {
        name: found.party(name)
        for name in (
            *("U0ANN", "U0BOB", "U0CAT", "U0GUEST", "guest@other.org", "U0ROBOT"),
            *("robot@example.org", "U0NOMAIL", "U0FOREIGN", "U0GHOST", "USLACKBOT"),
        )
    }
    kinds = {name: party[1] if party else None for name, party in parties.items()}
    assert kinds == {
        "U0ANN": "person",
        "U0BOB": "internal_unknown",
        "U0CAT": "person",
        "U0GUEST": "external",
        "guest@other.org": "external",
        "U0ROBOT": "bot",
        "robot@example.org": "bot",
        "U0NOMAIL": "internal_unknown",
        "U0FOREIGN": "external",
        "U0GHOST": "internal_unknown",
        "USLACKBOT": None,
    }
    assert parties["U0ANN"][0] == ann[0]
    assert parties["U0CAT"][0] == cat[0]
    assert parties["U0GUEST"][0] == parties["guest@other.org"][0]


def test_without_a_roster_the_people_are_the_accounts_bots_and_guests_aside(tmp_path: Path) -> None:
    users = [*PEOPLE, user("U0ROBOT", is_bot=True), user("U0GUEST", is_ultra_restricted=True)]
    found = chat(tmp_path, message("U0ANN", text="<@U0BOB> <@U0GHOST>"), users=users)
    kinds = (
        "select party_kind, count(distinct person_id) from raw.identity_map group by 1 order by 1"
    )
    assert found.rows(kinds) == [("bot", 1), ("external", 1), ("person", 3)]


def test_the_accounts_of_an_enterprise_grid_are_in_a_list_of_their_own(tmp_path: Path) -> None:
    files = an_export(PEOPLE, [GENERAL], {"general": [message("W0ANN", text="<@U0BOB>")]})
    accounts = [user("W0ANN", email="ann@example.org"), user("U0BOB", email="bob@example.org")]
    del files["users.json"]
    files["org_users.json"] = json.dumps(accounts)
    zipped(tmp_path / "slack.zip", files)
    found = landed(a_company(tmp_path, slack_source()))
    assert found.unbalanced() == []
    assert found.receipts["slack"].rows_by_table["slack_users"] == 2
    account, address = found.party("W0ANN"), found.party("ann@example.org")
    assert account is not None
    assert address is not None
    assert account[0] == address[0]


def test_the_newest_address_of_an_account_and_its_former_are_one_person(tmp_path: Path) -> None:
    old = an_export(
        [user("U0ANN", email="old@example.org")], [GENERAL], {"general": [message("U0ANN")]}
    )
    new = an_export(
        [user("U0ANN", email="new@example.org")], [GENERAL], {"general": [message("U0ANN", 9)]}
    )
    parties = []
    for number, order in enumerate(([old, new], [new, old])):
        folder = tmp_path / str(number)
        for place, files in zip(("a", "b"), order, strict=True):
            zipped(folder / f"{place}.zip", files)
        found = landed(a_company(folder, slack_source(path=["a.zip", "b.zip"])))
        account, address, former = map(found.party, ("U0ANN", "new@example.org", "old@example.org"))
        assert account is not None
        assert address is not None
        assert former is not None
        parties.append((account[0] == address[0], account[0] == former[0]))
    # Whoever had the address before has it no more, and is still the same person.
    assert parties == [(True, True), (True, True)]
    # The other one is Bob, a member of the channel.
    assert found.value("select count(distinct person_id) from raw.identity_map") == 2


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("hello <@U0BOB> and <@W0CAT|cat>", ["U0BOB", "W0CAT"]),
        ("<@U0BOB> <@U0BOB>", ["U0BOB", "U0BOB"]),
        ("&lt;@U0BOB&gt; @bob <#C0GENERAL1|general>", []),
    ],
)
def test_mentions_are_what_slack_marks_as_such(text: str, mentioned: list[str]) -> None:
    assert list(said_in({"text": text}).mentioned) == mentioned


def test_blocks_and_text_are_one_mention() -> None:
    element = {"type": "user", "user_id": "U0BOB"}
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}, element]}
    blocks = [
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [section]}]}
    ]
    assert said_in({"text": "hi <@U0BOB>", "blocks": blocks}).mentioned == ("U0BOB",)
    assert said_in({"text": "hi", "blocks": blocks}).mentioned == ("U0BOB",)


@pytest.mark.parametrize(
    "text", ["<!here>", "<!channel> hi", "<!everyone>", "<!subteam^S0TEAM|@team>"]
)
def test_a_group_that_is_called_has_members_that_nobody_names(text: str) -> None:
    assert said_in({"text": text}).has_group


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("why?", True),
        ("see <https://example.org/?q=1>", False),
        ("`a ? b : c` works", False),
        ("```\nwhat?\n```", False),
        ("so `a ? b`, or what?", True),
        ("&lt;b&gt;?", True),
    ],
)
def test_a_question_has_its_mark_outside_links_and_code(text: str, is_question: bool) -> None:
    assert said_in({"text": text}).is_question is is_question


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["type", "elements", "user_id", "text"]), inner)
        ),
    )
)
def test_whatever_stands_in_blocks_is_no_error(blocks: Any) -> None:
    said_in({"text": blocks, "blocks": blocks})


def test_a_list_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    files = an_export(PEOPLE, [GENERAL], {"general": [message("U0ANN")]})
    zipped(tmp_path / "slack.zip", {**files, "users.json": "[{", "general/2026-03-03.json": "{}x"})
    found = landed(a_company(tmp_path, slack_source()))
    assert found.value("select count(*) from raw.slack_messages") == 1
    assert found.value("select count(*) from raw.quarantine") == 2
    assert found.unbalanced() == []


def test_check_names_the_fate_of_each_record_and_stores_nothing(tmp_path: Path) -> None:
    zipped(
        tmp_path / "slack.zip",
        an_export(PEOPLE, [GENERAL], {"general": [message("U0ANN"), message("U0ANN", ts="")]}),
    )
    [report] = check_files(a_company(tmp_path, slack_source()), now=NOW)
    assert (report.records, report.would_load) == (5, 4)
    assert report.locators == {"bad_time": ["member 2, record 2"]}
    assert report.is_balanced
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("files", [{"readme.txt": "x"}, {"a/b/c/2026-03-02.json": "[]", "d": ""}])
def test_what_is_no_export_of_slack_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    zipped(tmp_path / "slack.zip", files)
    with pytest.raises(UsageError, match=r"sources\[chat\].* is no export of Slack"):
        landed(a_company(tmp_path, slack_source()))


def test_texts_are_in_no_table(tmp_path: Path) -> None:
    found = chat(tmp_path, message("U0ANN", text="zanarie <@U0BOB>"))
    rows = found.rows("from raw.slack_messages")
    assert "zanarie" not in json.dumps(rows, default=str)
    assert found.rows(
        "select text_length, len(mentioned_identifier_ids) from raw.slack_messages"
    ) == [(16, 1)]
