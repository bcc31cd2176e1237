"""Which column of a file is which of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dagster_pipelines.errors import UsageError
from dagster_pipelines.identifiers import trim

_MOST_NAMES_SHOWN = 30
_OTHER_DELIMITERS = {",": "','", ";": "';'", "\t": "'\\t' (a tab)", "|": "'|'"}


def bind(
    header: Sequence[str],
    columns: Mapping[str, str],
    known: Sequence[str],
    required: Sequence[str],
    where: str,
) -> dict[str, int]:
    """Return the positions of our columns in a file's header.

    A column that `columns` maps must be there under the file's name for it; any other of `known` is
    taken if it is there under our own name.

    Raises
    ------
    UsageError
        A mapped or required column is missing, or a needed name stands in the header twice.
    """
    wanted = {name: trim(columns.get(name, name)) for name in known}
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        positions.setdefault(name, []).append(position)
    missing = [
        wanted[name]
        for name in known
        if wanted[name] not in positions and (name in columns or name in required)
    ]
    if missing:
        raise UsageError(f"{where} has no column {missing[0]!r}; {_advice(header, wanted)}")
    bound = {name: positions[theirs] for name, theirs in wanted.items() if theirs in positions}
    for name, places in bound.items():
        if len(places) > 1:
            raise UsageError(
                f"{where} has {len(places)} columns {wanted[name]!r}; give each column a name of"
                " its own."
            )
    return {name: places[0] for name, places in bound.items()}


def _advice(header: Sequence[str], wanted: Mapping[str, str]) -> str:
    """Say what the file has instead, but not what may be data: a header without a known name."""
    expected = set(wanted.values())
    for delimiter, shown in _OTHER_DELIMITERS.items():
        if any(expected & set(_split(name, delimiter)) for name in header):
            return f"its fields look parted by {shown}: declare that as `delimiter`."
    if not expected & set(header):
        return (
            f"none of its {len(header)} columns has an expected name; is its first line a header,"
            " and does `columns` say what the file calls each?"
        )
    names = ", ".join(repr(name) for name in header[:_MOST_NAMES_SHOWN])
    more = ", …" if len(header) > _MOST_NAMES_SHOWN else ""
    return f"it has {names}{more}."


def _split(text: str, delimiter: str) -> list[str]:
    """Return the parts of a text that a delimiter parts, none if it does not."""
    parts = [part.strip().strip('"') for part in text.split(delimiter)]
    return parts if len(parts) > 1 else []
