"""docs/metrics.md, section 9: what programmes change, by matched controls.

`rows.effect_rows` is the way in. There are two designs: `changes` for people who have a before, and
`newcomers` for people who have none.
"""
