"""What Great Expectations looks at before anything is published, and how it is asked.

`suites` holds the expectations as plain data; `validation` puts them to a candidate. Both know
nothing of Dagster and dbt: `defs/checks.py` makes asset checks of them.
"""
