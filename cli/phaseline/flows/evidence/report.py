"""Write the page of evidence of a project: read its journal, check its chain, render, keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phaseline import __version__, durable
from phaseline.core.evidence import summary as evidence
from phaseline.files import journal, report
from phaseline.files.paths import kit_dir
from phaseline.files.project import capabilities
from phaseline.files.project.project import open_project
from phaseline.flows.environment import known_name
from phaseline.flows.evidence import history

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.core.evidence.events import Event
    from phaseline.core.evidence.stage_status import Stage
    from phaseline.core.node import Node


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A page that was written, and what it says in a few numbers."""

    path: Path
    evidence: evidence.Evidence
    chain_faults: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """The numbers of the page's summary as JSON."""
        gathered = self.evidence
        checks = (gathered.reconciliation or {}).get("checks", ())
        held, proofs = gathered.proof_count
        return {
            "path": str(self.path),
            "verdict": "bad" if self.chain_faults else gathered.verdict,
            "trouble": [*self.chain_faults, *gathered.trouble],
            "stages": [stage_summary(stage) for stage in gathered.stages],
            "proofs": {"hold": held, "all": proofs},
            "rows_proven": [row.id for row in gathered.rows if row.proven],
            "data_rows": gathered.rows_loaded,
            "reconciliation": {
                "agree": sum(1 for check in checks if check.get("agrees")),
                "all": len(checks),
            },
            "journal": {"entries": gathered.events, "head": gathered.head},
        }


def stage_summary(stage: Stage) -> dict[str, Any]:
    """Return the gate of a stage for programs."""
    steps = {step.name: step.state for step in stage.steps}
    return {"environment": stage.env, "stage": stage.name, **steps, "changes": len(stage.changes)}


def write(folder: Path, output: Path | None = None, env: str | None = None) -> ReportResult:
    """Write the page (`report.html` in the project unless told) and return what it says.

    It tells of one environment, or of all that the journal knows, each for itself.
    """
    project = open_project(folder)
    events = read_events(folder)
    if env is not None:
        env = known_name(folder, env, (event.env for event in events))
    names = [stage.name for stage in project.blueprint.stages]
    homes = (folder / "blueprints", kit_dir() / "blueprints")
    titles = capabilities.read(homes, project.blueprint.name)
    gathered = evidence.gather(events, names, titles, env)
    faults = tuple(fault.message for fault in history.check(folder))
    page = report.Page(
        title=text_at(project.root, "company", "name") or folder.resolve().name,
        subtitle=f"Blueprint {project.blueprint.name} for Odoo {project.blueprint.odoo}",
        version=__version__,
        written=datetime.now(UTC).isoformat(timespec="seconds"),
        chain_faults=faults,
        row_titles=titles,
    )
    path = output or folder / "report.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, report.render(page, gathered))
    return ReportResult(path, gathered, faults)


def read_events(folder: Path) -> tuple[Event, ...]:
    """Return the journal's entries with their artifacts; values an apply left are not shown."""
    events = []
    for entry in journal.read(folder):
        artifact = entry.payload.get("artifact") if entry.kind != "apply_finished" else None
        content = journal.fetch(folder, str(artifact)) if artifact else None
        events.append(replace(entry, payload={**(content or {}), **entry.payload}))
    return tuple(events)


def text_at(root: Node, *path: str) -> str:
    """Return a text of the tenant file, or nothing when it is not there."""
    node: Node | None = root
    for name in path:
        node = node.entries.get(name) if node is not None else None
    return str(node.value) if node is not None and node.value is not None else ""
