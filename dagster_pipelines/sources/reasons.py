"""Why a record was not loaded: one short word for each reason, with a sentence.

The words stand in `raw.quarantine`, in receipts and in reports; a new one is added here, but for
those of archives and of JSON, which stand beside what they are about.
"""

from __future__ import annotations

from dagster_pipelines.sources import archive_reasons, json_records

TOO_FEW_FIELDS = "too_few_fields"
TOO_MANY_FIELDS = "too_many_fields"
UNTERMINATED_QUOTE = "unterminated_quote"
TEXT_AFTER_QUOTE = "text_after_quote"
BAD_ENCODING = "bad_encoding"
NUL_BYTE = "nul_byte"
FIELD_TOO_LONG = "field_too_long"
BAD_IDENTIFIER = "bad_identifier"
EMPTY_FIELD = "empty_field"
BAD_LABEL = "bad_label"
IN_THE_FUTURE = "in_the_future"
BAD_MINUTES = "bad_minutes"
BAD_NUMBER = "bad_number"
BAD_FLAG = "bad_flag"
ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"

SENTENCES = {
    **archive_reasons.SENTENCES,
    **json_records.SENTENCES,
    # of any CSV file
    TOO_FEW_FIELDS: "The record has fewer fields than the header.",
    TOO_MANY_FIELDS: "The record has more fields than the header.",
    UNTERMINATED_QUOTE: "A quote is opened and never closed; reading goes on with the next line.",
    TEXT_AFTER_QUOTE: "Text follows a closing quote within one field.",
    BAD_ENCODING: "The record holds bytes that are not text in the declared encoding.",
    NUL_BYTE: "The record holds a zero byte.",
    FIELD_TOO_LONG: "A field that is needed is longer than 1 MB.",
    BAD_IDENTIFIER: "An identifier holds a line break or another control character.",
    # of formats whose columns are declared
    EMPTY_FIELD: "A field that every record needs is empty.",
    BAD_LABEL: "A name holds a line break or another control character.",
    BAD_NUMBER: "A field is not a whole number of zero or more.",
    BAD_FLAG: "A field that says yes or no is none of true, false, yes, no, 1 and 0.",
    ENDS_BEFORE_IT_BEGINS: "The last day lies before the first.",
    # of interactions
    "empty_source": "The record does not say who acted.",
    "bad_time": "The time is missing, does not exist, or is not written as declared.",
    "nonexistent_local_time": "The clocks of the zone skipped this local time.",
    "ambiguous_local_time": "The clocks of the zone showed this local time twice.",
    "before_1990": "The time lies before 1990.",
    IN_THE_FUTURE: "The time lies after the day of the run.",
    BAD_MINUTES: "The minutes are not a number of zero or more.",
    "bad_mutual": "`mutual` is none of true, false, yes, no, 1 and 0.",
    # of programmes, enrolments and sessions
    "unknown_programme_type": "The programme's type is none that docs/metrics.md lists.",
    "unknown_session_kind": "The session's kind is none that the README lists.",
    "unknown_role": "The role is none that the README lists.",
    "unknown_status": "The session's status is none that the README lists.",
    # of chat exports and question sites
    "bad_id": "The record has no id, or holds one that its system does not write.",
    "no_author": "The message does not say who wrote it.",
    "bad_post_type": "The post does not say of which kind it is.",
    "no_question": "The answer does not say which question it answers.",
    # of rosters
    "empty_person_id": "The row does not say whom it is about.",
    "bad_date": "A date does not exist or is not written as declared.",
    "empty_snapshot_date": "The row of a snapshot does not say of which day it is.",
    "unknown_grade": "The grade is none of the declared ones.",
    "bad_job_level": "The job level is not a number, and no order of grades is declared.",
}
