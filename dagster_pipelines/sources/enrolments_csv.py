"""Lists of enrolments in CSV: who takes part in which programme, as what, with whom."""

from __future__ import annotations

from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.csv_tables import Shape
from dagster_pipelines.sources.programme_words import ROLES, as_they_are
from dagster_pipelines.sources.programmes_csv import PROGRAMME_ID

FORMAT = "enrolments_csv"
TABLE = "enrolments_csv_rows"
TABLES = {
    TABLE: "Rows of lists of enrolments: who takes part in which programme, as what, with whom."
}
KIND = "csv"
IS_REGISTER = True

SHAPE = Shape(
    table=TABLE,
    columns=(
        PROGRAMME_ID,
        Column("person", Kind.IDENTIFIER, "person_identifier_id", is_needed=True),
        Column(
            "role",
            Kind.WORD,
            "role",
            otherwise="participant",
            words=as_they_are(ROLES),
            reason="unknown_role",
        ),
        Column("partner", Kind.IDENTIFIER, "partner_identifier_id"),
        Column("starts_on", Kind.DATE, "starts_on", is_needed=True),
        Column("ends_on", Kind.DATE, "ends_on"),
        Column("planned_sessions", Kind.WHOLE_NUMBER, "planned_sessions"),
    ),
    known_by=("programme_id", "person_identifier_id", "role", "starts_on"),
    period=("starts_on", "ends_on"),
)

open_file = SHAPE.open_file
batches = SHAPE.batches
listen = SHAPE.listen
load_parameters = SHAPE.load_parameters
