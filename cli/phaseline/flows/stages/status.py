"""Status: how far each stage is in an environment, from the journal alone; Odoo is not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.core.evidence.events import interrupted, last
from phaseline.core.evidence.results import LastStep, StageState, StatusResult
from phaseline.core.identity import ForeignRecord
from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import known_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from phaseline.core.evidence.events import Event


def run(project_dir: Path, env: str) -> StatusResult:
    """Return each stage's last plan, apply, verdict and signature, and whether they still hold."""
    project = open_project(project_dir)
    events = journal.read(project_dir)
    env = known_name(project_dir, env, (event.env for event in events))
    here = [event for event in events if event.env == env]
    stages = tuple(stage_state(project, stage.name, here) for stage in project.blueprint.stages)
    return StatusResult(env, stages)


def stage_state(project: Project, stage: str, events: Sequence[Event]) -> StageState:
    """Return how far one stage is."""
    try:
        input_hash = project.input_hash(stage)
        unanswered = 0
    except PhaselineError as error:
        input_hash = ""
        unanswered = len(error.faults)
    about = [event for event in events if event.stage == stage]
    return StageState(
        stage=stage,
        input_hash=input_hash,
        faults=unanswered,
        planned=last_step(about, "plan", input_hash),
        applied=last_step(about, "apply_finished", input_hash),
        verified=last_step(about, "verify", input_hash),
        signed=last_step(about, "sign", input_hash),
        unfinished=interrupted(about, stage),
        foreign=left_behind(about),
    )


def left_behind(about: Sequence[Event]) -> tuple[ForeignRecord, ...]:
    """Return what the last plan found of another database, unless an apply replaced it since."""
    found: tuple[ForeignRecord, ...] = ()
    for event in about:
        if event.kind in {"plan", "apply_finished"}:
            found = tuple(map(ForeignRecord.parse, event.payload.get("foreign", ())))
    return found


def last_step(about: Sequence[Event], kind: str, input_hash: str) -> LastStep | None:
    """Return the last event of a kind as a step, None when there is none."""
    event = last(about, kind)
    if event is None:
        return None
    payload = event.payload
    return LastStep(
        seq=event.seq,
        time=event.time,
        who=payload.get("person", event.who),
        verdict=payload.get("verdict"),
        current=payload.get("input_hash") == input_hash,
    )
