"""Status: how far each stage is in an environment, from the journal alone; Odoo is not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import known_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MARKS = {"planned": "plan", "applied": "apply_finished", "verified": "verify", "signed": "sign"}


def run(project_dir: Path, env: str) -> dict[str, Any]:
    """Return each stage's last plan, apply, verdict and signature, and whether they still hold."""
    project = open_project(project_dir)
    told = journal.read(project_dir)
    env = known_name(project_dir, env, (entry.env for entry in told))
    entries = [entry for entry in told if entry.env == env]
    stages = [stage_status(project, stage.name, entries) for stage in project.blueprint.stages]
    return {"environment": env, "stages": stages}


def stage_status(project: Project, stage: str, entries: Iterable[journal.Entry]) -> dict[str, Any]:
    """Return one stage's line."""
    try:
        input_hash = project.input_hash(stage)
        unanswered = 0
    except PhaselineError as error:
        input_hash = ""
        unanswered = len(error.faults)
    about = [entry for entry in entries if entry.payload.get("stage") == stage]
    line: dict[str, Any] = {"stage": stage, "input_hash": input_hash, "faults": unanswered}
    for mark, kind in MARKS.items():
        found = [entry for entry in about if entry.kind == kind]
        line[mark] = describe(found[-1], input_hash) if found else None
    started = [entry.seq for entry in about if entry.kind == "apply_started"]
    finished = [entry.seq for entry in about if entry.kind == "apply_finished"]
    if foreign := left_behind(about):
        line["foreign"] = foreign
    line["unfinished"] = bool(started) and (not finished or started[-1] > finished[-1])
    return line


def left_behind(about: Iterable[journal.Entry]) -> list[dict[str, Any]]:
    """Return what the last plan found of another database, unless an apply replaced it since."""
    found: list[dict[str, Any]] = []
    for entry in about:
        if entry.kind in {"plan", "apply_finished"}:
            found = list(entry.payload.get("foreign", ()))
    return found


def describe(entry: journal.Entry, input_hash: str) -> dict[str, Any]:
    """Return what a status line says of one entry; `current` is false when the input moved."""
    payload = entry.payload
    return {
        "seq": entry.seq,
        "time": entry.time,
        "who": payload.get("person", entry.who),
        "verdict": payload.get("verdict"),
        "current": payload.get("input_hash") == input_hash,
    }
