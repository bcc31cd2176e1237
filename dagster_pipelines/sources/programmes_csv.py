"""Lists of programmes for learning in CSV: which there are, of which type, from when to when.

A programme's name is the company's own word for something that is no person, and is kept as text.
"""

from __future__ import annotations

from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.csv_tables import Shape
from dagster_pipelines.sources.programme_words import PROGRAMME_TYPES, as_they_are

FORMAT = "programmes_csv"
TABLE = "programmes_csv_rows"
TABLES = {
    TABLE: "Rows of lists of programmes for learning: type, name, first and last day. No people."
}
KIND = "csv"
IS_REGISTER = True

PROGRAMME_ID = Column("programme_id", Kind.KEY, "programme_id", is_needed=True, is_shared=True)
"""A keyed hash that is the same in all sources."""

SHAPE = Shape(
    table=TABLE,
    columns=(
        PROGRAMME_ID,
        Column(
            "type",
            Kind.WORD,
            "programme_type",
            is_needed=True,
            words=as_they_are(PROGRAMME_TYPES),
            reason="unknown_programme_type",
        ),
        Column("name", Kind.LABEL, "label"),
        Column("starts_on", Kind.DATE, "starts_on"),
        Column("ends_on", Kind.DATE, "ends_on"),
    ),
    known_by=("programme_id",),
    period=("starts_on", "ends_on"),
)

open_file = SHAPE.open_file
batches = SHAPE.batches
listen = SHAPE.listen
load_parameters = SHAPE.load_parameters
