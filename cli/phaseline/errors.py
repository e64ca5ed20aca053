"""Every expected error of Phaseline: what a fault is, its stable code, its exit code.

Nothing is printed and nothing is caught here. `commands/` is the only place that shows a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line (the list of DESIGN section 8, and no other)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERENCES = 3
    INVALID = 4
    REFUSED = 5
    UNVERIFIED = 6
    UNKNOWN = 8
    LOCKED = 11
    SECRET = 12
    UNREACHABLE = 13
    BUG = 70
    INTERRUPTED = 130


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
    """One or more faults that end a command; the worst fault's code decides the exit code."""

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


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, for the reference and `phaseline help errors`."""

    title: str
    exit: Exit


# One letter an area: B blueprint and tenant, C command line and project, D data files, E engine and
# gates, H hosts (releases, sandbox), J journal, O Odoo. Numbers never change meaning.
BLUEPRINT_CODES: dict[str, Code] = {}
PROJECT_CODES: dict[str, Code] = {}
DATA_CODES: dict[str, Code] = {}
ENGINE_CODES: dict[str, Code] = {}
HOST_CODES: dict[str, Code] = {}
ODOO_CODES: dict[str, Code] = {
    "O001": Code("Odoo cannot be reached", Exit.UNREACHABLE),
    "O002": Code("Odoo refuses the key or password", Exit.SECRET),
    "O003": Code("Odoo refuses the access", Exit.FAILED),
    "O004": Code("Odoo does not know the model, method or record", Exit.FAILED),
    "O005": Code("Odoo refuses the values", Exit.FAILED),
    "O006": Code("Odoo failed on its side", Exit.FAILED),
    "O007": Code("the answer to a write was lost: its outcome is unknown", Exit.UNKNOWN),
    "O008": Code("another run holds the lock of this database", Exit.LOCKED),
    "O009": Code("the lock was lost to another run", Exit.LOCKED),
    "O010": Code("no driver can talk to this Odoo", Exit.UNREACHABLE),
}
CODES: dict[str, Code] = {
    **BLUEPRINT_CODES,
    **PROJECT_CODES,
    **DATA_CODES,
    **ENGINE_CODES,
    **HOST_CODES,
    **ODOO_CODES,
}
