"""Identity files in CSV: which addresses, logins and accounts are whose.

They say more than a roster: whoever is named as a person by the roster's key has the identifiers of
the row, whatever rosters say of these. An identifier that is given to two people is nobody's.
"""

from __future__ import annotations

from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.csv_tables import Shape

FORMAT = "identities_csv"
TABLE = "identities_csv_rows"
TABLES = {TABLE: "Rows of identity files: who has which identifiers, as random numbers. No names."}
KIND = "csv"
IS_REGISTER = True

SHAPE = Shape(
    table=TABLE,
    columns=(
        Column("person_id", Kind.IDENTIFIER, "person_identifier_id", is_needed=True),
        Column("identifier", Kind.IDENTIFIERS, "identifier_ids", is_needed=True),
    ),
    known_by=("person_identifier_id", "identifier_ids"),
)

open_file = SHAPE.open_file
batches = SHAPE.batches
listen = SHAPE.listen
load_parameters = SHAPE.load_parameters
