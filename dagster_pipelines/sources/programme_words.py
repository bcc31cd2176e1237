"""The words that programmes for learning are described with: their types, roles, sessions.

Here belong the words that a file may use, and what they mean; docs/metrics.md, section 9, has the
types.
"""

from __future__ import annotations

from collections.abc import Mapping

PROGRAMME_TYPES = (
    "buddy",
    "mentoring",
    "newcomer_community",
    "cross_team_project",
    "job_shadowing",
    "internship",
    "mobility",
    "learning_lunch",
    "pairing",
    "community_of_practice",
    "training",
    "peer_feedback",
    "reflection",
    "recognition",
)

LEADING_ROLES = ("host", "speaker", "mentor", "buddy", "coach", "trainer", "facilitator")
"""Who has led a session: the host, by whatever name, and who speaks."""

OTHER_ROLES = ("participant", "guest", "mentee", "newcomer", "learner", "attendee")

ROLES = (*LEADING_ROLES, *OTHER_ROLES)

CHANNELS_OF_SESSIONS: Mapping[str, str] = {
    # of a host and guests
    **dict.fromkeys(
        ("mentor", "mentoring", "buddy", "coach", "coaching", "shadowing", "job_shadowing"),
        "mentoring",
    ),
    # of all who are present
    **dict.fromkeys(
        (
            *("learning_lunch", "community_meeting", "newcomer_community"),
            *("community_of_practice", "training", "reflection", "reflection_round", "pairing"),
        ),
        "learning_session",
    ),
}
"""From each kind of session to its channel (docs/metrics.md, section 2)."""

HELD = "held"

STATUS: Mapping[str, str] = {
    **dict.fromkeys(("held", "completed", "done"), HELD),
    **dict.fromkeys(("cancelled", "canceled", "missed", "no_show"), "cancelled"),
    **dict.fromkeys(("planned", "scheduled"), "planned"),
}
"""From each status of a session to the one that counts, or the rule that leaves it out."""


def as_they_are(words: tuple[str, ...]) -> Mapping[str, str]:
    """Return words that mean what they say."""
    return dict(zip(words, words, strict=True))
