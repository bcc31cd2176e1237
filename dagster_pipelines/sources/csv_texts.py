"""What plain texts mean, whichever column of a CSV file they stand in: numbers, yes and no."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\s*\d+(\.\d*)?([eE][+-]?\d+)?\s*", re.ASCII)
_WHOLE_NUMBER = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_FLAGS = dict.fromkeys(("true", "yes", "1"), True) | dict.fromkeys(("false", "no", "0"), False)


def minutes_of(text: str) -> float | None:
    """Return a number of zero or more: None of an empty text, NaN or infinity of what is none.

    >>> minutes_of(" 12.5 "), minutes_of(""), minutes_of("-1")
    (12.5, None, nan)
    """
    if not text.strip():
        return None
    return float(text) if _NUMBER.fullmatch(text) else float("nan")


def whole_number_of(text: str) -> int | None:
    """Return a whole number of zero or more, None of what is none.

    >>> whole_number_of(" 6 "), whole_number_of("6.5")
    (6, None)
    """
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


def flag_of(text: str, *, empty: bool | None = None) -> bool | None:
    """Return what a yes or a no means, `empty` of an empty text, None of what is neither.

    >>> flag_of("Yes"), flag_of("0"), flag_of(""), flag_of("perhaps")
    (True, False, None, None)
    """
    word = text.strip().casefold()
    return _FLAGS.get(word) if word else empty
