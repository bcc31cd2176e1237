"""Canonical identifiers: one form for all the ways in which an address or a login is written.

Two texts are one identifier exactly when `canonical` gives them the same kind and form. The rules
are part of what the vault stores (its keyed hashes are over these forms): changing one makes other
people of those whom it concerns.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

ADDRESS = "address"
ID = "id"

# Marks that are invisible at the ends of a text copied from a web page or a mail client:
# zero-width space and joiners, direction marks, word joiner, byte order mark, soft hyphen.
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_BRACKETED = re.compile(r"[^<>]*<([^<>]*)>")
_PREFIX = re.compile(r"(mailto|smtp):\s*", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_ADDRESS = re.compile(r"([^@\s]+)@([^@\s]+)")


@dataclass(frozen=True)
class Identifier:
    """A canonical identifier; `domain` is the mail domain of an address, None of anything else."""

    kind: str
    form: str
    domain: str | None = None


def canonical(text: str) -> Identifier:
    """Return the canonical form of an identifier as an export writes it.

    A text with one `@` and something on both sides is an address: `Name <a@b>` is `a@b`, a prefix
    `mailto:` or `smtp:` is dropped, the local part is case-folded, the domain is in its lower-case
    ASCII (IDNA) form without a final dot. Anything else is an id: trimmed and NFC, its case kept,
    since logins and employee numbers may differ in case alone.
    """
    trimmed = trim(text)
    bracketed = _BRACKETED.fullmatch(trimmed)
    candidate = trim(bracketed.group(1)) if bracketed else trimmed
    prefix = _PREFIX.match(candidate)
    if prefix:
        candidate = candidate[prefix.end() :]
        if prefix.group(1).lower() == "mailto":
            candidate = candidate.partition("?")[0]
    address = _ADDRESS.fullmatch(candidate)
    if address is None:
        return Identifier(ID, trimmed)
    domain = _canonical_domain(address.group(2))
    if not domain:
        return Identifier(ID, trimmed)
    local = unicodedata.normalize("NFC", address.group(1).casefold())
    return Identifier(ADDRESS, f"{local}@{domain}", domain)


def trim(text: str) -> str:
    """Return a text in NFC, without white space and invisible marks at its ends."""
    trimmed = unicodedata.normalize("NFC", text)
    while trimmed != (trimmed := trimmed.strip().strip(_INVISIBLE)):
        pass
    return trimmed


@lru_cache(maxsize=10_000)
def _canonical_domain(domain: str) -> str:
    """Return a mail domain in lower-case ASCII; one that IDNA refuses, in lower case."""
    bare = domain.rstrip(".")
    try:
        ascii_form = bare.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_form = ""
    is_domain = _DOMAIN.fullmatch(ascii_form) is not None
    return ascii_form if is_domain else unicodedata.normalize("NFC", bare.casefold())


def domain_and_parents(domain: str) -> list[str]:
    """Return a domain and those above it, as far as they have two labels."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]
