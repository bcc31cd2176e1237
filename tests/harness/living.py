"""A warehouse in memory that lives: builds follow one another and compute what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from tests.harness.models import Insertion, Model
from tests.harness.project import Project, compiled_project
from tests.harness.raw import RawTables
from tests.harness.warehouse import Warehouse

LOG = "int_builds"
"""The model that is only added to, and says whether a build computes everything."""

CHANGED = {
    "builds": "select max(build) from intermediate.int_builds",
    "events": "select event_id from intermediate.int_changed_events",
    "dates": (
        "select date from intermediate.int_changed_dates"
        " where build = (select max(build) from intermediate.int_builds)"
    ),
    "weeks": "select week_start from intermediate.int_changed_weeks",
    "windows": "select week_start from intermediate.int_changed_windows",
    "next": (
        "select unnest([week_start, week_start + 7, week_start - 56])"
        " from intermediate.int_changed_windows"
    ),
}
"""What dbt's materialization `recomputed` replaces, by the name that a model gives it."""

OF_LAST_BUILD = frozenset({"int_built", "int_built_identities", "int_built_roster"})
"""What a build copies at its end, for the next one to compare with."""

OF_BUILDS = {
    "int_builds", "int_built", "int_built_tests", "int_changed_dates", "int_changed_events",
    "int_changed_weeks", "int_changed_windows",
}  # fmt: skip
"""Tables that speak of builds, and not of the company."""


class LivingWarehouse(Warehouse):
    """Builds as dbt would run them, one after the other, on raw tables that change between them."""

    def __init__(self, project: Project, names: Iterable[str]) -> None:
        super().__init__(project, names)
        run = self._connection.execute
        run("create schema scratch")
        self._insertions_in_part: dict[str, Insertion] = {}
        for model in self._tables:
            if model.partial_code == model.code:
                continue
            into = model.relation if model.key is None else f"scratch.{model.name}"
            if model.key is not None:
                run(f"create table {into} as from {model.relation} limit 0")
            self._insertions_in_part[model.name] = Insertion(
                self._connection, model, into, in_part=True
            )

    def begin_anew(self) -> None:
        """Forget everything."""
        for model in self._tables:
            self._connection.execute("truncate " + model.relation)

    def live(self, raw: RawTables, dies_after: int | None = None) -> None:
        """Build once more, from what `raw` holds now; or die after so many models."""
        self.fill(raw)
        is_whole = True
        for model in self._tables[:dies_after]:
            if model.name == LOG:
                self._insertions_in_part[model.name].run()
                is_whole = self.is_whole
            elif is_whole:
                self._connection.execute("truncate " + model.relation)
                self._insertions[model.name].run()
            else:
                self._build_in_part(model)

    @property
    def is_whole(self) -> bool:
        """Whether the newest build computes everything."""
        newest = "select arg_max(is_whole, build) from intermediate.int_builds"
        return self._connection.execute(newest).fetchall()[0][0]

    def _build_in_part(self, model: Model) -> None:
        run = self._connection.execute
        insertion = self._insertions_in_part.get(model.name)
        if insertion is None:
            run("truncate " + model.relation)
            self._insertions[model.name].run()
        elif model.key is None:
            run("truncate " + model.relation)
            insertion.run()
        else:
            changed = CHANGED[model.recomputes or ""]
            run("truncate scratch." + model.name)
            insertion.run()
            run(" ".join(["delete from", model.relation, "where", model.key, "in (", changed, ")"]))
            run(f"insert into {model.relation} from scratch.{model.name}")


@cache
def living_and_whole() -> tuple[LivingWarehouse, Warehouse]:
    """A warehouse that lives and one that builds everything, with the models that make it so.

    These are the models of which builds compute a part, and what they need. Whatever is made of
    them alone is made in the same way in both.
    """
    project = compiled_project()
    in_part = frozenset(model.name for model in project.models if model.recomputes)
    names = {model.name for model in project.models_for(in_part)} | OF_LAST_BUILD
    kept = replace(
        project,
        models=tuple(
            replace(model, needs=model.needs & names)
            for model in project.models
            if model.name in names
        ),
    )
    return LivingWarehouse(kept, names), Warehouse(kept, names)
