"""Every expected error: what a fault is and where it stands; nothing is shown here."""

from __future__ import annotations

from dataclasses import dataclass

from phaseline.codes import CODES, Code, Exit

__all__ = ["CODES", "Code", "Exit", "Fault", "PhaselineError", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault stands: a file, line and column (from 1), or a sheet, row and column."""

    file: str
    line: int | None = None
    column: int | str | None = None
    sheet: str | None = None

    def __str__(self) -> str:
        """Return `file:line:column`, or `file [sheet] line:column` for a workbook."""
        head = f"{self.file} [{self.sheet}]" if self.sheet else self.file
        return ":".join(str(part) for part in (head, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    `message` says what happened, lower case and without a full stop; `hint` is one full sentence
    that names the next command or the repair.
    """

    code: str
    message: str
    place: Place | None = None
    hint: str = ""

    def __post_init__(self) -> None:
        """Refuse a code nobody has described."""
        if self.code not in CODES:
            message = f"unregistered error code {self.code}"
            raise ValueError(message)


class PhaselineError(Exception):
    """One or more faults that end a command; the first fault's code decides the exit code."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults; at least one is needed."""
        if not faults:
            message = "an error needs at least one fault"
            raise ValueError(message)
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))

    @property
    def exit_code(self) -> Exit:
        """The exit code of the first fault."""
        return CODES[self.faults[0].code].exit
