"""Where the posts of a dump lie: in `Posts.xml` by itself, in its folder, or in a zip file.

Here belongs what knows of files and nothing of what is in them. Only the posts are looked at: the
rest of a dump (users, votes, histories of posts) may be many times as large. `Posts.xml` is known
by its bytes, whether it is named itself or by its folder, a zip file by its own.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources import digests
from dagster_pipelines.sources.archives import SENTENCES, Archive, Limits, open_archive
from dagster_pipelines.sources.closing import Closing
from dagster_pipelines.sources.read_once import ReadOnce

POSTS = "Posts.xml"

_CHUNK_BYTES = 1 << 20
# Read piece by piece, and so not bound by what fits into memory.
_LIMITS = Limits(member_bytes=16 << 30)
_ZIP_SIGNATURE, _SEVEN_ZIP_SIGNATURE = b"PK", b"7z\xbc\xaf\x27\x1c"
# Without blocking, for it may be a pipe.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class PostsFile(ReadOnce):
    """An open `Posts.xml`.

    Raises
    ------
    UsageError
        It cannot be opened, or is a link or no ordinary file.
    """

    def __init__(self, path: Path, where: str) -> None:
        super().__init__(_opened(path, where), where)

    def chunks(self) -> Iterator[bytes]:
        """Yield the file's bytes.

        Raises
        ------
        PassingError
            The file cannot be read to its end, or was written to meanwhile.
        """
        while chunk := self.read(_CHUNK_BYTES):
            yield chunk
        self.check_unchanged()


class PostsInZip(Closing):
    """The `Posts.xml` of an open zip file, whose other members are left alone.

    Raises
    ------
    UsageError
        There is none, or it may not be read.
    """

    def __init__(self, archive: Archive, where: str) -> None:
        self._archive = archive
        found = [member for member in archive.members if member.name == POSTS]
        if not found:
            raise UsageError(f"{where}: {_why_there_is_none(archive)}")
        self._member = found[0]

    def close(self) -> None:
        """Let go of the zip file."""
        self._archive.close()

    @property
    def size_on_disk(self) -> int:
        """Bytes of the member when it is unpacked."""
        return self._member.size

    @property
    def size(self) -> int:
        """Bytes of the zip file."""
        return self._archive.size

    @property
    def sha256(self) -> str:
        """SHA-256 of the zip file's bytes, in hexadecimal."""
        return self._archive.sha256

    @property
    def exported_at(self) -> datetime:
        """When the zip file was last written, in UTC without saying so."""
        return self._archive.exported_at

    def chunks(self) -> Iterator[bytes]:
        """Yield the member's bytes.

        Raises
        ------
        JobError
            The member is damaged, the disk does not give it, or it was written to meanwhile.
        """
        yield from self._archive.chunks(self._member)
        self._archive.check_unchanged()


def open_posts(path: Path, where: str) -> PostsFile | PostsInZip:
    """Open the posts of a dump; `where` names it in errors.

    Raises
    ------
    UsageError
        It cannot be opened, holds no `Posts.xml`, or is a 7z archive.
    JobError
        The disk does not give it.
    """
    if path.is_dir():
        if not os.path.lexists(path / POSTS):
            raise UsageError(f"{where} is a folder without {POSTS}; name the one that holds it.")
        return PostsFile(path / POSTS, where)
    with PostsFile(path, where) as named:
        beginning = named.read(len(_SEVEN_ZIP_SIGNATURE))
    if beginning.startswith(_SEVEN_ZIP_SIGNATURE):
        raise UsageError(f"{where} is a 7z archive; unpack it and name its {POSTS}.")
    if not beginning.startswith(_ZIP_SIGNATURE):
        return PostsFile(path, where)
    archive = open_archive(path, where, _LIMITS)
    try:
        return PostsInZip(archive, where)
    except BaseException:
        archive.close()
        raise


def sha256_of(path: Path, where: str) -> str:
    """Return the hash by which a dump is known.

    Raises
    ------
    PassingError
        The file cannot be read.
    """
    return digests.sha256_of(path / POSTS if path.is_dir() else path, where)


def _opened(path: Path, where: str) -> BinaryIO:
    try:
        number = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UsageError(f"{where}: {POSTS} is a link; name what it leads to.") from None
        raise UsageError(f"{where} cannot be opened ({error.strerror}).") from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise UsageError(f"{where} is no ordinary file; copy its content into one.")
    return os.fdopen(number, "rb")


def _why_there_is_none(archive: Archive) -> str:
    """Return a sentence; a member that was rejected may be the one that is looked for."""
    for rejected in archive.rejected:
        if archive.name_of(rejected.number).casefold().endswith(POSTS.casefold()):
            return f"{POSTS} in it is not read. {SENTENCES[rejected.reason]}"
    return f"it holds no {POSTS}; name the dump of one question site."
