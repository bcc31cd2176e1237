"""What a person sees of an error that nobody foresaw, and what stays for whoever looks into it.

The text of an exception may quote an export, so only its type and the places in the code are
written down.
"""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path


def write_details(error: BaseException) -> Path | None:
    """Write where an error came from into a file that only its owner reads; return its path.

    None if the system's folder for passing files does not take it.
    """
    name = f"tacit-error-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    path = Path(tempfile.gettempdir()) / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in places(error))
    except OSError:
        return None
    return path


def places(error: BaseException) -> Iterator[str]:
    """Yield the types of an error and of its causes, and the lines of code that they came by."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield f"{type(link).__module__}.{type(link).__qualname__} (its text is left out)"
        for frame, line in traceback.walk_tb(link.__traceback__):
            yield f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
