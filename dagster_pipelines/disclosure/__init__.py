"""The audit of disclosure: whether a candidate gives anybody away.

Here belongs what can be worked out from published cells. It shares no code with what decides which
are withheld (`dbt_project/models/disclosure`), and says so when that was not enough.
"""

from dagster_pipelines.disclosure.audit import audit_disclosure

__all__ = ["audit_disclosure"]
