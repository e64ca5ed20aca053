"""What validation says of one file: its lines, what is wrong with them, and what was mended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from phaseline.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phaseline.masterdata.findings import Finding, Table
    from phaseline.masterdata.records import Row
    from phaseline.masterdata.spec import ObjectSpec

MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation says of one file."""

    spec: ObjectSpec
    table: Table
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    faults: tuple[Finding, ...]
    mended: Counter[str]

    @property
    def rejected(self) -> int:
        """How many lines are rejected."""
        return len(self.rejected_rows)

    @property
    def rejected_rows(self) -> frozenset[int]:
        """The numbers of the rejected lines."""
        return frozenset(one.row for one in self.findings if not one.warning)

    @property
    def good(self) -> tuple[Row, ...]:
        """The lines without a rejecting finding."""
        bad = self.rejected_rows
        return tuple(row for row in self.rows if row.number not in bad)

    @property
    def score(self) -> float:
        """Share of lines without a finding, in percent with one decimal."""
        total = len(self.table.rows)
        flawed = len({one.row for one in self.findings})
        return round(100 * (total - flawed) / total, 1) if total else 100.0

    @property
    def counts_by_code(self) -> dict[str, int]:
        """How often each code was found, by code."""
        return dict(sorted(Counter(one.code for one in self.findings).items()))

    @property
    def shown(self) -> list[Finding]:
        """The first findings in the order of the lines, as many as are shown."""
        ordered = sorted(self.findings, key=lambda one: (one.row, one.column, one.code))
        return ordered[:MOST_FINDINGS]

    def data(self) -> dict[str, Any]:
        """Return the verdict as the journal and JSON have it."""
        return {
            "object": self.spec.name,
            "file": self.table.file,
            "sheet": self.table.sheet,
            "sha256": self.table.sha256,
            "rows": len(self.table.rows),
            "rejected": self.rejected,
            "score": self.score,
            "mended": dict(sorted(self.mended.items())),
            "notes": list(self.table.notes),
            "counts_by_code": self.counts_by_code,
            "findings": [one.data() for one in self.shown],
        }

    def place(self, one: Finding) -> Place:
        """Return where a finding stands."""
        return Place(self.table.file, one.row or None, one.column or None, self.table.sheet)

    def with_findings(self, more: Iterable[Finding]) -> Verdict:
        """Return the verdict with further findings; those it has already are not told twice."""
        told = frozenset(self.findings)
        fresh = tuple(one for one in more if one not in told)
        return replace(self, findings=(*self.findings, *fresh)) if fresh else self
