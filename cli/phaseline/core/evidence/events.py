"""The entries of a journal, and how to find one among them; reading them is not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the journal: `previous` and `hash` chain it to the one before."""

    seq: int
    time: str
    who: str
    host: str
    env: str
    kind: str
    payload: Mapping[str, Any]
    hash: str
    previous: str = ""

    @property
    def stage(self) -> str:
        """The stage it is about, or nothing."""
        return str(self.payload.get("stage", ""))

    @property
    def summary(self) -> str:
        """What it is about, in a few words."""
        payload = self.payload
        subject = payload.get("stage") or payload.get("object") or payload.get("id") or ""
        counts = payload.get("counts") or {}
        numbers = ", ".join(
            f"{number} {kind}" for kind, number in counts.items() if number and kind != "unchanged"
        )
        words = {
            "verify": payload.get("verdict"),
            "sign": f"by {payload.get('person')}",
            "override": payload.get("reason"),
        }
        return " ".join(part for part in (str(subject), words.get(self.kind) or numbers) if part)


def last(events: Iterable[Event], kind: str, stage: str = "") -> Event | None:
    """Return the last event of a kind (of a stage), or None."""
    found = None
    for event in events:
        if event.kind == kind and stage in ("", event.stage):
            found = event
    return found


def interrupted(events: Sequence[Event], stage: str) -> bool:
    """Return whether the last apply of a stage began and did not come to its end."""
    started = last(events, "apply_started", stage)
    finished = last(events, "apply_finished", stage)
    return started is not None and (finished is None or started.seq > finished.seq)


def last_payload(events: Sequence[Event], kind: str) -> Mapping[str, Any] | None:
    """Return the payload of the last event of a kind, or None."""
    event = last(events, kind)
    return event.payload if event else None


def newest(events: Sequence[Event], kind: str, key: str) -> dict[str, Mapping[str, Any]]:
    """Return the last payload of a kind for each value of a key, in order of first sight."""
    found: dict[str, Mapping[str, Any]] = {}
    for event in events:
        if event.kind == kind:
            found[str(event.payload.get(key, ""))] = event.payload
    return found


def count(event: Event, kind: str) -> int:
    """Return how many changes of a kind an event counts."""
    return int(event.payload.get("counts", {}).get(kind, 0))
