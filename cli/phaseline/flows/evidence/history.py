"""History: what happened in a project, and whether the record of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.core.evidence.results import HistoryResult
from phaseline.errors import Fault, Place
from phaseline.files import journal, signing
from phaseline.files.project.project import open_project
from phaseline.flows.environment import known_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(project_dir: Path, env: str | None) -> HistoryResult:
    """Return the journal's entries in order, of one environment or of all."""
    open_project(project_dir)
    events = journal.read(project_dir)
    if env is not None:
        env = known_name(project_dir, env, (event.env for event in events))
    return HistoryResult(tuple(event for event in events if env in (None, event.env)))


def check(project_dir: Path) -> tuple[Fault, ...]:
    """Return every edit, deletion and cut, and every signature that does not hold."""
    faults = journal.check(project_dir)
    if any(fault.code == "J001" for fault in faults):
        return faults
    return (*faults, *broken_signatures(project_dir))


def broken_signatures(project_dir: Path) -> Iterator[Fault]:
    """Yield a fault for each signature that is not what its key signed."""
    entries = journal.read(project_dir)
    by_seq = {entry.seq: entry for entry in entries}
    for entry in entries:
        if entry.kind != "sign":
            continue
        verdict = by_seq.get(entry.payload.get("verdict_seq", 0))
        same = verdict is not None and verdict.hash == entry.payload.get("verdict_hash")
        if not same or not signing.holds(entry.payload):
            place = Place("journal/journal.jsonl", entry.seq, 1)
            message = f"the signature of entry {entry.seq} does not hold"
            yield Fault("J001", message, place, "Verify and sign the stage again.")
