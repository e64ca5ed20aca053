"""The gates of a stage in one project: what the journal's signatures allow, and who passed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.core.evidence import gates
from phaseline.errors import Fault
from phaseline.files import journal, signing

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.files.project.project import Project
    from phaseline.flows.environment import Environment
    from phaseline.flows.stages.reading import Reading


def gate_faults(
    project: Project, environment: Environment, reading: Reading, stage: str
) -> list[Fault]:
    """Return why the stage may not be applied here yet."""
    signatures = signatures_of(project.folder)
    before = [one.name for one in project.blueprint.upto(stage)][:-1]
    absent = [name for name in before if name not in reading.actual.markers]
    if absent:
        message = f"stage '{stage}' waits: stage '{absent[0]}' is not applied in this database"
        hint = f"Run: phaseline apply {absent[0]} --env {environment.name}"
        return [Fault("E002", message, None, hint)]
    predecessors = [(name, project.input_hash(name)) for name in before]
    faults = list(gates.evaluate(stage, environment.name, predecessors, signatures.here))
    if environment.kind == "production":
        input_hash = project.input_hash(stage)
        dangerous = reading.desired.dangerous
        faults += gates.check_production(
            stage, input_hash, signatures.here, signatures.testing, dangerous
        )
    return faults


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures of a project's journal, and which environments are for testing."""

    here: tuple[gates.Signature, ...]
    testing: frozenset[str]


def signatures_of(folder: Path) -> Signatures:
    """Return every signature of the journal that holds."""
    found = []
    testing = set()
    for entry in journal.read(folder):
        body = entry.payload
        if entry.kind != "sign" or not signing.holds(body) or body["environment"] != entry.env:
            continue
        if body.get("environment_kind") == "testing":  # a sandbox is one person's rehearsal
            testing.add(entry.env)
        found.append(
            gates.Signature(
                body["stage"], entry.env, body["input_hash"], body["person"], entry.time
            )
        )
    return Signatures(tuple(found), frozenset(testing))


def note_override(project: Project, env: str, stage: str, reason: str, gates: list[Fault]) -> None:
    """Write into the journal that somebody passed a gate, and why."""
    payload = {"stage": stage, "reason": reason, "faults": [fault.message for fault in gates]}
    journal.append(project.folder, "override", env, payload)
