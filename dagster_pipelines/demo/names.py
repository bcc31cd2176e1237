"""Invented names, and what a company of any trade is made of."""

from __future__ import annotations

import unicodedata

FIRST_NAMES = (
    *("Ada", "Agnes", "Amara", "Anton", "Asha", "Aurel", "Basia", "Bela", "Bruno", "Carla"),
    *("Chidi", "Clara", "Cyrus", "Dalia", "Darek", "Diego", "Edda", "Elif", "Emil", "Esra"),
    *("Farid", "Fiona", "Greta", "Hana", "Hugo", "Ilse", "Imani", "Inga", "Ivo", "Jadwiga"),
    *("Jonas", "Juno", "Kaja", "Kofi", "Lars", "Leila", "Lotte", "Łukasz", "Maia", "Marek"),
    *("Mina", "Nadia", "Niko", "Noor", "Oda", "Olek", "Oscar", "Petra", "Pia", "Priya"),
    *("Quirin", "Rafał", "Rosa", "Runa", "Samir", "Selma", "Sofie", "Tariq", "Tilda", "Tomás"),
    *("Ulla", "Uma", "Vera", "Viggo", "Wanda", "Xenia", "Yara", "Yusuf", "Zofia", "Zoë"),
)

# Made of a beginning and an end, so that a large company does not run out of them.
NAME_BEGINNINGS = (
    *("Ald", "Bern", "Birk", "Brand", "Brook", "Cast", "Dor", "Eich", "Elm", "Fair", "Falk"),
    *("Gran", "Hal", "Hazel", "Holm", "Kest", "Lind", "Mar", "Mont", "Nord", "Oak", "Quarr"),
    *("Rav", "Ros", "Sand", "Silver", "Stern", "Thorn", "Tor", "Val", "Wald", "West", "Winter"),
)
NAME_ENDS = (
    *("bach", "berg", "by", "dale", "en", "feld", "ford", "gate", "hart", "haven", "ley"),
    *("man", "mere", "ova", "owski", "quist", "ridge", "sen", "stad", "ström", "ton", "wick"),
)

# Departments, in the order in which a growing company opens them, and what people do there.
DEPARTMENTS = {
    "Engineering": ("Software", "Hardware", "Quality"),
    "Operations": ("Production", "Logistics", "Purchasing"),
    "Customers": ("Sales", "Support", "Consulting"),
    "Design": ("Research", "Design", "Writing"),
    "People and Finance": ("People", "Accounting", "Controlling"),
    "Research": ("Materials", "Optics", "Software"),
    "Marketing": ("Brand", "Events", "Writing"),
    "Services": ("Installation", "Support", "Training"),
    "Data": ("Analytics", "Software", "Controlling"),
    "Legal": ("Contracts", "Patents", "Compliance"),
}

LOCATIONS = ("Riverside", "Old Mill", "Harbour")
WORK_MODES = ("office", "hybrid", "remote")
TEAM_COLOURS = (
    *("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fern", "Garnet", "Heather", "Indigo", "Jade"),
    *("Kelp", "Lilac", "Maple", "Nectar", "Ochre", "Pearl", "Quartz", "Rowan", "Slate", "Teal"),
)

_LETTERS = str.maketrans({"Ł": "L", "ł": "l", "ø": "o", "ß": "ss"})


def plain(name: str) -> str:
    """Return a name as it stands in an address: ASCII, lower case.

    >>> plain("Łukasz Nordström")
    'lukasz.nordstrom'
    """
    decomposed = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    letters = decomposed.encode("ascii", "ignore").decode("ascii")
    return letters.lower().replace(" ", ".")
