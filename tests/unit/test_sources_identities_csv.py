"""Identity files: what they say beside rosters, and what comes of a file that says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines.errors import UsageError
from tests.harness.landed import (
    NOW,
    Landed,
    a_company,
    a_roster,
    landed,
    mail_of,
    some_mail,
    staged,
    write_all,
)
from tests.harness.slack import an_export, channel, message, slack_source, user, zipped

NOON = "2026-03-02 12:00"
HEADER = "person_id,identifier"
ROSTER = ["person_id,email", "E1,ann@example.org", "E2,bob@example.org"]


def accounts(**said: Any) -> dict[str, Any]:
    """The source `accounts`."""
    return {"name": "accounts", "format": "identities_csv", "path": "accounts*.csv", **said}


def company(
    folder: Path,
    *lines: str,
    roster: Sequence[str] | None = ROSTER,
    mail: Sequence[str] = (),
    **said: Any,
) -> Landed:
    """What is landed of an identity file, beside a roster and mails between `mail`'s pairs."""
    sources = [accounts(), some_mail()]
    write_all(
        folder,
        {
            "accounts.csv": mail_of(*lines, header=HEADER),
            "mail.csv": mail_of(*(f"{pair},{NOON}" for pair in mail)),
        },
    )
    if roster is not None:
        write_all(folder, {"hr.csv": list(roster)})
        sources.append(a_roster())
    return landed(a_company(folder, *sources, organisation={"domains": ["example.org"]}), **said)


def owner(found: Landed, text: str) -> tuple[Any, ...]:
    """Which of E1, E2 … an identifier is, or None; what kind of party, and on what basis."""
    party = found.party(text)
    assert party is not None, text
    person, kind, basis = party
    keys = ("E1", "E2", "E3")
    names = {number: key for key, number in zip(keys, found.ids(*keys), strict=True) if number}
    return names.get(person), kind, basis


def test_whoever_is_named_has_all_identifiers_of_the_row(tmp_path: Path) -> None:
    found = company(
        tmp_path,
        'E1,"a.smith@example.org; asmith|AS1, 4711"',
        "E1,ann@customer.com",
        mail=["A.Smith <A.SMITH@example.org>,4711"],
    )
    for text in ("a.smith@example.org", "asmith", "AS1", "4711", "ann@customer.com"):
        assert owner(found, text) == ("E1", "person", "identity_file")
    assert owner(found, "ann@example.org") == ("E1", "person", "roster_email")


def test_an_identity_file_counts_before_what_a_roster_says(tmp_path: Path) -> None:
    roster = ["person_id,email,alternate_ids", "E1,desk@example.org,one", "E2,bob@example.org,one"]
    found = company(tmp_path, "E2,desk@example.org", "E1,one", roster=roster)
    assert owner(found, "desk@example.org") == ("E2", "person", "identity_file")
    assert owner(found, "one") == ("E1", "person", "identity_file")


def test_what_is_given_to_two_people_is_nobody_s_whatever_the_roster_says(tmp_path: Path) -> None:
    found = company(tmp_path, "E1,bob@example.org", "E2,bob@example.org", "E1,x", "E1,x")
    assert owner(found, "bob@example.org") == (None, "internal_unknown", "contested")
    assert owner(found, "x") == ("E1", "person", "identity_file")


def test_a_roster_key_belongs_to_itself(tmp_path: Path) -> None:
    found = company(tmp_path, "E1,E2", "E1,x")
    assert owner(found, "E2") == ("E2", "person", "roster_person_id")


def test_who_is_not_on_the_roster_is_given_nothing(tmp_path: Path) -> None:
    found = company(tmp_path, "E3,x", "ann@example.org,y", "E3,bob@example.org")
    assert owner(found, "x") == (None, "internal_unknown", "not_an_address")
    # An address is no key, even one that the roster knows.
    assert owner(found, "y") == (None, "internal_unknown", "not_an_address")
    assert owner(found, "bob@example.org") == ("E2", "person", "roster_email")


def test_without_a_roster_those_named_are_the_people(tmp_path: Path) -> None:
    lines = ["E1,x@example.org;login", "E2,y@example.com"]
    found = company(tmp_path, *lines, roster=None, mail=["x@example.org,z@example.com"])
    assert owner(found, "login") == ("E1", "person", "identity_file")
    assert owner(found, "x@example.org") == ("E1", "person", "identity_file")
    assert owner(found, "y@example.com") == ("E2", "person", "identity_file")
    assert owner(found, "z@example.com") == (None, "external", "other_domain")
    assert owner(found, "E1") == ("E1", "person", "identity_file")


