"""Drift: the plan's comparison as a report of who changed what in Odoo, and when."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from phaseline.core.plan.results import Difference, DriftResult, UnmanagedRecord
from phaseline.files.project.project import open_project
from phaseline.flows.environment import Environment, connect, full_name
from phaseline.flows.stages.plan import call_counts, make, stage_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from phaseline.core.plan.operations import Operation
    from phaseline.flows.stages.reading import Reading

SHOWN = 50


def run(project_dir: Path, stage: str | None, env: str) -> DriftResult:
    """Return what differs from the blueprint: changed, missing, not applied, and not ours."""
    started = time.monotonic()
    env = full_name(project_dir, env)
    project = open_project(project_dir)
    names = stage_names(project, stage)
    with connect(project_dir, env) as environment:
        reading = make(project, environment, names)
        authors = who_and_when(environment, reading.plan.changes)
        found = [
            Difference(one, *authors.get((one.model, one.record or 0), ("", "")))
            for one in reading.plan.changes
        ]
        unmanaged, cut = not_ours(environment, reading)
        return DriftResult(
            environment=env,
            stages=names,
            changed=tuple(one for one in found if one.present),
            missing=tuple(one for one in found if not one.present),
            unmanaged=unmanaged,
            cut=cut,
            unchanged=reading.plan.unchanged,
            foreign=reading.actual.foreign,
            calls=call_counts(environment),
            seconds=round(time.monotonic() - started, 3),
        )


def who_and_when(
    environment: Environment, operations: Iterable[Operation]
) -> dict[tuple[str, int], tuple[str, str]]:
    """Return who wrote each differing record last, a call a model."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for one in operations:
        if one.record is not None:
            wanted[one.model].append(one.record)
    found = {}
    for model, ids in wanted.items():
        fields = ["write_uid", "write_date"]
        for row in environment.port.call(model, "read", sorted(ids), fields=fields):
            who = row["write_uid"][1] if row["write_uid"] else ""
            found[model, row["id"]] = (who, row["write_date"])
    return found


def not_ours(
    environment: Environment, reading: Reading
) -> tuple[tuple[UnmanagedRecord, ...], tuple[str, ...]]:
    """Return records of our models that people made in Odoo, and the models that have more.

    We never touch them; of each model the first ones are told.
    """
    ours: dict[str, set[int]] = defaultdict(set)
    for model, one in reading.actual.ids.values():
        ours[model].add(one)
    models = {
        record.model
        for record in reading.desired.records
        if record.create and record.call is None and record.model in reading.actual.models
    }
    found: list[UnmanagedRecord] = []
    cut: list[str] = []
    robots = [1, environment.port.uid]
    for model in sorted(models):
        domain: list[Any] = [["create_uid", "!=", False], ["create_uid", "not in", robots]]
        domain.append(["id", "not in", sorted(ours[model])])
        fields = ["display_name", "create_uid", "create_date"]
        rows = environment.port.call(
            model, "search_read", domain=domain, fields=fields, limit=SHOWN + 1
        )
        if len(rows) > SHOWN:
            cut.append(model)
        found += [
            UnmanagedRecord(
                model=model,
                id=row["id"],
                name=row["display_name"],
                who=row["create_uid"][1] if row["create_uid"] else "",
                when=row["create_date"],
            )
            for row in rows[:SHOWN]
        ]
    return tuple(found), tuple(cut)
