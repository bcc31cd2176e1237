"""Restating: what a publication may say of what was published before (docs/disclosure.md).

Two publications can be compared. A cell that was published is stated anew only when enough people
have changed with it, and when nothing about a few of them follows from all that is; else it stays.
Here belongs what is remembered of publications, and what by it stays. Which cells are withheld at
all belongs to dbt; whether that holds, to the audit (`disclosure`).
"""
