"""One finding about one cell, row or file, and how many of what was mended on the way in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

CUT = 80


def truncate(value: object) -> str:
    """Return a value as short visible text: control characters escaped, 80 characters at most."""
    text = "" if value is None else str(value)
    shown = "".join(
        sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text[: CUT + 1]
    )
    return shown if len(shown) <= CUT else shown[: CUT - 1] + "…"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a line, where, and how to repair it; `warning` does not reject."""

    code: str
    message: str
    hint: str
    row: int = 0
    column: str = ""
    value: str = ""
    warning: bool = False

    def data(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return {
            "code": self.code,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
            "hint": self.hint,
            "warning": self.warning,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read: header and rows of raw cells, and what was mended while reading.

    A cell of a CSV file is text; a cell of a workbook has the type the client's program gave it.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]
    sheet: str | None = None
    sha256: str = ""
    mended: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


class CellError(Exception):
    """A cell that cannot be the value its column asks for."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        """Keep the rule's code, what is wrong and the repair."""
        self.code = code
        self.hint = hint
        super().__init__(message)