def test_people_are_joined_and_split_again_by_a_later_file(tmp_path: Path) -> None:
    first = company(tmp_path, "E1,x", "E2,y", mail=["x,y"])
    assert [owner(first, text)[0] for text in ("x", "y")] == ["E1", "E2"]
    later = NOW + timedelta(days=1)
    second = company(tmp_path, "E1,x;y", mail=["x,y"], now=later)
    assert [owner(second, text)[0] for text in ("x", "y")] == ["E1", "E1"]
    third = company(tmp_path, "E2,y", mail=["x,y"], now=later)
    assert [owner(third, text)[0] for text in ("x", "y")] == [None, "E2"]
    assert third.unbalanced() == []
    # Nothing of the mail was read anew.
    assert third.receipts["interaction_csv"].files_already_known == 1
    changed = third.rows(
        "select identifier_id, changed_at from raw.identity_map order by identifier_id"
    )
    at = dict(changed)
    assert [at[number] for number in third.ids("x", "y", "E1")] == [later, later, NOW]


def test_files_that_are_repeated_split_and_reordered_say_the_same(tmp_path: Path) -> None:
    lines = ["E1,x;y", "E2,z", "E1,x;y"]
    once = company(tmp_path, *lines)
    parties = "select identifier_id, person_id, basis from raw.identity_map order by all"
    before = once.rows(parties)
    write_all(tmp_path, {"accounts-2.csv": mail_of("E1,y; x", "E2,z", header=HEADER)})
    again = company(tmp_path, *reversed(lines))
    assert again.rows(parties) == before
    receipt = again.receipts["identities_csv"]
    assert (receipt.records, receipt.loaded, receipt.duplicate) == (5, 2, 3)


def test_an_account_of_the_chat_is_whose_the_file_says(tmp_path: Path) -> None:
    users = [
        user("U0ANN", email="ann@example.org"),
        user("U0GUEST", email="guest@other.org", is_restricted=True),
        user("U0ROBOT", is_bot=True),
        user("U0SHARED"),
    ]
    channels = [channel("C0GENERAL1", "general", "U0ANN")]
    files = an_export(users, channels, {"general": [message("U0ANN")]})
    zipped(tmp_path / "slack.zip", files)
    lines = ["E2,U0ANN", "E1,U0GUEST", "E2,U0ROBOT", "E1,U0SHARED", "E2,U0SHARED"]
    write_all(tmp_path, {"accounts.csv": mail_of(*lines, header=HEADER), "hr.csv": ROSTER})
    found = landed(a_company(tmp_path, accounts(), a_roster(), slack_source()))
    assert owner(found, "U0ANN") == ("E2", "person", "identity_file")
    assert owner(found, "ann@example.org") == ("E1", "person", "roster_email")
    assert owner(found, "U0GUEST") == ("E1", "person", "identity_file")
    # Its address is that of the account, which is a person's now.
    assert owner(found, "guest@other.org") == ("E1", "person", "account")
    assert owner(found, "U0ROBOT") == ("E2", "person", "identity_file")
    assert owner(found, "U0SHARED") == (None, "internal_unknown", "contested")


def test_bad_records_are_put_aside_and_a_file_of_nothing_else_is_refused(tmp_path: Path) -> None:
    bad = {
        ",x": "empty_field",
        "E1,": "empty_field",
        'E1," ; "': "empty_field",
        '"E\x07",x': "bad_identifier",
        'E1,"x;\x07"': "bad_identifier",
        "E1": "too_few_fields",
    }
    write_all(tmp_path, {"accounts.csv": mail_of(*bad, header=HEADER)})
    settings = a_company(tmp_path, accounts())
    found = staged(settings)
    assert found.rejected == dict(enumerate(bad.values(), start=2))
    with pytest.raises(UsageError, match=r"sources\[accounts\].*none of its rows can be used"):
        landed(settings)


@pytest.mark.parametrize("header", ["person_id", "identifier"])
def test_a_file_without_one_of_its_columns_is_refused(tmp_path: Path, header: str) -> None:
    write_all(tmp_path, {"accounts.csv": mail_of("E1", header=header)})
    with pytest.raises(UsageError, match=rf"has no column .*; it has '{header}'"):
        staged(a_company(tmp_path, accounts()))
