"""tacit: the open warehouse for peer-to-peer learning.

The package loads collaboration exports into DuckDB (`sources`, `vault`, `landing`), runs the
dbt project, checks and publishes the result (`expectations`, `publication`), and exposes all of
it to Dagster (`defs`) and to the command line (`cli`).
"""

__version__ = "0.1.0"
