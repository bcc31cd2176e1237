"""Kudos in CSV: who thanked whom, and when. What for, and for how many points, is never read.

Several receivers are several rows of one `recognition_id`, or several identifiers in one cell.
"""

from __future__ import annotations

import pyarrow as pa

from dagster_pipelines.sources import gifts
from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.csv_tables import Shape
from dagster_pipelines.vault import Vault

FORMAT = "recognition_csv"
TABLE = "recognition_csv_rows"
TABLES = {TABLE: "Rows of files of kudos: who thanked whom, and when. No text, no points."}
KIND = "csv"
IS_REGISTER = False


def _with_event_ids(rows: pa.Table, vault: Vault) -> pa.Table:
    del vault
    return gifts.with_event_ids(rows, "recognition")


SHAPE = Shape(
    table=TABLE,
    columns=(
        Column("recognition_id", Kind.KEY, gifts.OWN),
        Column("giver", Kind.IDENTIFIER, gifts.GIVER, is_needed=True),
        gifts.RECEIVER_COLUMN,
        gifts.GIVEN_AT_COLUMN,
    ),
    known_by=gifts.KNOWN_BY,
    finished=_with_event_ids,
)

open_file = SHAPE.open_file
batches = SHAPE.batches
listen = SHAPE.listen
load_parameters = SHAPE.load_parameters
