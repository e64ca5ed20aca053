"""What a validation says of several files, for the journal, JSON and the terminal alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phaseline.masterdata.validation.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ValidateResult:
    """The verdicts in load order, and the folder with marked copies where there are any."""

    environment: str | None
    verdicts: tuple[Verdict, ...]
    marked: str | None

    @property
    def rejected(self) -> int:
        """How many lines of all files are rejected."""
        return sum(verdict.rejected for verdict in self.verdicts)

    def data(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {
            "environment": self.environment,
            "objects": [verdict.data() for verdict in self.verdicts],
            "rejected": self.rejected,
            "marked": self.marked,
        }
