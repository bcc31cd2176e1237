"""A second, independent reading of docs/metrics.md in plain Python.

It shares no line with the SQL models and uses only the standard library, so that the
two can be compared cell for cell. It is written to be checked against the page sentence
by sentence, not to be fast. `reading.read_company` is the way in.
"""
