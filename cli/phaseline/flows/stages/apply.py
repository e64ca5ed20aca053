"""Apply: plan again under the lock, refuse what must be refused, then make every change once."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.evidence.events import interrupted
from phaseline.core.plan import limits
from phaseline.core.plan.baseline import snapshot
from phaseline.core.plan.batches import next_batch
from phaseline.core.plan.comparison import show
from phaseline.core.plan.operations import CallMethod
from phaseline.core.plan.results import ApplyResult
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import Environment, connect, full_name
from phaseline.flows.stages.execute import Site, execute, in_words
from phaseline.flows.stages.gates import gate_faults, note_override
from phaseline.flows.stages.plan import call_counts, make
from phaseline.odoo import lock
from phaseline.odoo.stages import markers
from phaseline.odoo.stages.writer import Writer, writing
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from phaseline.core.plan.model import Plan
    from phaseline.core.plan.operations import Operation
    from phaseline.flows.stages.reading import Reading
    from phaseline.progress import Progress

SHORTEST = 8  # digits of a fingerprint that are enough to know it by
ATTEMPTS = {"call": 1, "install": 1}


@dataclass(frozen=True, slots=True)
class Permission:
    """What the caller allows beyond the usual."""

    fingerprint: str | None = None
    max_changes: int | None = None
    overwrite: Collection[str] = field(default_factory=frozenset)
    override: str | None = None
    max_destroy: int | None = None
    confirm: str | None = None


def run(
    project_dir: Path, stage: str, env: str, permission: Permission, progress: Progress = SILENT
) -> ApplyResult:
    """Apply a stage and return what was done; doing nothing writes nothing."""
    started = time.monotonic()
    env = full_name(project_dir, env)
    project = open_project(project_dir)
    name = project.stage(stage).name
    with connect(project_dir, env) as environment:
        result = apply_in(project, environment, name, permission, progress)
        result = replace(result, seconds=round(time.monotonic() - started, 3))
        if result.applied:
            journal.append(project_dir, "apply", env, result.entry(name))
    return result


def apply_in(
    project: Project,
    environment: Environment,
    stage: str,
    permission: Permission,
    progress: Progress = SILENT,
) -> ApplyResult:
    """Apply a stage in an open environment; without changes Odoo is only read."""
    reading = make(project, environment, (stage,))
    gates = refuse(project, environment, reading, permission, stage)
    actual = reading.actual
    unmarked = stage not in actual.markers or stage in actual.nameless
    unknown = reading.plan.lost or unmarked or was_interrupted(project, environment.name, stage)
    applied = unknown or bool(reading.plan.changes)
    if applied:
        if gates and permission.override:
            note_override(project, environment.name, stage, permission.override, gates)
        for one in actual.foreign:
            progress.step(str(one))
        owner = f"apply {stage}"
        with lock.hold(environment.port, owner, identity=actual.identity) as held:
            _Apply(project, environment, stage, held, permission, progress).all()
    calls = call_counts(environment)
    return ApplyResult(environment.name, reading.plan, actual.foreign, calls, applied)


def was_interrupted(project: Project, env: str, stage: str) -> bool:
    """Return whether the last apply may have ended between its last change and its marker."""
    events = [one for one in journal.read(project.folder) if one.env == env]
    return interrupted(events, stage)


def refuse(
    project: Project, environment: Environment, reading: Reading, allowed: Permission, stage: str
) -> list[Fault]:
    """Raise every reason why this plan must not be applied; return the gates an override passes."""
    project.data.require_unchanged("E001", f"the plan of stage '{stage}'")
    plan = reading.plan
    faults = list(check_limits(plan, environment, allowed))
    reviewed = allowed.fingerprint
    if reviewed is not None and not plan.fingerprint.startswith(reviewed[:64].ljust(SHORTEST)):
        message = f"the plan is now {plan.fingerprint[:12]}, not {reviewed[:12]}"
        hint = f"Read it again: phaseline plan {stage} --env {environment.name}"
        faults.append(Fault("E001", message, None, hint))
    faults += reading.lost_refs()
    gates = gate_faults(project, environment, reading, stage)
    if faults or (gates and not allowed.override):
        raise PhaselineError(*gates, *faults)
    return gates


def check_limits(plan: Plan, environment: Environment, allowed: Permission) -> Iterator[Fault]:
    """Yield what is too much; on production each deletion is, until it is counted and confirmed."""
    most, name = allowed.max_destroy, environment.name
    if most is None and environment.kind == "production":
        most = 0
    yield from limits.check(plan, allowed.max_changes, allowed.overwrite, most)
    gone = plan.counts["delete"]
    if gone and environment.kind == "production" and allowed.confirm != name:
        message = f"{gone} records of '{name}' would be deleted and nobody confirmed it"
        yield Fault("C011", message, None, f"Add: --confirm {name}")


@dataclass
class _Apply:
    """One apply under the lock."""

    project: Project
    environment: Environment
    stage: str
    held: lock.Lock
    permission: Permission
    progress: Progress
    written: Counter[tuple[str, str]] = field(default_factory=Counter)

    def all(self) -> None:
        """Make every change, reading again after each step, until nothing differs."""
        reading = make(self.project, self.environment, (self.stage,))
        refuse(self.project, self.environment, reading, self.permission, self.stage)
        plan = reading.plan
        start: dict[str, Any] = {
            "stage": self.stage,
            "fingerprint": plan.fingerprint,
            "counts": plan.counts,
        }
        start["input_hash"] = plan.input_hash
        journal.append(self.project.folder, "apply_started", self.environment.name, start)
        with writing(self.environment.port) as writer:
            while reading.plan.changes:
                reading = self.step(writer, reading)
        finish = {**start, "artifact": self.remember(reading)}
        journal.append(self.project.folder, "apply_finished", self.environment.name, finish)

    def step(self, writer: Writer, reading: Reading) -> Reading:
        """Execute the next batch and read what is left; at the end everything is read again."""
        batch = next_batch(reading.plan, reading.desired)
        if not batch:
            raise PhaselineError(*(stuck(one) for one in reading.plan.changes[:1]))
        self.refuse_endless(batch)
        self.held.renew()
        self.progress.step(in_words(batch, len(reading.plan.changes)))
        execute(batch, Site(self.environment, writer, reading.desired, reading.actual))
        others = {one.ref for one in reading.plan.changes} - {one.ref for one in batch}
        if others:
            reading = make(self.project, self.environment, (self.stage,), others)
            if reading.plan.changes:
                return reading
        return make(self.project, self.environment, (self.stage,))

    def refuse_endless(self, batch: Sequence[Operation]) -> None:
        """Raise for what was made before in this run and is wanted again: Odoo did not keep it."""
        faults = []
        for operation in batch:
            names = [one.name for one in operation.fields if not one.initial] or [""]
            for name in names:
                self.written[operation.ref, name] += 1
                if self.written[operation.ref, name] > ATTEMPTS.get(operation.kind, 2):
                    faults.append(not_kept(operation, name))
        if faults:
            raise PhaselineError(*faults)

    def remember(self, reading: Reading) -> str:
        """Keep the values as they are now, and mark the database with their hash."""
        values = snapshot(reading.desired, reading.actual)
        body = {"stage": self.stage, "values": values, "input_hash": reading.plan.input_hash}
        artifact = journal.store(self.project.folder, body)
        markers.write(self.environment.port, self.stage, artifact, reading.actual.identity)
        return artifact


def not_kept(operation: Operation, name: str) -> Fault:
    """Return the fault of an operation that was made and is not there."""
    if isinstance(operation, CallMethod):
        message = f"{operation.ref}: {operation.reason} was called and its 'until' does not hold"
        return Fault("E006", message, operation.place, "Correct the 'until', or read Odoo's log.")
    for one in operation.fields:
        if one.name == name:
            message = f"{operation.ref}: Odoo has {show(one.old)!r} in {name} after we wrote it"
            hint = f"Odoo computes or rounds it; wanted was {show(one.new)!r}."
            return Fault("E005", message, one.place, hint)
    message = f"{operation.ref}: {operation.reason} again after it was made"
    return Fault("E005", message, operation.place)


def stuck(operation: Operation) -> Fault:
    """Return the fault of a record that nothing before it brought."""
    message = f"{operation.ref}: no {operation.model} matches though all changes before it are made"
    hint = "Correct the 'adopt' search, or the order: say in 'needs' what brings the record."
    return Fault("B024", message, operation.place, hint)
