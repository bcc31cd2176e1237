"""No address, name, login, text, room or file name in anything that loading writes.

A canary is planted in every field that names somebody or says something; then every byte of every
file below `data_dir` and every decoded value of every table is searched for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

from dagster_pipelines.errors import JobError, TacitError
from dagster_pipelines.landing import Landing, check_files
from dagster_pipelines.manifest import Manifest
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.warehouse import plain_errors, vault_path, warehouse_path
from tests.harness.canaries import CANARY, as_bytes, hashes_of, stored, values_of, words_in
from tests.harness.landed import NOW, a_company, a_roster, landed, mail_of, some_mail, write_all
from tests.harness.stackexchange import a_dump, answer, question, question_site

ROSTER = [
    "person_id,name,email,alternate_ids,manager_id,phone,team,hired_on,job_level",
    "ZANARIE-1,Zanarie One,one@zanarie.example,one.zanarie;zanarie1,ZANARIE-2,+1 zanarie,T,"
    "2020-01-01,1",
    "ZANARIE-2,Zanarie Two,Two <TWO@Zanarie.example>,,,zanarie,T,2020-01-01,2",
    # These rows end up in quarantine, each for another reason.
    ",Zanarie Three,three@zanarie.example,,,,T,,",
    "ZANARIE-4,Zanarie Four,four@zanarie.example,,,,T,zanarie day,",
    "ZANARIE-5,Zanarie Five,five@zanarie.example,,,,T,,zanarie grade",
    "ZANARIE-6,Zanarie Six",
    '"ZANARIE-7,Zanarie Seven',
]

MAIL = [
    "source,target,occurred_at,event_id,channel,minutes,mutual,space,subject,body",
    "one@zanarie.example,two@zanarie.example,2026-03-02,zanarie-event,zanarie channel,5,yes,"
    "zanarie room,Zanarie subject,zanarie body",
    "zanarie1,stranger@zanarie.invalid,2026-03-02,,email,,,zanarie room 2,,",
    "one@zanarie.example,ZANARIE-1,zanarie o'clock,,,,,,,",
    "one@zanarie.example,ZANARIE-1,2026-03-02,,,zanarie minutes,,,,",
    "one@zanarie.example,ZANARIE-1,2026-03-02,,,,zanarie perhaps,,,",
    '"one\x07zanarie",two@zanarie.example,2026-03-02,,,,,,,',
    '"zanarie"x,two@zanarie.example,2026-03-02,,,,,,,',
]

KUDOS = [
    "recognition_id,giver,receiver,given_at,reason,amount",
    "zanarie-1,one@zanarie.example,Two <two@zanarie.example>;zanarie1,2026-03-02,zanarie!,5",
    ",zanarie1,ZANARIE-2,zanarie o'clock,zanarie,",
    ',zanarie1,"two\x07zanarie",2026-03-02,zanarie,',
]

FEEDBACK = [
    "feedback_id,giver,receiver,given_at,anonymous,text",
    "zanarie-2,one@zanarie.example,ZANARIE-2,2026-03-02,no,zanarie text",
    ",zanarie secret,ZANARIE-2,2026-03-02,yes,zanarie text",
    ",zanarie secret,ZANARIE-2,2026-03-02,zanarie,",
]

PROGRAMMES = [
    "programme_id,type,name,starts_on,owner",
    "zanarie-p,buddy,Landing,2026-03-02,Zanarie One",
    "zanarie-q,zanarie type,Zanarie,2026-03-02,",
]

ENROLMENTS = [
    "programme_id,person,role,partner,starts_on,note",
    "zanarie-p,one@zanarie.example,newcomer,ZANARIE-2,2026-03-02,zanarie",
    "zanarie-p,zanarie1,zanarie role,ZANARIE-2,2026-03-02,",
]

SESSIONS = [
    "session_id,programme_id,kind,started_at,person,role,status,topic",
    "zanarie-s,zanarie-p,buddy,2026-03-02,zanarie1,newcomer,,zanarie topic",
    "zanarie-s,zanarie-p,buddy,2026-03-02,zanarie1,zanarie role,,",
    "zanarie-t,zanarie-p,zanarie kind,2026-03-02,zanarie1,,cancelled,",
]

LISTS = ("programmes", "enrolments", "sessions", "identities")

ACCOUNTS = [
    "person_id,name,identifier",
    "ZANARIE-1,Zanarie One,zanarie-login;uzanarie;zanarie@elsewhere.example",
    "ZANARIE-1,Zanarie One,",
]


def test_loading_writes_nothing_that_names_anybody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_all(
        tmp_path,
        {
            "exports/zanarie/hr zanarie.csv": "\n".join(ROSTER),
            "exports/mail-zanarie.csv": mail_of(*MAIL[1:], header=MAIL[0]),
            "exports/zanarie kudos.csv": KUDOS,
            "exports/zanarie feedback.csv": FEEDBACK,
            "exports/zanarie programmes.csv": PROGRAMMES,
            "exports/zanarie enrolments.csv": ENROLMENTS,
            "exports/zanarie sessions.csv": SESSIONS,
            "exports/zanarie identities.csv": ACCOUNTS,
            "exports/zanarie-latin.csv": mail_of("Zanari\u00e9,zanarie,2026-03-02").encode(
                "latin-1"
            ),
        },
    )
    company = a_company(
        tmp_path,
        a_roster(path="exports/zanarie/*.csv"),
        some_mail(path="exports/mail-*.csv"),
        {"name": "kudos", "format": "recognition_csv", "path": "exports/*kudos.csv"},
        {"name": "peers", "format": "feedback_csv", "path": "exports/*feedback.csv"},
        *(
            {"name": name, "format": f"{name}_csv", "path": f"exports/*{name}.csv"}
            for name in LISTS
        ),
        some_mail(name="latin", path="exports/zanarie-latin.csv", encoding="latin-1"),
        organisation={"domains": ["zanarie.example"]},
    )
    told: list[Any] = []
    found = landed(company)
    again = Landing(company, "again", lambda *said: told.append(said), now=NOW)
    again.preflight()
    again.declare()
    receipts = [again.load(name) for name in FORMATS]
    check_files(company, now=NOW)

    assert found.value("select count(*) from raw.roster_csv_rows") == 2
    assert found.value("select count(*) from raw.recognition_csv_rows") == 1
    assert found.value("select count(*) from raw.feedback_csv_rows") == 2
    for name in LISTS:
        assert found.value(f"select count(*) from raw.{name}_csv_rows") == 1  # noqa: S608
    assert found.value("select count(*) from raw.quarantine") == 17
    spoken = [told, [receipt.as_metadata() for receipt in receipts], capfd.readouterr()]
    for place, text in [*stored(company.data_path), ("what was said", repr(spoken).lower())]:
        assert CANARY not in text, place
    values = list(values_of(warehouse_path(company), vault_path(company)))
    assert len(values) > 100
    hashes = hashes_of(
        words_in(
            (*ROSTER, *MAIL, *KUDOS, *FEEDBACK, *PROGRAMMES, *ENROLMENTS, *SESSIONS, *ACCOUNTS),
        )
    )
    for place, value in values:
        assert CANARY not in str(value).lower(), place
        assert not (as_bytes(value) & hashes), place
    content = b"".join(path.read_bytes() for path in company.data_path.rglob("*.duckdb"))
    assert not [digest for digest in hashes if digest in content]


def test_loading_a_question_site_writes_nothing_that_names_anybody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = {name: f"zanarie {name}" for name in ("Title", "Tags", "Body", "LastEditorDisplayName")}
    posts = [
        question(1, 5, OwnerDisplayName="zanarie five", **said),
        answer(2, 1, OwnerDisplayName="zanarie@zanarie.example", **said),
        # These rows end up in quarantine or are left out, each for another reason.
        answer(3, "zanarie", 6, **said),
        question(4, "zanarie", **said),
        question(5, 6, CreationDate="zanarie o'clock", **said),
        question(6, 6, PostTypeId="zanarie", **said),
        question(7, 6, PostTypeId=5, **said),
    ]
    write_all(tmp_path, {"exports/site zanarie.xml": a_dump(*posts)})
    company = a_company(
        tmp_path,
        question_site(path="exports/*.xml"),
        organisation={"domains": ["zanarie.example"]},
    )
    found = landed(company)
    check_files(company, now=NOW)
    fates = "select loaded, quarantined, excluded from raw.files"
    assert found.rows(fates) == [(2, 4, {"other_post": 1})]
    spoken = [found.receipts["stackexchange"].as_metadata(), capfd.readouterr()]
    for place, text in [*stored(company.data_path), ("what was said", repr(spoken).lower())]:
        assert CANARY not in text, place
    words = words_in([*(text for post in posts for text in post.values())])
    hashes = hashes_of(words | {f"questions:name:{quote(word)}" for word in words})
    for place, value in values_of(warehouse_path(company), vault_path(company)):
        assert CANARY not in str(value).lower(), place
        assert not (as_bytes(value) & hashes), place


def test_what_does_not_fit_into_memory_holds_no_text_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (
        f"zanarie{number % 999}@example.org,zanarie{number % 997},2026-03-{1 + number % 28:02},"
        f"zanarie-event-{number},zanarie room {number % 99}"
        for number in range(300_000)
    )
    header = "source,target,occurred_at,event_id,space"
    write_all(tmp_path, {"mail.csv": mail_of(*lines, header=header)})
    company = a_company(tmp_path, some_mail())
    spilled: list[bytes] = []
    note = Manifest.note

    def looking(*args: Any, **said: Any) -> Any:
        noted = note(*args, **said)
        spilled.extend(path.read_bytes() for path in company.data_path.glob("*/tmp/*"))
        return noted

    monkeypatch.setattr(Manifest, "note", looking)
    monkeypatch.setenv("TACIT_MEMORY_LIMIT", "60MB")
    found = landed(company)
    assert found.value("select count(*) from raw.interaction_csv_rows") == 300_000
    assert sum(map(len, spilled)) > 1_000_000
    assert not [content for content in spilled if CANARY.encode() in content]


def test_a_database_s_error_is_told_without_its_words() -> None:
    with (
        duckdb.connect() as connection,
        pytest.raises(JobError, match="The test failed: the database refused") as caught,
        plain_errors("The test failed"),
    ):
        connection.execute("select 'zanarie'::integer")
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "text",
    [
        "Zanarie One,zanarie@example.org,2026-03-02\nZanarie Two,zanarie@example.org,2026-03-02\n",
        "Zanarie One;zanarie@example.org;2026-03-02\n",
        '"zanarie\n',
        "source,target\nzanarie,zanarie\n",
        "source,target,source,occurred_at\nzanarie,zanarie,zanarie,2026\n",
        "zanarie\0,x\n",
    ],
)
def test_an_error_s_sentence_quotes_no_record(tmp_path: Path, text: str) -> None:
    write_all(tmp_path, {"mail.csv": text})
    with pytest.raises(TacitError) as caught:
        landed(a_company(tmp_path, some_mail()))
    assert CANARY not in str(caught.value).lower()


@pytest.mark.parametrize(
    "text",
    [
        "<zanarie/>",
        "<posts><zanarie/></posts>",
        "<posts><row Zanarie='zanarie' Zanarie='zanarie'/></posts>",
        "<posts><row Body='&zanarie;'/></posts>",
        "<!DOCTYPE zanarie [<!ENTITY zanarie 'zanarie'>]><posts/>",
        "<posts><row Body='zanarie",
        "zanarie",
    ],
)
def test_an_error_s_sentence_quotes_no_post(tmp_path: Path, text: str) -> None:
    write_all(tmp_path, {"Posts.xml": text})
    with pytest.raises(TacitError) as caught:
        landed(a_company(tmp_path, question_site()))
    assert CANARY not in str(caught.value).lower()
