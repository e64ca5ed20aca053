"""The gate of a load into production: it takes only data files that testing has proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.core.blueprint.desired import resolve
from phaseline.core.evidence import gates
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.project.project import Project, open_project
from phaseline.flows.stages.gates import note_override, signatures_of
from phaseline.odoo.stages import markers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from phaseline.flows.data.data_files import DataFile
    from phaseline.flows.environment import Environment
    from phaseline.masterdata.validation.verdict import Verdict


def require_signature(
    project_dir: Path,
    environment: Environment,
    found: Sequence[DataFile],
    verdicts: Sequence[Verdict],
    override: str | None,
) -> None:
    """Refuse data that testing has not proven; a reason passes and is journalled."""
    if environment.kind != "production":
        return
    project = open_project(project_dir)
    stage = last_applied(project, environment)
    faults = [*unsigned(project, stage), *uncovered(project, found, verdicts)]
    if faults and not override:
        raise PhaselineError(*faults)
    if faults and override:
        note_override(project, environment.name, stage, override, faults)


def last_applied(project: Project, environment: Environment) -> str:
    """Return the last stage of the blueprint that the database carries, the first if none.

    A marker of the database it was restored from counts: a copy must not ask for less.
    """
    found = markers.read(environment.port, environment.name)
    marks = {*found.applied, *(one.subject for one in found.foreign if one.kind == "marker")}
    names = [stage.name for stage in project.blueprint.stages]
    applied = [name for name in names if name in marks]
    return [names[0], *applied][-1]


def unsigned(project: Project, stage: str) -> Iterator[Fault]:
    """Yield what the signatures on the stage, and so on the data files as they are, lack."""
    signatures = signatures_of(project.folder)
    part = [one for one in project.blueprint.stages if one.name == stage]
    dangerous = resolve(part, project.tenant(stage)).dangerous
    yield from gates.check_production(
        stage, project.input_hash(stage), signatures.here, signatures.testing, dangerous
    )


def uncovered(
    project: Project, found: Sequence[DataFile], verdicts: Sequence[Verdict]
) -> Iterator[Fault]:
    """Yield a fault for every file whose bytes, as they were read, no signature covers."""
    folder = (project.folder / "data").resolve()
    signed = project.data.hashes
    for data_file, verdict in zip(found, verdicts, strict=True):
        path = data_file.path.resolve()
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
        if signed.get(name) != verdict.table.sha256:
            message = "a signature covers the files in data/, and not this one as it was read"
            hint = "Put it into data/ and verify and sign it in testing, or: --override REASON"
            yield Fault("E009", message, Place(str(data_file.path)), hint)
