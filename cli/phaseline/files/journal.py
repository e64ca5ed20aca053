"""The project's journal: one chained line an event, artifacts by hash, a head against cuts.

An entry is on the disk before `append` returns. A torn last line (a crash while writing) is left
out when reading and cut off by the next `append`.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import socket
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.core.evidence.events import Event
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT_VERSION = "1"
START = "0" * 64
FIELDS = tuple(one.name for one in fields(Event))


def append(project_dir: Path, kind: str, env: str, payload: Mapping[str, Any]) -> Event:
    """Add an entry and return it once it is safe on the disk."""
    folder = project_dir / "journal"
    folder.mkdir(parents=True, exist_ok=True)
    with durable.lock(folder / ".lock", f"journal entry '{kind}'"):
        path = folder / "journal.jsonl"
        lines, torn = _lines(path)
        last: dict[str, Any] = json.loads(lines[-1]) if lines else {"seq": 0, "hash": START}
        body = {
            "format_version": FORMAT_VERSION,
            "seq": last["seq"] + 1,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": caller(),
            "host": socket.gethostname(),
            "env": env,
            "kind": kind,
            "payload": json.loads(json.dumps(payload)),
            "previous": last["hash"],
        }
        body["hash"] = _hash(body)
        with path.open("r+b" if path.exists() else "wb") as file:
            if torn:
                file.truncate(sum(len(line) + 1 for line in lines))
            file.seek(0, os.SEEK_END)
            file.write(_dump(body) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        durable.write(folder / "head", f"{body['seq']} {body['hash']}\n")
        return _entry(body)


def store(project_dir: Path, content: Mapping[str, Any]) -> str:
    """Keep a big payload as an artifact and return its hash, which is its name."""
    raw = _dump(content)
    name = hashlib.sha256(raw).hexdigest()
    folder = project_dir / "journal" / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    if not path.exists():
        durable.write(path, raw)
    return name


def fetch(project_dir: Path, artifact: str) -> dict[str, Any] | None:
    """Return an artifact, None when it is not there or is not what its name says."""
    path = project_dir / "journal" / "artifacts" / f"{artifact}.json"
    raw = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != artifact:
        return None
    content: dict[str, Any] = json.loads(raw)
    return content


def read(project_dir: Path) -> tuple[Event, ...]:
    """Return every whole entry; a line that is none is refused, `check` finds what was edited."""
    path = project_dir / "journal" / "journal.jsonl"
    lines, _ = _lines(path)
    try:
        return tuple(_entry(json.loads(line)) for line in lines)
    except (ValueError, KeyError, TypeError) as error:
        message = f"the journal holds a line that is no entry: {error}"
        hint = "Run: phaseline history --check"
        raise PhaselineError(Fault("J001", message, Place(str(path)), hint)) from error


def check(project_dir: Path) -> tuple[Fault, ...]:
    """Return everything that was edited, deleted or cut; none when all is whole."""
    path = project_dir / "journal" / "journal.jsonl"
    lines, torn = _lines(path)
    faults: list[Fault] = []
    last = {"seq": 0, "hash": START}
    for number, line in enumerate(lines, 1):
        place = Place(str(path), number, 1)
        try:
            body = json.loads(line)
            faults += _check_entry(project_dir, body, last, place)
            last = body
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(Fault("J001", "the line is no journal entry", place))
    if torn:
        hint = "A crash while writing does this; the next entry repairs it."
        place = Place(str(path), len(lines) + 1, 1)
        faults.append(Fault("J004", "the last line is torn", place, hint))
    faults += _check_head(path, last)
    return tuple(faults)


def _check_entry(
    project_dir: Path, body: dict[str, Any], last: Mapping[str, Any], place: Place
) -> Iterator[Fault]:
    """Yield what is wrong with one entry."""
    if body["seq"] != last["seq"] + 1 or body["previous"] != last["hash"]:
        message = f"entry {body['seq']} does not follow entry {last['seq']}"
        yield Fault("J002", message, place, "Restore the journal from version control.")
    if body["hash"] != _hash({key: body[key] for key in body if key != "hash"}):
        message = f"entry {body['seq']} was edited"
        yield Fault("J001", message, place, "Restore the journal from version control.")
    artifact = body["payload"].get("artifact")
    if artifact and fetch(project_dir, str(artifact)) is None:
        message = f"artifact {artifact[:12]} of entry {body['seq']} is missing or was edited"
        yield Fault("J003", message, place, "Restore it from version control.")


def _check_head(path: Path, last: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the fault of a journal that ends before its head.

    A crash between line and head leaves the head one entry behind, which is no cut.
    """
    head = path.with_name("head")
    if not head.is_file():
        if last["seq"]:
            yield Fault("J002", "the journal's head file is missing", Place(str(head)))
        return
    seq, _, digest = head.read_text().strip().partition(" ")
    behind = seq.isdigit() and int(seq) == last["seq"] - 1 and digest == last.get("previous")
    if not behind and (seq, digest) != (str(last["seq"]), last["hash"]):
        message = f"the journal ends at entry {last['seq']}, its head is entry {seq}"
        yield Fault("J002", message, Place(str(path)), "Restore the journal from version control.")


def caller() -> str:
    """Return who runs this; an account without a name, as in a container, by its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _lines(path: Path) -> tuple[list[bytes], bool]:
    """Return the whole lines, and whether a torn one follows them."""
    raw = path.read_bytes() if path.is_file() else b""
    *lines, tail = raw.split(b"\n")
    return lines, bool(tail)


def _entry(body: Mapping[str, Any]) -> Event:
    """Return a line's content as an entry."""
    return Event(**{name: body[name] for name in FIELDS})


def _dump(body: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a JSON object that is hashed and written."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _hash(body: Mapping[str, Any]) -> str:
    """Return the hash of an entry without its own hash."""
    return hashlib.sha256(_dump(body)).hexdigest()
