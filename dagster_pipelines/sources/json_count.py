"""The number of values in a JSON text, found without parsing it.

Here belongs only what shares nothing with the parser, so that each can be held against the other.
(The parser is told which values are nested too deep: it could not survive finding out.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEPTH_LIMIT = 64
"""A record may be nested so deep: itself, what is in it, what is in that, and so on."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_SPACE = b" \t\n\r"
# A string that is not closed reaches to the end: its rest must not be searched again and again.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_INNERMOST = re.compile(rb"[\[{][^\[\]{}]*+[\]}]")
_MARK = re.compile(rb"[\[\]{},]")


@dataclass(frozen=True)
class Counted:
    """How many values stand beside each other, and which of them, from 1, are nested too deep."""

    elements: int
    too_deep: frozenset[int]


def count_values(data: bytes, *, is_array: bool) -> Counted:
    """Count the values of the first level: without parsing, by strings, brackets and commas.

    It is right for every text that is JSON, and means nothing for another. What is nested in a
    value is folded into it, the innermost first, once for each level that is allowed; a bracket
    that is left over then belongs to a value that is nested too deep.
    """
    outline = _STRING.sub(b"0", data.removeprefix(BYTE_ORDER_MARK)).strip(_SPACE)
    if is_array:
        outline = outline[1:-1].strip(_SPACE)
    for _ in range(DEPTH_LIMIT):
        outline, folded = _INNERMOST.subn(b"0", outline)
        if not folded:
            break
    elements, level = 1, 0
    too_deep: set[int] = set()
    for mark in _MARK.findall(outline):
        if mark == b",":
            elements += level == 0
        elif mark in b"[{":
            too_deep.add(elements)
            level += 1
        else:
            level -= 1
    return Counted(elements if outline else 0, frozenset(too_deep))
