"""How a CSV file is laid out, and the limits within which it is read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

FIELD_LIMIT = 1_000_000
"""A quoted field of more bytes than this was never closed; a longer needed field is refused."""

LINE_LIMIT = 32_000_000
"""A file with a longer line than this (bytes) is not CSV."""

COLUMN_LIMIT = 5_000

UNDECODABLE = "\uffff"
"""What stands in decoded text for bytes that were none: a code point that no text may hold."""

_HANDLER = "tacit_undecodable"


@dataclass(frozen=True)
class Dialect:
    """What parts the fields (one ASCII character), what quotes them (likewise), the encoding."""

    delimiter: str
    quote: str
    encoding: str

    @property
    def ends_of_field(self) -> bytes:
        """The bytes that may follow a closing quote, or stand before an opening one."""
        return self.delimiter.encode("ascii") + b"\r\n"

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes are UTF-8 as they stand, a byte order mark aside."""
        return codecs.lookup(self.encoding).name in ("utf-8", "utf-8-sig")


def marking_handler() -> str:
    """Return the name of the codec error handler that writes UNDECODABLE for what is no text."""
    codecs.register_error(_HANDLER, _mark)
    return _HANDLER


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end
