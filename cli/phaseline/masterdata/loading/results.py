"""What came of a load and of a reconciliation, for the journal, JSON and the terminal alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.errors import CODES, Exit
from phaseline.masterdata.findings import truncate

if TYPE_CHECKING:
    from phaseline.errors import Fault
    from phaseline.masterdata.loading.reconcile import Check

MOST_REFUSALS = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line Odoo would not take."""

    row: int
    code: str
    message: str

    def data(self) -> dict[str, Any]:
        """Return the refusal as JSON."""
        return {"row": self.row, "code": self.code, "message": truncate(self.message)}


@dataclass(frozen=True, slots=True)
class ObjectLoad:
    """What came of one object's file, in records; `seconds` is what loading its good lines took."""

    object: str
    file: str
    rows: int
    good: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    refused: tuple[Refusal, ...]
    unknown: int
    not_sent: int
    writes: int
    seconds: float
    stopped: Fault | None

    @property
    def rows_per_second(self) -> int:
        """How many good lines were done a second."""
        return round(self.good / self.seconds) if self.seconds else 0

    def data(self) -> dict[str, Any]:
        """Return the load as JSON, with the first refused lines."""
        return {
            "object": self.object,
            "file": self.file,
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "refused": [one.data() for one in self.refused[:MOST_REFUSALS]],
            "unknown": self.unknown,
            "not_sent": self.not_sent,
            "writes": self.writes,
            "seconds": round(self.seconds, 3),
            "rows_per_second": self.rows_per_second,
            "stopped": self.stopped.code if self.stopped else None,
            "why": self.stopped.message if self.stopped else "",
            "hint": self.stopped.hint if self.stopped else "",
        }


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The loads in order, and the objects that were not begun since the load had to stop."""

    environment: str
    objects: tuple[ObjectLoad, ...]
    not_started: tuple[str, ...] = ()

    @property
    def exit_code(self) -> Exit:
        """The exit code the loads mean; an unknown outcome counts most."""
        if any(one.unknown for one in self.objects):
            return Exit.UNKNOWN
        for one in self.objects:
            if one.stopped:
                return CODES[one.stopped.code].exit
        return Exit.DIFFERENCES if any(one.rejected for one in self.objects) else Exit.DONE

    def data(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {
            "environment": self.environment,
            "objects": [one.data() for one in self.objects],
            "not_started": list(self.not_started),
            "exit_code": int(self.exit_code),
        }


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """Every comparison of both sides."""

    environment: str
    checks: tuple[Check, ...]

    @property
    def agrees(self) -> bool:
        """Whether both sides agree in everything."""
        return all(check.agrees for check in self.checks)

    @property
    def verdict(self) -> str:
        """`agrees` or `differs`."""
        return "agrees" if self.agrees else "differs"

    def entry(self) -> dict[str, Any]:
        """Return what the journal keeps, which names the environment itself."""
        return {
            "checks": [check.data() for check in self.checks],
            "verdict": self.verdict,
        }

    def data(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {"environment": self.environment, **self.entry()}
