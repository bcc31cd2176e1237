"""A mistake in `tacit.yml`, as one sentence: where, what, and what would be right."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from dagster_pipelines.settings.sources import FORMAT_NAMES


def sentence(error: ValidationError, said: dict[str, Any]) -> str:
    """Say the first mistake as `where: what, and what would be right`."""
    first = error.errors(include_url=False)[0]
    unsaid = (*FORMAT_NAMES, "[key]")
    place = [step for step in first["loc"] if step not in unsaid]
    where = _where(place, said)
    kind, context = first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        what = "is not a setting that exists here; remove it or correct its name"
    elif kind == "missing":
        what = "is missing; add it"
    elif kind == "union_tag_invalid":
        what = f"format is not one that can be read; write one of {context['expected_tags']}"
    elif kind == "union_tag_not_found":
        what = f"has no format; write one of {', '.join(map(repr, FORMAT_NAMES))}"
    elif kind == "string_pattern_mismatch":
        what = "is not a name; write small letters, digits and _, a letter first"
    elif kind == "too_short":
        what = "is empty; fill it or leave it out"
    elif kind == "value_error":
        what = str(context["error"])
    else:
        what = first["msg"][0].lower() + first["msg"][1:]
    return f"{where}: {what}." if where else f"{what}."


def _where(place: list[Any], said: Any) -> str:
    """Name a place in the file; a source is named by its own name."""
    words: list[str] = []
    for step in place:
        if isinstance(step, int):
            said = said[step] if isinstance(said, list) and step < len(said) else None
            name = said.get("name") if isinstance(said, dict) else None
            words.append(f"[{name if isinstance(name, str) else step + 1}]")
        else:
            said = said.get(step) if isinstance(said, dict) else None
            words.append(f".{step}" if words else str(step))
    return "".join(words)
