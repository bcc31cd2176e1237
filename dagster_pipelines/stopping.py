"""A signal ends a run within ten seconds, whatever it is doing.

Here belongs how a process goes when it is told to. Python sees a signal only between two of its own
instructions, and a database or a library may take minutes over one; dying is safe at any moment
(that is what lock, transactions and promotion are for), so whoever is not gone in time is ended.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 8.0


@contextmanager
def gone_in_time(grace_seconds: float = GRACE_SECONDS) -> Iterator[None]:
    """End this process that long after SIGTERM or SIGINT, if the block has not ended by then.

    How a handler deals with the signal before that is its own business. Does nothing outside the
    main thread, where Python has no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, said = os.pipe()
    os.set_blocking(said, False)
    before = signal.set_wakeup_fd(said, warn_on_full_buffer=False)
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(heard, is_over, grace_seconds), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        is_over.set()
        os.close(said)
        watcher.join()


@contextmanager
def as_keyboard_interrupt() -> Iterator[None]:
    """Let SIGTERM do in the block what Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def is_interruption(error: BaseException | None, kinds: tuple[type[BaseException], ...]) -> bool:
    """Tell whether an error is, or came of, one of the kinds that stand for a signal.

    DuckDB answers a signal in the middle of a statement with an error of its own.
    """
    while error is not None:
        if isinstance(error, kinds):
            return True
        error = error.__context__
    return False


def _watch(heard: int, is_over: threading.Event, grace_seconds: float) -> None:
    """Wait for a signal's number; then for the end of the block, but not for longer than that."""
    try:
        while number := os.read(heard, 1):
            if number[0] in (signal.SIGTERM, signal.SIGINT) and not is_over.wait(grace_seconds):
                os._exit(128 + number[0])
    finally:
        os.close(heard)
