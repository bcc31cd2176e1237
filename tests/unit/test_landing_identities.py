"""The identity map: who is behind an identifier, on what basis, and since when."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

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

NOON = "2026-03-02 12:00"
DOMAINS = {"domains": ["example.org"]}


def company(
    folder: Path, roster: list[str] | None, *mail: str, organisation: dict[str, Any] | None = None
) -> Landed:
    """What is landed of a roster and of mails between `mail`'s pairs."""
    sources = [some_mail()]
    write_all(folder, {"mail.csv": mail_of(*(f"{pair},{NOON}" for pair in mail))})
    if roster is not None:
        write_all(folder, {"hr.csv": roster})
        sources.append(a_roster())
    return landed(a_company(folder, *sources, organisation=organisation or {}))


def who(found: Landed, text: str) -> tuple[str, ...]:
    """Kind and basis of an identifier."""
    party = found.party(text)
    assert party is not None, text
    return tuple(party[1:])


def same_person(found: Landed, *texts: str) -> bool:
    """Whether identifiers are one party's."""
    parties = [found.party(text) for text in texts]
    return len({party[0] if party else None for party in parties}) == 1


def test_a_person_is_known_by_key_address_and_alternate_ids(tmp_path: Path) -> None:
    roster = [
        "person_id,email,alternate_ids",
        "E1,ann@example.org,ann.smith@example.org asmith",
        "E2,bob@example.org,",
    ]
    found = company(tmp_path, roster, "Ann <ANN@EXAMPLE.org>,asmith")
    assert same_person(found, "E1", "ann@example.org", "ann.smith@example.org", "asmith")
    assert not same_person(found, "E1", "E2")
    assert found.party("E1")[0] == found.ids("E1")[0]
    bases = [who(found, text) for text in ("E1", "ann@example.org", "asmith")]
    assert bases == [
        ("person", "roster_person_id"),
        ("person", "roster_email"),
        ("person", "roster_alternate_id"),
    ]


def test_a_roster_key_always_belongs_to_itself(tmp_path: Path) -> None:
    roster = ["person_id,email,alternate_ids", "E1,b@example.org,E2", "b@example.org,,", "E2,,"]
    found = company(tmp_path, roster)
    assert not same_person(found, "E1", "b@example.org")
    assert not same_person(found, "E1", "E2")


def test_of_several_claimants_the_one_whose_row_begins_last_has_it(tmp_path: Path) -> None:
    roster = [
        "person_id,email,valid_from,valid_to",
        "E1,desk@example.org,2024-01-01,2025-01-01",
        "E2,desk@example.org,2025-06-01,",
        "E3,desk@example.org,,",
    ]
    found = company(tmp_path, roster)
    assert same_person(found, "desk@example.org", "E2")


def test_of_claimants_who_begin_together_nobody_has_it(tmp_path: Path) -> None:
    roster = ["person_id,email,hired_on", "E1,desk@example.org,2024-01-01"] + [
        f"E{number},desk@example.org,2025-01-01" for number in (2, 3)
    ]
    found = company(tmp_path, roster)
    assert who(found, "desk@example.org") == ("internal_unknown", "contested")
    assert found.party("desk@example.org")[0] == found.ids("desk@example.org")[0]


def test_one_person_s_two_rows_are_no_contest(tmp_path: Path) -> None:
    roster = [
        "person_id,email,alternate_ids,snapshot_date",
        "E1,ann@example.org,,2026-01-01",
        "E1,ann@example.org,ann@example.org,2026-02-01",
    ]
    found = company(tmp_path, roster)
    assert same_person(found, "E1", "ann@example.org")


def test_a_manager_may_be_named_by_address(tmp_path: Path) -> None:
    roster = ["person_id,email,manager_id", "E1,ann@example.org,", "E2,,ann@example.org", "E3,,xx"]
    found = company(tmp_path, roster)
    assert same_person(found, "E1", "ann@example.org")
    assert who(found, "xx") == ("internal_unknown", "not_an_address")


