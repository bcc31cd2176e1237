"""Exports that are zip files or folders: what both have in common, and what a folder may hold.

What may be wrong with the bytes of a zip file belongs in `test_archives_zip`.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.sources import archive_reasons
from dagster_pipelines.sources.archives import (
    SENTENCES,
    Archive,
    Limits,
    Member,
    Rejected,
    open_archive,
)

DEFAULT = Limits()

Contents = dict[str, bytes]
"""Content of each file, by its name in the zip or folder."""

Write = Callable[[Contents], Path]
"""Makes an export of these files."""


def write_folder(folder: Path, contents: Contents) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder.mkdir(exist_ok=True)
    return folder


def write_zip(path: Path, contents: Contents) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path


@pytest.fixture(params=["zip", "folder"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    """Writes an export of either kind."""
    if request.param == "zip":
        return lambda contents: write_zip(tmp_path / "export.zip", contents)
    return lambda contents: write_folder(tmp_path / "export", contents)


def read(archive: Archive) -> Contents:
    """The contents of all members."""
    return {member.name: archive.read(member) for member in archive.members}


def members(path: Path) -> list[str]:
    with open_archive(path, "the export") as archive:
        return [member.name for member in archive.members]


def rejected(path: Path, limits: Limits = DEFAULT) -> dict[str, str]:
    """The reason of each file that may not be read, by its name; the numbers add up."""
    with open_archive(path, "the export", limits) as archive:
        numbers = [member.number for member in archive.members]
        numbers += [file.number for file in archive.rejected]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
        return {archive.name_of(file.number): file.reason for file in archive.rejected}


def test_members_are_numbered_by_name_and_read_as_they_are(write: Write) -> None:
    contents = {"general/2.json": b"[2]", "users.json": b"", "general/1.json": b"[1]" * 99}
    with open_archive(write(contents), "the export") as archive:
        assert archive.members == [
            Member(1, "general/1.json", 297),
            Member(2, "general/2.json", 3),
            Member(3, "users.json", 0),
        ]
        assert read(archive) == contents
        assert archive.rejected == []
        archive.check_unchanged()


def test_a_large_member_comes_in_pieces(write: Write) -> None:
    content = os.urandom(3 << 20)
    with open_archive(write({"large": content, "small": b"x"}), "the export") as archive:
        large, small = (list(archive.chunks(member)) for member in archive.members)
    assert len(large) > 1
    assert b"".join(large) == content
    assert small == [b"x"]


def test_one_top_folder_above_all_is_the_root(write: Write) -> None:
    path = write({"acme/users.json": b"1", "acme/acme/1.json": b"2", "__MACOSX/acme/._1": b"3"})
    with open_archive(path, "the export") as archive:
        assert read(archive) == {"users.json": b"1", "acme/1.json": b"2"}


def test_a_top_folder_beside_a_file_is_a_folder_like_any_other(write: Write) -> None:
    assert members(write({"acme/1.json": b"", "users.json": b""})) == ["acme/1.json", "users.json"]


def test_what_systems_leave_in_folders_is_no_member(write: Write) -> None:
    litter = {"__MACOSX/x.json": b"", ".DS_Store": b"", "a/.DS_Store": b"", "a/Thumbs.db": b""}
    path = write({"a/1.json": b"", "users.json": b"", **litter})
    assert members(path) == ["a/1.json", "users.json"]
    assert rejected(path) == {}


def test_an_empty_export_has_no_members(write: Write) -> None:
    assert members(write({})) == []


def test_a_member_lies_below_ten_folders_of_the_root_at_most(write: Write) -> None:
    path = write({"10/" * 10 + "x": b"", "11/" * 11 + "x": b"", "12/" * 12 + "x": b""})
    assert members(path) == ["10/" * 10 + "x"]
    assert set(rejected(path).values()) == {"too_deep"}


def test_the_top_folder_that_is_the_root_is_none_of_the_ten(write: Write) -> None:
    path = write({"top/" + "a/" * 10 + "x": b"", "top/" + "b/" * 11 + "x": b""})
    assert members(path) == ["a/" * 10 + "x"]
    assert set(rejected(path).values()) == {"too_deep"}


def test_names_that_differ_in_letter_case_alone_are_both_rejected(write: Write) -> None:
    path = write({"General/1": b"", "general/1": b"", "Ä": b"", "ä": b"", "b": b""})
    assert members(path) == ["b"]
    assert set(rejected(path).values()) == {"ambiguous_name"}


def test_names_that_differ_in_normalisation_alone_are_both_rejected(write: Write) -> None:
    composed, decomposed = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    path = write({composed: b"", decomposed: b"", "e": b"", decomposed.upper() + "/1": b""})
    assert members(path) == ["e", composed.upper() + "/1"]
    with open_archive(path, "the export") as archive:
        assert [file.reason for file in archive.rejected] == ["ambiguous_name"] * 2


def test_names_that_differ_in_case_and_normalisation_are_both_rejected(write: Write) -> None:
    path = write({"É": b"", unicodedata.normalize("NFD", "é"): b"", "e": b""})
    assert members(path) == ["e"]


def test_two_spellings_are_two_names(write: Write) -> None:
    assert members(write({"strasse": b"", "straße": b""})) == ["strasse", "straße"]


def test_names_are_given_with_composed_accents(write: Write) -> None:
    path = write({unicodedata.normalize("NFD", "größe/ü"): b"1", "x": b""})
    with open_archive(path, "the export") as archive:
        assert read(archive) == {"größe/ü": b"1", "x": b""}


def test_a_file_over_the_limit_is_rejected_and_the_others_are_read(write: Write) -> None:
    path = write({"large": b"12345", "small": b"1234"})
    limits = Limits(member_bytes=4)
    assert rejected(path, limits) == {"large": "member_too_large"}
    with open_archive(path, "the export", limits) as archive:
        assert read(archive) == {"small": b"1234"}


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(members=2), "more than 2 files and folders"),
        (Limits(total_bytes=5), "unpack to more than"),
    ],
)
def test_too_much_is_refused_as_a_whole(write: Write, limits: Limits, said: str) -> None:
    path = write({"1": b"12", "2": b"34", "3": b"56"})
    with pytest.raises(UsageError, match=f"^the export .*{said}"):
        open_archive(path, "the export", limits)
    with open_archive(path, "the export", Limits(members=3, total_bytes=6)) as archive:
        assert len(archive.members) == 3


def test_the_limits_are_those_that_are_documented() -> None:
    assert Limits() == Limits(members=200_000, total_bytes=64 * 1024**3, member_bytes=512 * 1024**2)


def test_every_reason_has_a_sentence() -> None:
    words = {
        value
        for name, value in vars(archive_reasons).items()
        if name.isupper() and name != "SENTENCES"
    }
    assert words == SENTENCES.keys()


def test_a_path_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^the export cannot be opened"):
        open_archive(tmp_path / "nothing.zip", "the export")


def test_what_is_neither_file_nor_folder_gets_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=r"^the export is neither a zip file nor a folder"):
        open_archive(tmp_path / "pipe", "the export")


def test_the_export_itself_may_be_named_by_a_link(write: Write, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(write({"1": b"x"}))
    with open_archive(tmp_path / "link", "the export") as archive:
        assert read(archive) == {"1": b"x"}


# What is written of an export.


def test_the_hash_of_a_zip_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {"1": b"x"})
    with open_archive(path, "the export") as archive:
        assert archive.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert archive.size == path.stat().st_size
        assert read(archive) == {"1": b"x"}


def test_the_hash_of_a_folder_is_of_names_and_contents_behind_their_lengths(
    tmp_path: Path,
) -> None:
    folder = write_folder(tmp_path / "export", {"b": b"xyz", "a/é": b""})
    (folder / "c").symlink_to("b")
    parts = [
        *(bytes(7), b"\4", "a/é".encode(), b"\1", bytes(8)),
        *(bytes(7), b"\1", b"b", b"\1", bytes(7), b"\3", b"xyz"),
        *(bytes(7), b"\1", b"c", b"\0", bytes(7), b"\x0a", b"not_a_file"),
    ]
    with open_archive(folder, "the export") as archive:
        assert archive.sha256 == hashlib.sha256(b"".join(parts)).hexdigest()
        assert archive.size == 3


def hash_of(folder: Path, contents: Contents) -> str:
    with open_archive(write_folder(folder, contents), "the export") as archive:
        return archive.sha256


def test_neither_order_nor_times_nor_litter_nor_the_top_folder_change_the_hash_of_a_folder(
    tmp_path: Path,
) -> None:
    one = hash_of(tmp_path / "1", {"a/1": b"x", "b": b"y"})
    write_folder(tmp_path / "2", {"b": b"y", "a/1": b"x", ".DS_Store": b"z"})
    os.utime(tmp_path / "2" / "b", (1, 1))
    assert hash_of(tmp_path / "2", {}) == one
    assert hash_of(tmp_path / "3", {"top/a/1": b"x", "top/b": b"y"}) == one


def test_a_name_a_content_and_where_one_ends_change_the_hash_of_a_folder(tmp_path: Path) -> None:
    variants: list[Contents] = [
        {"a": b"xy", "b": b"z"},
        {"a": b"x", "b": b"yz"},
        {"a": b"xy", "c": b"z"},
        {"a": b"xy", "b": b"Z"},
        {"a": b"xy", "b": b"z", "c": b""},
        {"axy": b"", "b": b"z"},
    ]
    hashes = {hash_of(tmp_path / str(n), contents) for n, contents in enumerate(variants)}
    assert len(hashes) == len(variants)


def test_an_export_is_as_old_as_its_zip_or_its_newest_file(write: Write, tmp_path: Path) -> None:
    path = write({"1": b"", "a/2": b""})
    for file in [path, *path.rglob("*")]:
        os.utime(file, (0, 1_000_000_000))
    if path.is_dir():
        os.utime(path, (0, 2_000_000_000))
        os.utime(path / "1", (0, 999_999_999))
    with open_archive(path, "the export") as archive:
        assert archive.exported_at == datetime(2001, 9, 9, 1, 46, 40)  # noqa: DTZ001


def test_a_name_is_shown_without_what_a_terminal_would_obey(write: Write) -> None:
    path = write({"a\x1b[2J": b"", "b": b""})
    assert rejected(path) == {"a\ufffd[2J": "bad_name"}


# Folders.


def test_links_and_special_files_are_rejected_and_not_followed(tmp_path: Path) -> None:
    write_folder(tmp_path / "outside", {"secret": b"secret"})
    folder = write_folder(tmp_path / "export", {"a/1": b"x"})
    (folder / "file").symlink_to(tmp_path / "outside" / "secret")
    (folder / "folder").symlink_to(tmp_path / "outside")
    (folder / "nowhere").symlink_to("nothing")
    (folder / "round").symlink_to(".")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
    assert members(folder) == ["a/1"]
    assert rejected(folder) == dict.fromkeys(
        ["file", "folder", "nowhere", "pipe", "round", "socket"], "not_a_file"
    )


def test_a_folder_that_lies_too_deep_is_one_rejected_file_whatever_is_in_it(
    tmp_path: Path,
) -> None:
    folder = write_folder(tmp_path / "export", {"a/" * 200 + "x": b"", "b": b""})
    assert list(rejected(folder).values()) == ["too_deep"]


@pytest.mark.parametrize("name", [b"\xff", b"a\nb", "\u2028".encode(), b"\x7f"])
def test_a_file_whose_name_is_no_plain_text_is_rejected(tmp_path: Path, name: bytes) -> None:
    folder = write_folder(tmp_path / "export", {"good": b""})
    Path(os.fsdecode(bytes(folder) + b"/" + name)).touch()
    assert list(rejected(folder).values()) == ["bad_name"]
    with open_archive(folder, "the export") as archive:
        assert len(archive.sha256) == 64


def test_a_backslash_in_a_name_counts_as_a_slash(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "export",
        {"a/1": b"", "a\\1": b"", "..\\x": b"", "\\x": b"", "C:x": b"", "b\\1": b"y"},
    )
    assert set(rejected(folder).items()) == {
        ("a/1", "duplicate_name"),
        ("..\\x", "parent_in_name"),
        ("\\x", "absolute_name"),
        ("C:x", "absolute_name"),
    }
    with open_archive(folder, "the export") as archive:
        assert read(archive) == {"b/1": b"y"}


# An export that is written to while it is read.


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def replace(path: Path) -> None:
    status = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


def test_a_zip_that_grows_while_it_is_read_gets_a_sentence(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {"1": b"x"})
    with open_archive(path, "the export") as archive:
        archive.check_unchanged()
        append(path)
        with pytest.raises(JobError, match=r"^the export was written to while it was read"):
            archive.check_unchanged()


def test_a_zip_that_is_cut_while_it_is_read_is_not_called_damaged(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {"1": b"x", "2": os.urandom(100_000)})
    with open_archive(path, "the export") as archive:
        os.truncate(path, 50_000)
        with pytest.raises(JobError, match="was written to while it was read"):
            archive.read(archive.members[1])
        assert archive.rejected == []


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: append(folder / "a" / "1"),
        lambda folder: (folder / "a" / "1").write_bytes(b"y"),
        lambda folder: replace(folder / "a" / "1"),
        lambda folder: (folder / "a" / "2").touch(),
        lambda folder: (folder / "b").symlink_to("a/1"),
        lambda folder: (folder / "a" / "1").unlink(),
    ],
)
def test_a_folder_that_changes_while_it_is_read_gets_a_sentence(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = write_folder(tmp_path / "export", {"a/1": b"x", "users.json": b""})
    os.utime(folder / "a" / "1", (1, 1))
    with open_archive(folder, "the export") as archive:
        archive.check_unchanged()
        (folder / ".DS_Store").touch()
        archive.check_unchanged()
        change(folder)
        with pytest.raises(JobError, match=r"^the export was written to while it was read"):
            archive.check_unchanged()


def become_link(path: Path, target: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to(target)


def become_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: append(folder / "a" / "1"),
        lambda folder: replace(folder / "a" / "1"),
        lambda folder: (folder / "a" / "1").unlink(),
        lambda folder: become_pipe(folder / "a" / "1"),
        lambda folder: become_link(folder / "a" / "1", folder / "a" / "moved"),
        # The very file, but by way of a link.
        lambda folder: become_link(folder / "a", folder / "moved"),
    ],
)
def test_a_file_that_is_no_longer_the_one_that_was_listed_is_not_read(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = write_folder(tmp_path / "export", {"a/1": b"x", "users.json": b""})
    with open_archive(folder, "the export") as archive:
        change(folder)
        with pytest.raises(JobError, match=r"^the export was written to while it was read"):
            archive.read(archive.members[0])
        with pytest.raises(JobError, match=r"^the export was written to while it was read"):
            _ = archive.sha256
        assert archive.rejected == []


def test_an_archive_lets_go_of_all_that_it_opened(write: Write) -> None:
    path = write({"a/b/1": b"x", "2": b""})
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208
    with open_archive(path, "the export") as archive:
        read(archive)
        assert archive.sha256
        archive.check_unchanged()
    with pytest.raises(UsageError):
        open_archive(path, "the export", Limits(members=1))
    with pytest.raises(UsageError):
        open_archive(path, "the export", Limits(total_bytes=0))
    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208


def test_nothing_is_written_below_or_beside_the_export(write: Write, tmp_path: Path) -> None:
    path = write({"a/1": b"x", "2": b""})
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    with open_archive(path, "the export") as archive:
        read(archive)
        assert archive.sha256
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before


def test_a_folder_that_cannot_be_opened_gets_a_sentence(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may open every folder")
    folder = write_folder(tmp_path / "export", {"a/1": b"x"})
    (folder / "a").chmod(0)
    try:
        with pytest.raises(UsageError, match="a folder in it cannot be opened"):
            open_archive(folder, "the export")
    finally:
        (folder / "a").chmod(stat.S_IRWXU)


def test_no_name_stands_in_what_is_said_of_a_rejected_file(write: Write) -> None:
    path = write({"canary": b"1", "Canary": b"2", "good": b""})
    with open_archive(path, "the export") as archive:
        assert archive.rejected == [Rejected(1, "ambiguous_name"), Rejected(2, "ambiguous_name")]
        assert "anary" not in repr(archive.rejected)
