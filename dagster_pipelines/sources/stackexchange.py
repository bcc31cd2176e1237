"""Dumps of a question site as Stack Exchange writes them: the questions and answers of `Posts.xml`.

A record is a row of that file. A dump holds every post of its site as it is on the day of the dump,
so that a later one repeats most of an earlier one; a post is known by its number in the site, which
is the source. Users are numbers too; no list of them is needed, nor read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster_pipelines.settings import Settings, StackExchangeSource
from dagster_pipelines.sources.batches import Batch, rejected_table
from dagster_pipelines.sources.closing import Closing
from dagster_pipelines.sources.stackexchange_file import (
    PostsFile,
    PostsInZip,
    open_posts,
    sha256_of,
)
from dagster_pipelines.sources.stackexchange_posts import (
    OTHER_POST,
    Post,
    UnusableError,
    check_time,
    is_other,
    post_of,
)
from dagster_pipelines.sources.stackexchange_tables import post_table
from dagster_pipelines.sources.times import limits_of_time
from dagster_pipelines.sources.xml_rows import XmlRow, XmlRows
from dagster_pipelines.vault import Vault

__all__ = ["FORMAT", "TABLES", "batches", "listen", "load_parameters", "open_file", "sha256_of"]

FORMAT = "stackexchange"
TABLE = "stackexchange_posts"
TABLES = {
    TABLE: "Questions and answers of question sites: who asked, who answered whom, when. No text."
}
KIND = "xml"
IS_REGISTER = False

_ROOT = "posts"
_SITE = "site"
"""The one space of a source."""

_POSTS_IN_A_BATCH = 50_000


class StackExchangeReading(Closing):
    """One pass over the posts of one dump; it satisfies `batches.Reading`."""

    def __init__(self, file: PostsFile | PostsInZip, where: str) -> None:
        self._file = file
        self._rows = XmlRows(file.chunks(), _ROOT, where)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def size_on_disk(self) -> int:
        """Bytes of the posts, unpacked: what `bytes_read` comes to."""
        return self._file.size_on_disk

    @property
    def bytes_read(self) -> int:
        """Bytes of the posts that were read so far."""
        return self._rows.bytes_read

    @property
    def size(self) -> int:
        """Bytes of the file, once it is read."""
        return self._file.size

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes, once it is read."""
        return self._file.sha256

    @property
    def exported_at(self) -> datetime:
        """When the file was last written, in UTC without saying so."""
        return self._file.exported_at

    @property
    def records_counted(self) -> int:
        """The independent count of rows, once the file is read."""
        return self._rows.count

    def rows(self) -> Iterator[list[XmlRow]]:
        """Yield the rows, some at a time."""
        return self._rows.pieces()


def open_file(source: StackExchangeSource, path: Path, where: str) -> StackExchangeReading:
    """Open a dump and look at the beginning of its posts.

    Raises
    ------
    UsageError
        It cannot be opened, or holds no posts as Stack Exchange writes them.
    """
    del source
    file = open_posts(path, where)
    try:
        return StackExchangeReading(file, where)
    except BaseException:
        file.close()
        raise


def load_parameters() -> dict[str, Any]:
    """Return what the SQL section `load` needs to know."""
    return {}


def listen(source: StackExchangeSource, reading: StackExchangeReading, vault: Vault) -> None:
    """Read a dump for its identifiers alone; the vault hears each of them."""
    for _ in _Dump(source, reading, vault).batches():
        pass


def batches(
    settings: Settings,
    source: StackExchangeSource,
    reading: StackExchangeReading,
    vault: Vault,
    now: datetime,
) -> Iterator[Batch]:
    """Yield the questions and answers of a dump."""
    return _Dump(source, reading, vault, limits_of_time(settings, now)).batches()


class _Dump:
    """One dump on its way into rows."""

    def __init__(
        self,
        source: StackExchangeSource,
        reading: StackExchangeReading,
        vault: Vault,
        limits: tuple[datetime, datetime] | None = None,
    ) -> None:
        self._source = source
        self._reading = reading
        self._vault = vault
        self._limits = limits
        self._ids: dict[str, int] = {}
        self._posts: list[Post] = []
        self._rejected: list[tuple[int, str, str]] = []
        self._excluded: Counter[str] = Counter()

    def batches(self) -> Iterator[Batch]:
        """Yield everything."""
        [space_id] = self._vault.resolve_spaces(self._source.name, [_SITE])
        for rows in self._reading.rows():
            for row in rows:
                self._sort(row)
            if len(self._posts) >= _POSTS_IN_A_BATCH:
                yield self._batch(space_id)
        yield self._batch(space_id)

    def _sort(self, row: XmlRow) -> None:
        """Put a row where it belongs: with the posts, or with what is rejected or excluded."""
        if is_other(row):
            self._excluded[OTHER_POST] += 1
            return
        try:
            post = post_of(row, self._source.name)
            if self._limits is not None:
                check_time(post, *self._limits)
        except UnusableError as error:
            self._rejected.append((row.line, f"line {row.line}", error.reason))
        else:
            self._posts.append(post)

    def _batch(self, space_id: int) -> Batch:
        """Return a batch of what has come since the last one."""
        self._resolve()
        table = post_table(self._posts, space_id, self._ids)
        batch = Batch({TABLE: table}, rejected_table(self._rejected), self._excluded)
        self._posts, self._rejected, self._excluded = [], [], Counter()
        return batch

    def _resolve(self) -> None:
        """Let the vault hear all new authors in one call: one each would take minutes."""
        new = sorted({post.author for post in self._posts if post.author} - self._ids.keys())
        self._ids |= zip(new, self._vault.resolve(new), strict=True)
