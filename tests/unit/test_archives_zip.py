"""Zip files that somebody spoiled: each member that is odd is rejected, and no other one is."""

from __future__ import annotations

import io
import random
import stat
import struct
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.sources.archives import (
    SENTENCES,
    Archive,
    Limits,
    MemberError,
    open_archive,
)

DEFAULT = Limits()

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
UTF_8_FLAG = 0x0800
MIB = 1 << 20


def deflated(content: bytes) -> bytes:
    """The content as a zip holds it, compressed."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(content) + packing.flush()


@dataclass(frozen=True)
class Packed:
    """A member as the zip is to tell it, true or not. `at` is where its header is said to be."""

    name: bytes
    data: bytes
    size: int
    checksum: int
    method: int = DEFLATED
    flags: int = 0
    attributes: int = 0
    version: int = 20
    packed_size: int | None = None
    local_name: bytes | None = None
    extra: bytes = b""
    at: int | None = None

    @property
    def local(self) -> bytes:
        name = self.name if self.local_name is None else self.local_name
        header = struct.pack("<4sHHHII", b"PK\3\4", 20, self.flags, self.method, 0, self.checksum)
        return header + struct.pack("<IIHH", len(self.data), self.size, len(name), 0) + name

    def listed(self, at: int) -> bytes:
        packed_size = len(self.data) if self.packed_size is None else self.packed_size
        return (
            struct.pack("<4sHHHHI", b"PK\1\2", 0, self.version, self.flags, self.method, 0)
            + struct.pack("<III", self.checksum, packed_size, self.size)
            + struct.pack("<HHHHHII", len(self.name), len(self.extra), 0, 0, 0, self.attributes, at)
            + self.name
            + self.extra
        )


def packed(name: str | bytes, content: bytes = b"{}", method: int = DEFLATED) -> Packed:
    """A member with nothing wrong."""
    raw_name = name if isinstance(name, bytes) else name.encode()
    data = deflated(content) if method == DEFLATED else content
    return Packed(raw_name, data, len(content), zlib.crc32(content), method)


def zip_of(*members: Packed) -> bytes:
    """The bytes of a zip."""
    body, list_ = b"", b""
    for member in members:
        list_ += member.listed(len(body) if member.at is None else member.at)
        body += member.local + member.data
    end = struct.pack("<4sHHHHII", b"PK\5\6", 0, 0, *[len(members)] * 2, len(list_), len(body))
    return body + list_ + end + b"\0\0"


def write(folder: Path, data: bytes) -> Path:
    path = folder / "export.zip"
    path.write_bytes(data)
    return path


def read(archive: Archive) -> tuple[dict[str, bytes], dict[str, str]]:
    """The contents of members, and the reasons of those that were rejected, by their names."""
    contents = {}
    failed = []
    for member in archive.members:
        try:
            contents[member.name] = archive.read(member)
        except MemberError as error:
            failed.append((member.number, error.rejected))
    assert all(number == rejected.number for number, rejected in failed)
    assert all(rejected in archive.rejected for _, rejected in failed)
    return contents, {archive.name_of(file.number): file.reason for file in archive.rejected}


def fates(
    folder: Path, *members: Packed, limits: Limits = DEFAULT
) -> tuple[dict[str, bytes], dict[str, str]]:
    """What becomes of these members."""
    with open_archive(write(folder, zip_of(*members)), "the export", limits) as archive:
        return read(archive)


def refusal(folder: Path, data: bytes, limits: Limits = DEFAULT) -> str:
    """The sentence of a zip that is refused as a whole."""
    with pytest.raises(UsageError) as raised:
        open_archive(write(folder, data), "the export", limits)
    sentence = str(raised.value)
    assert sentence.startswith("the export ")
    assert sentence.endswith(".")
    return sentence


GOOD = packed("good", b"[1]")
READ = {"good": b"[1]"}


# Names.


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "absolute_name"),
        ("//host/share", "absolute_name"),
        ("\\Windows\\x", "absolute_name"),
        ("C:/x", "absolute_name"),
        ("c:x", "absolute_name"),
        ("../x", "parent_in_name"),
        ("a/../../x", "parent_in_name"),
        ("a\\..\\x", "parent_in_name"),
        ("a/..", "parent_in_name"),
        ("", "bad_name"),
        ("./.", "bad_name"),
        ("a\0b", "bad_name"),
        ("a\nb", "bad_name"),
        ("a\x1b[31mb", "bad_name"),
        ("a\x85b", "bad_name"),
        ("é" * 128, "name_too_long"),
        ("a/" * 10 + "b" * 256, "name_too_long"),
        ("/".join(["a" * 255] * 17), "name_too_long"),
    ],
)
def test_a_name_that_could_mean_another_place_or_file_is_rejected(
    tmp_path: Path, name: str, reason: str
) -> None:
    contents, rejected = fates(tmp_path, packed(name), GOOD)
    assert contents == READ
    assert list(rejected.values()) == [reason]


@pytest.mark.parametrize("name", ["...", "a..b", "..a/b", "ab:c", " ", "é" * 127, "日本/1"])
def test_a_name_that_is_only_unusual_is_read(tmp_path: Path, name: str) -> None:
    assert fates(tmp_path, packed(name), GOOD) == ({name: b"{}", **READ}, {})


def test_all_members_of_one_name_are_rejected(tmp_path: Path) -> None:
    archive = zip_of(packed("a/1", b"1"), packed("a//1", b"2"), packed("./a\\1", b"3"), GOOD)
    with open_archive(write(tmp_path, archive), "the export") as opened:
        assert [file.reason for file in opened.rejected] == ["duplicate_name"] * 3
        assert [opened.name_of(number) for number in (1, 2, 3, 4)] == ["a/1"] * 3 + ["good"]
        assert read(opened)[0] == READ


def test_a_link_of_the_same_name_makes_a_file_a_duplicate(tmp_path: Path) -> None:
    link = replace(packed("a"), attributes=(stat.S_IFLNK | 0o777) << 16)
    with open_archive(write(tmp_path, zip_of(packed("a"), link, GOOD)), "the export") as opened:
        assert [file.reason for file in opened.rejected] == ["duplicate_name"] * 2


def test_bad_names_do_not_decide_where_the_root_is(tmp_path: Path) -> None:
    contents, rejected = fates(tmp_path, packed("top/1", b"x"), packed("../x"))
    assert (contents, rejected) == ({"1": b"x"}, {"../x": "parent_in_name"})


@pytest.mark.parametrize("flags", [0, UTF_8_FLAG])
def test_a_name_in_utf_8_is_read_with_and_without_the_flag_that_says_so(
    tmp_path: Path, flags: int
) -> None:
    assert fates(tmp_path, replace(packed("größe"), flags=flags))[0] == {"größe": b"{}"}


def test_a_name_that_is_not_utf_8_is_read_as_zip_programs_of_dos_wrote_it(tmp_path: Path) -> None:
    assert fates(tmp_path, packed(b"gr\x94\xe1e"))[0] == {"größe": b"{}"}


# Kinds of members.


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFBLK, 0x3000])
def test_a_link_or_special_file_is_rejected(tmp_path: Path, kind: int) -> None:
    odd = replace(packed("odd", b"/etc/passwd"), attributes=(kind | 0o644) << 16)
    assert fates(tmp_path, odd, GOOD) == (READ, {"odd": "not_a_file"})


@pytest.mark.parametrize("attributes", [0, 0x20, (stat.S_IFREG | 0o644) << 16, 0o644 << 16])
def test_an_ordinary_file_is_read_whatever_program_wrote_it(
    tmp_path: Path, attributes: int
) -> None:
    assert fates(tmp_path, replace(GOOD, attributes=attributes)) == (READ, {})


@pytest.mark.parametrize(
    "folder",
    [
        packed("a/", b""),
        packed("a\\", b"", STORED),
        replace(packed("a", b""), attributes=stat.S_IFDIR << 16),
    ],
)
def test_a_folder_is_no_member(tmp_path: Path, folder: Packed) -> None:
    assert fates(tmp_path, folder, GOOD) == (READ, {})


@pytest.mark.parametrize(
    "folder",
    [packed("a/", b"x"), replace(packed("a", b"x"), attributes=stat.S_IFDIR << 16)],
)
def test_a_folder_with_content_is_rejected_and_not_left_out(tmp_path: Path, folder: Packed) -> None:
    contents, rejected = fates(tmp_path, folder, GOOD)
    assert (contents, list(rejected.values())) == (READ, ["not_a_file"])


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 99])
def test_another_compression_is_rejected(tmp_path: Path, method: int) -> None:
    odd = replace(packed("odd"), method=method)
    assert fates(tmp_path, odd, GOOD) == (READ, {"odd": "unsupported_compression"})


def test_patched_data_are_rejected(tmp_path: Path) -> None:
    odd = replace(packed("odd"), flags=0x20)
    assert fates(tmp_path, odd, GOOD) == (READ, {"odd": "unsupported_compression"})


# Sizes.


def test_a_large_member_that_unpacks_to_over_200_times_its_size_is_rejected(
    tmp_path: Path,
) -> None:
    bomb = packed("bomb", bytes(20 * MIB))
    assert len(bomb.data) * 200 < bomb.size
    assert fates(tmp_path, bomb, GOOD) == (READ, {"bomb": "suspicious_compression"})


def test_a_member_of_a_megabyte_may_be_compressed_as_well_as_can_be(tmp_path: Path) -> None:
    assert fates(tmp_path, packed("a", bytes(MIB)))[0] == {"a": bytes(MIB)}


@pytest.mark.parametrize("said", [-1, +1, -99, +99, -100])
@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_a_size_that_lies_is_found(tmp_path: Path, said: int, method: int) -> None:
    liar = packed("liar", b"x" * 100, method)
    liar = replace(liar, size=liar.size + said)
    assert fates(tmp_path, liar, GOOD) == (READ, {"liar": "size_differs"})


def test_a_size_that_lies_is_found_where_the_checksum_is_that_of_the_part(tmp_path: Path) -> None:
    content = b"".join(b"%d" % n for n in range(400_000))
    liar = replace(packed("liar", content), size=10, checksum=zlib.crc32(content[:10]))
    assert fates(tmp_path, liar, GOOD) == (READ, {"liar": "size_differs"})


def test_of_a_member_that_is_larger_than_it_says_not_much_more_is_unpacked(tmp_path: Path) -> None:
    bomb = replace(packed("bomb", bytes(64 * MIB)), size=10)
    archive = write(tmp_path, zip_of(bomb))
    del bomb
    tracemalloc.start()
    try:
        with open_archive(archive, "the export") as opened:
            assert read(opened) == ({}, {"bomb": "size_differs"})
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


# Contents.


@pytest.mark.parametrize("method", [STORED, DEFLATED])
@pytest.mark.parametrize("size", [0, 1, 3 * MIB])
def test_a_wrong_checksum_is_found(tmp_path: Path, method: int, size: int) -> None:
    odd = packed("odd", random.Random(1).randbytes(size), method)
    odd = replace(odd, checksum=odd.checksum ^ 1)
    assert fates(tmp_path, odd, GOOD) == (READ, {"odd": "bad_checksum"})


@pytest.mark.parametrize(
    "damage",
    [
        {"data": b"\xff" * 10},
        {"local_name": b"other"},
        {"local_name": b"\xff", "flags": UTF_8_FLAG},
        # There is no header where it is said to be.
        {"at": 3},
        {"at": 0x7FFF_FFFF},
        # The list says that the member ends before its data do.
        {"packed_size": 0, "checksum": 0},
    ],
)
def test_damaged_data_are_found(tmp_path: Path, damage: dict[str, Any]) -> None:
    odd = replace(packed("odd", b"xyz" * 100), **damage)
    contents, rejected = fates(tmp_path, odd, GOOD)
    assert contents == READ
    assert list(rejected) == ["odd"]
    assert rejected["odd"] in ("damaged_member", "size_differs")


def test_of_a_damaged_member_the_pieces_end_with_an_error(tmp_path: Path) -> None:
    odd = packed("odd", random.Random(1).randbytes(3 * MIB), STORED)
    odd = replace(odd, checksum=odd.checksum ^ 1)
    with open_archive(write(tmp_path, zip_of(odd)), "the export") as archive:
        pieces = archive.chunks(archive.members[0])
        assert next(pieces)
        with pytest.raises(MemberError, match="does not fit the checksum"):
            list(pieces)
        assert [file.reason for file in archive.rejected] == ["bad_checksum"]


def test_a_member_that_was_rejected_once_is_rejected_each_time_and_listed_once(
    tmp_path: Path,
) -> None:
    odd = replace(packed("canary"), checksum=1)
    with open_archive(write(tmp_path, zip_of(odd)), "the export") as archive:
        for _ in range(2):
            with pytest.raises(MemberError) as raised:
                archive.read(archive.members[0])
            said = str(raised.value)
            assert said == f"the export, member 1: {SENTENCES['bad_checksum']}"
            assert raised.value.__suppress_context__
            assert len(archive.rejected) == len(archive.members) == 1


# Overlaps.


def test_members_whose_data_overlap_are_all_rejected(tmp_path: Path) -> None:
    # A member whose stored data are the whole of the next one: header, name and content.
    inner = packed("inner", b"x" * 100, STORED)
    quoted = inner.local + inner.data
    outer = replace(packed("outer", quoted, STORED), data=b"", packed_size=len(quoted))
    assert fates(tmp_path, outer, inner, GOOD) == (
        READ,
        {"outer": "overlapping_member", "inner": "overlapping_member"},
    )


def test_a_member_in_whose_data_another_one_is_said_to_begin_is_rejected(tmp_path: Path) -> None:
    contents, rejected = fates(tmp_path, packed("a"), replace(packed("b"), at=32), GOOD)
    assert contents == READ
    assert rejected == {"a": "overlapping_member", "b": "overlapping_member"}


def test_one_content_under_two_names_is_rejected(tmp_path: Path) -> None:
    one = packed("one")
    two = replace(one, name=b"two", at=len(GOOD.local + GOOD.data))
    contents, rejected = fates(tmp_path, GOOD, one, two)
    assert contents == READ
    assert rejected == {"one": "overlapping_member", "two": "overlapping_member"}


def test_a_member_that_reaches_into_the_list_is_rejected_alone(tmp_path: Path) -> None:
    odd = replace(packed("odd"), packed_size=10_000)
    assert fates(tmp_path, odd, GOOD, packed("z")) == (
        {**READ, "z": b"{}"},
        {"odd": "overlapping_member"},
    )


def written_as_stream(path: Path) -> None:
    with path.open("wb") as file, zipfile.ZipFile(Unseekable(file), "w", DEFLATED) as archive:
        archive.writestr("1", b"x" * 99)
        archive.writestr("2", b"")


def written_as_zip64(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"PK\1\2" * 9
        for name, content in (("1", b"x" * 99), ("2", b"")):
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)


class Unseekable(io.RawIOBase):
    """A file that is written from its beginning to its end: sizes follow the contents."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)


