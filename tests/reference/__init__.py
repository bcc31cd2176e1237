"""A second, independent reading of docs/metrics.md in plain Python.

It shares no line with the SQL models, so that the two can be compared cell for cell. It uses the
standard library, networkx for what the page defines by networkx's functions, and scipy for
Student's t. It is written to be checked against the page sentence by sentence, not to be fast.
`reading.read_company` is the way in.
"""
