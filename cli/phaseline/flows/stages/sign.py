"""Sign: bind a person, the time, the environment, the verdict and the hash of the input."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from phaseline.core.evidence.results import SignResult
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal, signing
from phaseline.files.paths import state_dir
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import full_name, kind_of

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.core.evidence.events import Event


def run(project_dir: Path, stage: str, env: str, person: str) -> SignResult:
    """Sign the last verdict on a stage; it must have passed on the input as it is now."""
    env = full_name(project_dir, env)
    project = open_project(project_dir)
    name = project.stage(stage).name
    verdict = last_verdict(project, name, env)
    unsigned = SignResult(
        stage=name,
        person=person,
        environment=env,
        environment_kind=kind_of(project_dir, env),
        input_hash=verdict.payload["input_hash"],
        verdict=verdict.payload["verdict"],
        verdict_seq=verdict.seq,
        verdict_hash=verdict.hash,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    project.data.require_unchanged("E007", "the signature")
    keys = signing.sign(state_dir(project_dir), unsigned.data())
    signed = replace(unsigned, public_key=keys["public_key"], signature=keys["signature"])
    journal.append(project_dir, "sign", env, signed.data())
    return signed


def last_verdict(project: Project, stage: str, env: str) -> Event:
    """Return the verdict to sign, or raise why there is none."""
    refuse_broken(project)
    entries = journal.read(project.folder)
    about = [one for one in entries if one.env == env and one.payload.get("stage") == stage]
    verdicts = [one for one in about if one.kind == "verify"]
    hint = f"Run: phaseline verify {stage} --env {env}"
    if not verdicts:
        message = f"stage '{stage}' was never verified in '{env}'"
        raise PhaselineError(Fault("E007", message, None, hint))
    last = verdicts[-1]
    if last.payload["verdict"] != "passed":
        message = f"the last verdict on stage '{stage}' in '{env}' is '{last.payload['verdict']}'"
        raise PhaselineError(Fault("E007", message, None, hint))
    if last.payload["input_hash"] != project.input_hash(stage):
        message = f"blueprint, tenant file or data changed since stage '{stage}' was verified"
        raise PhaselineError(Fault("E007", message, None, hint))
    if any(one.kind == "apply_started" and one.seq > last.seq for one in about):
        message = f"stage '{stage}' was applied in '{env}' after it was verified"
        raise PhaselineError(Fault("E007", message, None, hint))
    return last


def refuse_broken(project: Project) -> None:
    """Raise when the journal was edited or cut: its verdicts prove nothing; a torn end is none."""
    faults = [one for one in journal.check(project.folder) if one.code != "J004"]
    if faults:
        message = "the journal was changed by somebody: no verdict in it can be signed"
        hint = "Restore it from version control; `phaseline history --check` shows the rest."
        raise PhaselineError(Fault("E007", message, None, hint), *faults)
