"""History: what happened in a project, and whether the record of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, Place
from phaseline.files import journal, signing
from phaseline.files.project.project import open_project
from phaseline.flows.environment import known_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(project_dir: Path, env: str | None) -> dict[str, Any]:
    """Return the journal's entries in order, of one environment or of all."""
    open_project(project_dir)
    told = journal.read(project_dir)
    if env is not None:
        env = known_name(project_dir, env, (entry.env for entry in told))
    entries = [
        {
            "seq": entry.seq,
            "time": entry.time,
            "who": entry.who,
            "host": entry.host,
            "env": entry.env,
            "kind": entry.kind,
            "what": describe(entry),
        }
        for entry in told
        if env is None or entry.env == env
    ]
    return {"entries": entries}


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


def describe(entry: journal.Entry) -> str:
    """Return one entry in a few words."""
    payload = entry.payload
    stage = payload.get("stage") or payload.get("object") or payload.get("id") or ""
    counts = payload.get("counts") or {}
    numbers = ", ".join(
        f"{number} {kind}" for kind, number in counts.items() if number and kind != "unchanged"
    )
    words = {
        "verify": payload.get("verdict"),
        "sign": f"by {payload.get('person')}",
        "override": payload.get("reason"),
    }
    return " ".join(part for part in (str(stage), words.get(entry.kind) or numbers) if part)
