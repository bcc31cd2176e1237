"""The channels, and the columns that each format in CSV may have, by our names."""

from __future__ import annotations

# The channels of docs/metrics.md, section 2. A generic interaction file may use any of them; one
# that is none of them counts as `pair`.
CHANNELS = (
    "email",
    "meeting",
    "call",
    "chat_direct",
    "chat_thread",
    "reaction",
    "code_review",
    "coauthoring",
    "answer",
    "recognition",
    "feedback",
    "mentoring",
    "learning_session",
    "contact",
    "pair",
)

ROSTER_COLUMNS = (
    "person_id",
    "email",
    "alternate_ids",
    "manager_id",
    "team",
    "department",
    "discipline",
    "location",
    "work_mode",
    "job_level",
    "hired_on",
    "left_on",
    "valid_from",
    "valid_to",
    "snapshot_date",
)

INTERACTION_COLUMNS = (
    "source",
    "target",
    "occurred_at",
    "event_id",
    "channel",
    "minutes",
    "mutual",
    "space",
)

RECOGNITION_COLUMNS = ("recognition_id", "giver", "receiver", "given_at")

FEEDBACK_COLUMNS = ("feedback_id", "giver", "receiver", "given_at", "anonymous")

PROGRAMME_COLUMNS = ("programme_id", "type", "name", "starts_on", "ends_on")

ENROLMENT_COLUMNS = (
    "programme_id",
    "person",
    "role",
    "partner",
    "starts_on",
    "ends_on",
    "planned_sessions",
)

SESSION_COLUMNS = (
    "session_id",
    "programme_id",
    "kind",
    "started_at",
    "minutes",
    "person",
    "role",
    "present",
    "status",
)

IDENTITY_COLUMNS = ("person_id", "identifier")
