"""Invented names, and what a company of any trade is made of."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Site:
    """A place of work: its name, its time zone, and the share of the people who work there."""

    name: str
    zone: str
    share: float


ORGANISATION = "Lantern Works"
ORGANISATION_ZONE = "Europe/Warsaw"
DOMAIN = "example.org"
SITES = (
    Site("Riverside", "Europe/Warsaw", 0.45),
    Site("Harbour", "Europe/Lisbon", 0.25),
    Site("Old Mill", "America/New_York", 0.18),
    Site("Terrace", "Asia/Kolkata", 0.12),
)
WORK_MODES = {"office": 0.35, "hybrid": 0.45, "remote": 0.20}
TEAM_COLOURS = (
    *("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fern", "Garnet", "Heather", "Indigo", "Jade"),
    *("Kelp", "Lilac", "Maple", "Nectar", "Ochre", "Pearl", "Quartz", "Rowan", "Slate", "Teal"),
)


# What people write in chats. Harmless, short, and read by nobody: only whom a text mentions,
# whether it asks and how long it is, is ever kept.
STATEMENTS = (
    *("Done, it is in the usual place.", "Thanks, that helps a lot.", "I will look after lunch."),
    *("The parts have arrived.", "Moved it to Thursday.", "Works on my side now."),
    *("Here is the draft, two pages.", "Good point, I had missed that.", "All green since noon."),
    *("Let us try the smaller lens first.", "Notes are in the folder.", "Count me in."),
)
QUESTIONS = (
    *("Has anybody seen the new template?", "Who knows how this is calibrated?"),
    *("Can we move it to Thursday?", "Is the second sample ready?"),
    *("Does this look right to you?", "Which version do we ship?"),
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