def test_others_are_external_if_their_domain_is_not_ours(tmp_path: Path) -> None:
    pairs = ["x@example.org,y@eu.example.org", "z@example.com,login", "z@badexample.org,"]
    found = company(tmp_path, ["person_id", "E1"], *pairs, organisation=DOMAINS)
    assert who(found, "x@example.org") == ("internal_unknown", "own_domain")
    assert who(found, "y@eu.example.org") == ("internal_unknown", "own_domain")
    assert who(found, "z@example.com") == ("external", "other_domain")
    assert who(found, "z@badexample.org") == ("external", "other_domain")
    assert who(found, "login") == ("internal_unknown", "not_an_address")


def test_without_declared_domains_nobody_is_external(tmp_path: Path) -> None:
    found = company(tmp_path, ["person_id", "E1"], "x@example.com,E1")
    assert who(found, "x@example.com") == ("internal_unknown", "no_domains")


def test_without_a_roster_everybody_but_externals_is_a_person(tmp_path: Path) -> None:
    pairs = ["x@example.org,y@example.com", "login,x@example.org"]
    found = company(tmp_path, None, *pairs, organisation=DOMAINS)
    assert who(found, "x@example.org") == ("person", "no_roster")
    assert who(found, "login") == ("person", "no_roster")
    assert who(found, "y@example.com") == ("external", "other_domain")


def test_spaces_and_quarantined_rows_are_not_in_the_map(tmp_path: Path) -> None:
    header = "source,target,occurred_at,space"
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON},room", "c,d,never,room", header=header)})
    found = landed(a_company(tmp_path, some_mail()))
    assert found.value("select count(*) from raw.identity_map") == 2


def test_a_change_moves_only_the_rows_that_change(tmp_path: Path) -> None:
    source = [a_roster(), some_mail()]
    write_all(
        tmp_path,
        {
            "hr.csv": ["person_id,email", "E1,ann@example.org", "E2,bob@example.org"],
            "mail.csv": mail_of(f"ann@example.org,bob@example.org,{NOON}", f"eve,E1,{NOON}"),
        },
    )
    first = landed(a_company(tmp_path, *source))
    later = NOW + timedelta(days=1)
    write_all(tmp_path, {"hr.csv": ["person_id,email", "E1,ann@example.org", "E3,bob@example.org"]})
    second = landed(a_company(tmp_path, *source), now=later)
    changed = {
        text: second.value(
            f"select changed_at from raw.identity_map where identifier_id = {one}"  # noqa: S608
        )
        for text, one in zip(
            ("E1", "ann@example.org", "bob@example.org", "E3", "eve"),
            second.ids("E1", "ann@example.org", "bob@example.org", "E3", "eve"),
            strict=True,
        )
    }
    assert changed == {
        "E1": NOW,
        "ann@example.org": NOW,
        "bob@example.org": later,
        "E3": later,
        "eve": NOW,
    }
    assert first.party("E2") is None
    third = landed(a_company(tmp_path, *source), now=later + timedelta(days=1))
    assert third.value("select max(changed_at) from raw.identity_map") == later


def test_declaring_a_domain_changes_the_map_and_reads_nothing_anew(tmp_path: Path) -> None:
    first = company(tmp_path, ["person_id", "E1"], "x@example.com,E1")
    second = company(tmp_path, ["person_id", "E1"], "x@example.com,E1", organisation=DOMAINS)
    assert who(second, "x@example.com") == ("external", "other_domain")
    assert second.receipts["interaction_csv"].files_already_known == 1
    assert first.value("select has_declared_domains from raw.parameters")


def test_every_identifier_of_the_rows_is_in_the_map(tmp_path: Path) -> None:
    roster = ["person_id,email,alternate_ids,manager_id", "E1,a@example.org,b c,M1", "E2,,,"]
    found = company(tmp_path, roster, "x,y", "z,", "E1,E1")
    orphans = """
        select count(*)
        from (
            select person_identifier_id as identifier_id from raw.roster_csv_rows
            union all select email_identifier_id from raw.roster_csv_rows
            union all select unnest(alternate_identifier_ids) from raw.roster_csv_rows
            union all select manager_identifier_id from raw.roster_csv_rows
            union all select source_identifier_id from raw.interaction_csv_rows
            union all select target_identifier_id from raw.interaction_csv_rows
        )
        anti join raw.identity_map using (identifier_id)
        where identifier_id is not null
    """
    assert found.value(orphans) == 0
    assert found.value("select count(*) from raw.identity_map") == 9
