"""The vault: one number for one identifier, whoever writes it how, and only with the right key."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.identifiers import Identifier, canonical, domain_and_parents
from dagster_pipelines.settings import Settings
from dagster_pipelines.vault import Vault
from dagster_pipelines.vault_key import check_value
from dagster_pipelines.warehouse import prepare_folders, vault_path
from tests.harness.landed import a_company, a_roster


@pytest.fixture
def company(tmp_path: Path) -> Settings:
    settings = a_company(tmp_path, a_roster(), organisation={"domains": ["example.org"]})
    prepare_folders(settings)
    return settings


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("ann@example.org", "ann@example.org"),
        ("  Ann@EXAMPLE.org ", "ann@example.org"),
        ("Ann Smith <ann@example.org>", "ann@example.org"),
        ('"Smith, Ann" <Ann@Example.Org>', "ann@example.org"),
        ("<ann@example.org>", "ann@example.org"),
        ("mailto:ann@example.org?subject=hello", "ann@example.org"),
        ("SMTP:ann@example.org", "ann@example.org"),
        ("ann@example.org.", "ann@example.org"),
        ("\ufeffann@example.org\u200b", "ann@example.org"),
        ("ann@B\u00fccher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("J\u00dcRGEN@example.org", "j\u00fcrgen@example.org"),
        ("Ju\u0308rgen@example.org", "j\u00fcrgen@example.org"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
        ("ann+lists@example.org", "ann+lists@example.org"),
    ],
)
def test_an_address_has_one_form(written: str, form: str) -> None:
    assert canonical(written) == Identifier("address", form, form.split("@")[1])


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (" E17 ", "E17"),
        ("e17", "e17"),
        ("\u00a0Zoe\u0308\u00a0", "Zo\u00eb"),
        ("@ann", "@ann"),
        ("ann@", "ann@"),
        ("a@b@c", "a@b@c"),
        ("ann smith@example.org", "ann smith@example.org"),
        ("Ann <E17>", "Ann <E17>"),
        ("mailto:", "mailto:"),
        ("ann@.", "ann@."),
    ],
)
def test_anything_else_is_an_id_and_keeps_its_case(written: str, form: str) -> None:
    assert canonical(written) == Identifier("id", form)


@given(st.text() | st.from_regex(r"[A-Za-z<> :\u00e4\u0130]{0,5}@[A-Za-z.\u00e4\u00df]{0,8}>?"))
def test_a_form_is_its_own_form(text: str) -> None:
    once = canonical(text)
    assert canonical(once.form) == once


def test_a_domain_belongs_to_those_above_it() -> None:
    assert domain_and_parents("mail.eu.example.org") == [
        "mail.eu.example.org",
        "eu.example.org",
        "example.org",
    ]
    assert domain_and_parents("localhost") == ["localhost"]


def test_one_identifier_has_one_id_for_ever(company: Settings) -> None:
    with Vault.open(company) as vault:
        ids = vault.resolve(["ann@example.org", "E1", "Ann <ANN@example.org>", "e1", "E1"])
    assert ids[0] == ids[2]
    assert ids[1] == ids[4]
    assert len(set(ids)) == 3
    assert all(0 < one < 2**53 for one in ids)
    with Vault.open(company) as vault:
        assert vault.resolve(["E1", "new", "ann@example.org"])[::2] == [ids[1], ids[0]]
        assert vault.look_up(["E1", "nobody"]) == [ids[1], None]
        assert vault.look_up(["nobody"]) == [None]


def test_another_company_s_ids_are_others(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        settings = a_company(tmp_path / name, a_roster())
        prepare_folders(settings)
        with Vault.open(settings) as vault:
            ids.append((vault.resolve(["E1"]), vault.fingerprint("path", "a")))
    assert ids[0][0] != ids[1][0]
    assert ids[0][1] != ids[1][1]


def test_a_space_is_never_a_person(company: Settings) -> None:
    with Vault.open(company) as vault:
        person = vault.resolve(["general"])
        here = vault.resolve_spaces("chat", ["general", " general "])
        there = vault.resolve_spaces("forum", ["general"])
        assert here[0] == here[1]
        assert len({*person, *here, *there}) == 3
        assert vault.identifiers().num_rows == 1


def test_an_address_below_a_declared_domain_is_the_organisation_s_own(company: Settings) -> None:
    texts = ["a@example.org", "a@eu.EXAMPLE.org", "a@notexample.org", "a@org", "example.org"]
    with Vault.open(company) as vault:
        ids = vault.resolve(texts)
        rows = {row.pop("identifier_id"): row for row in vault.identifiers().to_pylist()}
    assert [rows[one]["is_own_domain"] for one in ids] == [True, True, False, False, False]
    assert [rows[one]["is_address"] for one in ids] == [True, True, True, True, False]


def test_a_digest_is_an_hmac_of_kind_and_form_each_with_its_length(company: Settings) -> None:
    with Vault.open(company) as vault:
        [identifier_id] = vault.resolve(["Ann@example.org"])
    key = bytes.fromhex(company.key_path.read_text().split()[1])
    message = b"".join(
        len(part).to_bytes(8, "big") + part for part in (b"address", b"ann@example.org")
    )
    with duckdb.connect(str(vault_path(company)), read_only=True) as connection:
        stored = connection.execute("select digest, identifier_id from identifiers").fetchall()
    assert stored == [(hmac.new(key, message, hashlib.sha256).digest(), identifier_id)]


def test_nothing_in_the_vault_can_be_read(company: Settings) -> None:
    with Vault.open(company) as vault:
        vault.resolve(["canary@secret.example.org", "CanaryLogin"])
        vault.resolve_spaces("chat", ["canaryroom"])
    for path in company.data_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"canary" not in content
            assert b"secret.example" not in content


def test_a_key_is_made_once_and_for_its_owner_alone(company: Settings) -> None:
    Vault.open(company).close()
    made = company.key_path.read_text()
    word, key, check = made.split()
    assert (word, len(key), check) == ("tacit-key-1", 64, check_value(bytes.fromhex(key)))
    assert company.key_path.stat().st_mode & 0o777 == 0o600
    assert not list(company.key_path.parent.glob(".key*"))
    Vault.open(company).close()
    assert company.key_path.read_text() == made


def test_a_key_that_is_there_serves_a_new_vault(company: Settings, tmp_path: Path) -> None:
    Vault.open(company).close()
    made = company.key_path.read_text()
    other = a_company(tmp_path, a_roster(), data_dir="other")
    prepare_folders(other)
    Vault.open(other).close()
    assert company.key_path.read_text() == made


def test_a_vault_without_its_key_is_refused_and_no_key_is_made(company: Settings) -> None:
    Vault.open(company).close()
    company.key_path.unlink()
    with pytest.raises(UsageError, match=r"key is missing, and the vault .* was made with it"):
        Vault.open(company)
    assert not company.key_path.exists()


def test_another_key_is_refused(company: Settings) -> None:
    Vault.open(company).close()
    other = bytes(32)
    company.key_path.write_text(f"tacit-key-1 {other.hex()} {check_value(other)}\n")
    with pytest.raises(UsageError, match="is not the key of the vault"):
        Vault.open(company)


@pytest.mark.parametrize("spoil", [lambda key: key[:-9] + "\n", lambda key: key[:20], lambda _: ""])
def test_a_broken_key_is_refused_even_by_an_empty_vault(company: Settings, spoil: object) -> None:
    Vault.open(company).close()
    company.key_path.write_text(spoil(company.key_path.read_text()))  # type: ignore[operator]
    with pytest.raises(UsageError, match="does not hold a whole key"):
        Vault.open(company)
    vault_path(company).unlink()
    with pytest.raises(UsageError, match="does not hold a whole key"):
        Vault.open(company)


def test_a_flipped_digit_is_noticed(company: Settings) -> None:
    Vault.open(company).close()
    word, key, check = company.key_path.read_text().split()
    flipped = ("0" if key[0] != "0" else "1") + key[1:]
    company.key_path.write_text(f"{word} {flipped} {check}\n")
    with pytest.raises(UsageError, match="does not hold a whole key"):
        Vault.open(company)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(company: Settings, mode: int) -> None:
    Vault.open(company).close()
    company.key_path.chmod(mode)
    with pytest.raises(UsageError, match=r"can be read by others than its owner.*chmod 600"):
        Vault.open(company)


def test_a_key_file_that_is_a_folder_gets_a_sentence(company: Settings) -> None:
    company.key_path.mkdir()
    with pytest.raises(UsageError, match=r"privacy\.key_file: .* cannot be read"):
        Vault.open(company)


def test_a_key_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    settings = a_company(tmp_path, a_roster(), privacy={"key_file": "file/key"})
    prepare_folders(settings)
    with pytest.raises(UsageError, match=r"privacy\.key_file: .*cannot be"):
        Vault.open(settings)


def test_a_vault_that_another_process_has_open_gets_a_sentence(company: Settings) -> None:
    Vault.open(company).close()
    script = "import duckdb, sys; one = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(vault_path(company))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(JobError, match="another process has this database open"):
            Vault.open(company)
        other.communicate(b"\n")


HEADERS, BLOCK = 3 * 4096, 262_144
"""Bytes of a database file: its headers, and each block after them, which has one checksum."""


def test_a_vault_whose_blocks_are_damaged_is_a_sentence(company: Settings) -> None:
    """It opens, and what cannot be read is the note of its key."""
    with Vault.open(company) as vault:
        vault.resolve([f"p{number}@example.org" for number in range(5000)])
    path, said = vault_path(company), []
    whole = path.read_bytes()
    for place in range(HEADERS + 100, len(whole), BLOCK):
        path.write_bytes(bytes([*whole[:place], whole[place] ^ 1, *whole[place + 1 :]]))
        try:
            Vault.open(company).close()
        except JobError as error:
            said.append(str(error))
    assert any("The vault could not be read: a database file is damaged" in one for one in said)
