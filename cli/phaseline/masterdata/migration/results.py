"""What a migration did, for the journal, JSON and the terminal alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phaseline.masterdata.migration.mapping import MigratedTable


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """One rule and how many lines it touched."""

    rule: str
    says: str
    rows: int
    effect: str

    def data(self) -> dict[str, Any]:
        """Return the effect as JSON."""
        return {"rule": self.rule, "says": self.says, "rows": self.rows, "effect": self.effect}


@dataclass(frozen=True, slots=True)
class MigrateResult:
    """What was read of a source, what its rules did and which tables were made of it."""

    source: str
    input: str
    lines: int
    rules: tuple[RuleEffect, ...]
    outputs: tuple[MigratedTable, ...]
    seconds: float

    def entry(self) -> dict[str, Any]:
        """Return what the journal keeps: all but the time it took."""
        return {
            "source": self.source,
            "input": self.input,
            "lines": self.lines,
            "rules": [rule.data() for rule in self.rules],
            "outputs": [
                {
                    "object": one.object,
                    "rows": len(one.rows),
                    "says": one.says,
                    "assumption": one.assumption,
                }
                for one in self.outputs
            ],
        }

    def data(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {**self.entry(), "seconds": self.seconds}
