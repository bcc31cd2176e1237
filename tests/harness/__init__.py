"""Runs dbt's own compiled SQL in memory, on companies that are made up in a few lines.

`project` compiles the dbt project once, `warehouse` runs what was compiled, `company` says what
was exported, `comparison` sets the result beside the plain-Python reading in `tests/reference`,
`companies` draws random companies. Tests live in `tests/unit`, not here.
"""