@pytest.mark.parametrize("written", [written_as_stream, written_as_zip64])
def test_a_zip_is_read_whatever_variant_of_the_format_it_is(
    tmp_path: Path, written: Callable[[Path], None]
) -> None:
    written(tmp_path / "export.zip")
    with open_archive(tmp_path / "export.zip", "the export", Limits(members=2)) as archive:
        assert read(archive) == ({"1": b"x" * 99, "2": b""}, {})


def test_a_zip_behind_other_bytes_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, b"#!/bin/sh\n" * 100 + zip_of(GOOD, packed("z")))
    with open_archive(path, "the export") as archive:
        assert read(archive) == ({**READ, "z": b"{}"}, {})


# Whole files.


@pytest.mark.parametrize("flags", [0x1, 0x41, 0x40, 0x2000])
def test_one_encrypted_member_is_enough_to_refuse_a_zip(tmp_path: Path, flags: int) -> None:
    said = refusal(tmp_path, zip_of(GOOD, replace(packed("secret"), flags=flags)))
    assert "is encrypted, at least in part; unpack it" in said


@pytest.mark.parametrize("data", [b"", b"x", b"[1, 2]" * 1000, b"\x1f\x8b\x08" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "neither a zip file nor a folder" in refusal(tmp_path, data)


@pytest.mark.parametrize("kept", [4, 30, 100, -1, -5, -22, -23, -60])
def test_a_zip_that_was_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    assert "cut short or damaged" in refusal(tmp_path, zip_of(GOOD, packed("z" * 50))[:kept])


@pytest.mark.parametrize(
    "odd",
    [
        {"name": b"canary\xff", "flags": UTF_8_FLAG},
        {"version": 99},
        {"extra": b"\1\0\xff\xff"},
        # The size is said to stand in an extra field, and does not.
        {"extra": b"\1\0\0\0", "size": 0xFFFF_FFFF},
    ],
)
def test_a_zip_that_python_cannot_list_is_refused_without_its_words(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    said = refusal(tmp_path, zip_of(GOOD, replace(packed("canary"), **odd)))
    assert "cut short or damaged" in said
    assert "canary" not in said


def test_the_list_of_a_zip_is_not_read_if_it_is_too_long(tmp_path: Path) -> None:
    members = [packed(f"{n}") for n in range(1000)]
    assert "lists more than 999" in refusal(tmp_path, zip_of(*members), Limits(members=999))
    with open_archive(write(tmp_path, zip_of(*members)), "a", Limits(members=1000)) as archive:
        assert len(archive.members) == 1000
    long_names = [packed("a" * 60_000 + str(n)) for n in range(10)]
    assert "a list too long" in refusal(tmp_path, zip_of(*long_names), Limits(members=10))


def test_sizes_are_added_up_before_anything_is_unpacked(tmp_path: Path) -> None:
    huge = [replace(packed(f"{n}", b""), size=0xFFFF_FFFE) for n in range(17)]
    assert "more than 64 GiB" in refusal(tmp_path, zip_of(*huge))


def test_a_list_that_is_shorter_than_it_says_is_refused(tmp_path: Path) -> None:
    # Python takes a zip whose list is said to have no bytes for an empty one.
    whole = zip_of(GOOD, packed("z"))
    assert "cut short or damaged" in refusal(tmp_path, whole[:-10] + bytes(4) + whole[-6:])
    miscounted = whole[:-12] + struct.pack("<H", 3) + whole[-10:]
    assert "cut short or damaged" in refusal(tmp_path, miscounted)


def test_an_empty_zip_is_a_zip(tmp_path: Path) -> None:
    assert fates(tmp_path) == ({}, {})


# Whatever else may stand in a zip.

CONTENTS = {
    "users.json": b'[{"id": "U1"}]',
    "general/2024-01-01.json": b"[]" * 200,
    "general/2024-01-02.json": b"x",
    "größe/1.json": b'{"text": "canary"}',
}
INTACT = zip_of(
    *(packed(f"stored/{name}", content, STORED) for name, content in CONTENTS.items()),
    *(packed(f"deflated/{name}", content) for name, content in CONTENTS.items()),
)


@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(INTACT) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    cut=st.none() | st.tuples(st.integers(0, len(INTACT)), st.integers(0, 40)),
)
@example(changes=[], cut=None)
@settings(max_examples=500, deadline=None)
def test_whatever_bytes_change_no_content_is_given_that_does_not_fit_its_checksum(
    changes: list[tuple[int, int]], cut: tuple[int, int] | None
) -> None:
    data = bytearray(INTACT)
    for at, byte in changes:
        data[at] = byte
    if cut is not None:
        del data[cut[0] : cut[0] + cut[1]]
    said, contents, rejected, count = "", {}, {}, 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            with open_archive(write(Path(folder), bytes(data)), "the export") as archive:
                contents, rejected = read(archive)
                count = len({file.number for file in archive.members + archive.rejected})
        except (UsageError, JobError) as error:
            said = str(error)
    assert "canary" not in said
    assert set(contents.values()) <= set(CONTENTS.values())
    assert set(rejected.values()) <= SENTENCES.keys()
    assert count == (0 if said else 2 * len(CONTENTS))
