"""Plan: read what is, compare with what should be, say what would change, and record it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint import order, privileges
from phaseline.core.blueprint.desired import resolve
from phaseline.core.plan import diff
from phaseline.core.plan.baseline import Baseline
from phaseline.core.plan.results import PlanResult
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files import journal
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import Environment, connect, full_name
from phaseline.flows.stages.gates import gate_faults
from phaseline.flows.stages.reading import Reading
from phaseline.odoo.stages import reader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from phaseline.core.plan.actual import Actual


def run(project_dir: Path, stage: str | None, env: str) -> PlanResult:
    """Return the plan of a stage, or of all stages, and record it in the journal."""
    started = time.monotonic()
    env = full_name(project_dir, env)
    project = open_project(project_dir)
    names = stage_names(project, stage)
    with connect(project_dir, env) as environment:
        reading = make(project, environment, names)
        calls = call_counts(environment)
        faults = gate_faults(project, environment, reading, names[0]) if stage else []
    seconds = round(time.monotonic() - started, 3)
    foreign = reading.actual.foreign
    result = PlanResult(env, reading.plan, foreign, calls, tuple(faults), seconds)
    for name in names:
        journal.append(project_dir, "plan", env, result.entry(name, project.input_hash(name)))
    return result


def call_counts(environment: Environment) -> dict[str, int]:
    """Return how many calls went to each model so far."""
    return dict(sorted(environment.port.calls.items()))


def stage_names(project: Project, stage: str | None) -> tuple[str, ...]:
    """Return the name of one stage, or of every stage."""
    if stage is not None:
        return (project.stage(stage).name,)
    return tuple(one.name for one in project.blueprint.stages)


def make(
    project: Project,
    environment: Environment,
    names: tuple[str, ...],
    only: Collection[str] | None = None,
) -> Reading:
    """Return the plan of some stages against an environment, or the part of it about some refs."""
    tenant = project.tenant(names[-1])
    upto = project.blueprint.upto(names[-1])
    everything = resolve(upto, tenant)
    known = frozenset(record.ref for record in everything.records)
    wanted = resolve([one for one in upto if one.name in names], tenant)
    wanted = wanted if only is None else wanted.part(only)
    bound, actual = reader.read(environment.port, wanted, known, environment.name)
    refuse_series(project, actual.series)
    if late := tuple(privileges.check(bound.records, {})):  # lines, whose model only Odoo knows
        raise PhaselineError(*late)
    arranged = replace(bound, records=order.arrange(bound.records))
    baseline = last_values(project.folder, actual, names)
    plan = diff.compare(arranged, actual, known, names, baseline)
    hashes = [project.input_hash(name) for name in names]
    plan = replace(plan, input_hash=hashes[-1])
    records = [one for one in everything.records if one.call is None and one.stage not in names]
    return Reading(plan, arranged, actual, frozenset(one.ref for one in records))


def refuse_series(project: Project, series: str) -> None:
    """Raise when the blueprint was written for another series than the one that is there."""
    blueprint = project.blueprint
    if series not in {"", blueprint.odoo}:
        message = f"blueprint '{blueprint.name}' is for Odoo {blueprint.odoo}, this is {series}"
        hint = "Take a blueprint of its series, or upgrade this Odoo."
        place = Place(f"blueprints/{blueprint.name}/blueprint.yml")
        raise PhaselineError(Fault("B026", message, place, hint))


def last_values(folder: Path, actual: Actual, names: tuple[str, ...]) -> Baseline:
    """Return the values our last applies left in this very database.

    A database with the mark of an apply that this journal does not know, or that was made in
    another database, gives no values.
    """
    found: dict[str, Mapping[str, Any]] = {}
    lost = any(one.kind == "marker" and one.subject in names for one in actual.foreign)
    for name in names:
        if name in actual.markers:
            artifact = journal.fetch(folder, actual.markers[name])
            lost = lost or artifact is None
            for ref, values in (artifact or {}).get("values", {}).items():
                found[ref] = {**found.get(ref, {}), **values}  # two stages share the settings
    return Baseline(found, lost)
