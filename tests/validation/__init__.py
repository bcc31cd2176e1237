"""Effects of programmes in companies whose truth is known: what `make validate` runs.

Companies are simulated by seed, each with one programme whose effect is planted, and built by dbt's
compiled SQL in memory. What the marts say is held against the truth, beside what a comparison of
before and after would say.
"""
