"""What a Slack message's text says that is kept: whom it mentions, whether it asks, how long it is.

The text itself goes no further. Slack writes mentions as `<@U…>` or `<@W…|label>`, links as
`<http…>`, special mentions as `<!here>` and `<!subteam^S…>`, and escapes `<`, `>` and `&` of what
people type, so that a `<` always begins one of these (help.slack.com, article 220556107).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!(?:here|channel|everyone|group|subteam\^)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_MARKED = re.compile(r"<[^<>]*>")
_NESTED = ("elements",)
_GROUP_ELEMENTS = ("broadcast", "usergroup")


@dataclass(frozen=True)
class Said:
    """What is kept of a text.

    `mentioned` are the ids of users, as often as they are mentioned; `has_group` says that a whole
    group was called, whose members the export does not name; `is_question` that it has a question
    mark outside links and code; `length` is in characters.
    """

    mentioned: tuple[str, ...]
    has_group: bool
    is_question: bool
    length: int


def said_in(message: dict[str, Any]) -> Said:
    """Return what a message says.

    Blocks mirror the text: their mentions count only where the text has none.
    """
    text = message.get("text")
    text = text if isinstance(text, str) else ""
    mentioned = tuple(_USER.findall(text))
    has_group = _GROUP.search(text) is not None
    if not mentioned and not has_group:
        elements = list(_elements(message.get("blocks")))
        mentioned = tuple(
            str(element.get("user_id")) for element in elements if element.get("type") == "user"
        )
        has_group = any(element.get("type") in _GROUP_ELEMENTS for element in elements)
    plain = _MARKED.sub(" ", _CODE.sub(" ", text))
    return Said(mentioned, has_group, "?" in plain, len(text))


def _elements(blocks: Any) -> Iterator[dict[str, Any]]:
    """Yield the elements of rich text, however deeply they lie."""
    waiting = [blocks]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            yield part
            waiting.extend(part[name] for name in _NESTED if name in part)
