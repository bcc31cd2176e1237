"""Dagster's SQLite files, without the waiting and the compiling that they do not need.

Here belongs how this process opens them. Dagster opens a file anew for every event, over a thousand
in a run, and closes it again; each time SQLite waits for the disk twice. In write-ahead mode
neither is needed to survive the death of a process, and none of the company's data is in them. Each
time it also makes an engine of SQLAlchemy, which compiles every statement anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite import sqlite_event_log
from sqlalchemy import Engine, event


@contextmanager
def brisk_storage() -> Iterator[None]:
    """In the block, commit to SQLite without waiting, keep its write-ahead logs open, and engines.

    A commit then survives kill -9 but not the loss of power, after which the file is as it was some
    commits before. A log is written back when the last connection to a file closes, so one is held
    to each file that is seen.
    """
    held: dict[str, sqlite3.Connection] = {}

    def relax(connection: object, _record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        [(_, _, path)] = connection.execute("pragma database_list").fetchall()
        if path:
            if path not in held:
                held[path] = sqlite3.connect(path, check_same_thread=False)
            # Only a connection that has read something has the log open.
            held[path].execute("select count(*) from sqlite_master").fetchall()

    engines: dict[str, Engine] = {}
    new_engine = sqlite_event_log.create_engine

    def kept_engine(url: str, **options: Any) -> Engine:
        if url not in engines:
            engines[url] = new_engine(url, **options)
        return engines[url]

    event.listen(Engine, "connect", relax)
    try:
        sqlite_event_log.create_engine = kept_engine
        yield
    finally:
        sqlite_event_log.create_engine = new_engine
        event.remove(Engine, "connect", relax)
        for connection in held.values():
            with closing(connection):
                pass
