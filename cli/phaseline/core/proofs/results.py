"""What the proofs of a stage come to: each step's evidence, each proof, the verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one step did and whether it did what it should."""

    step: str
    text: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ProofResult:
    """One proof that ran, to its first failed step."""

    id: str
    says: str
    covers: tuple[str, ...]
    place: str
    passed: bool
    seconds: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The verdict on a stage; `skipped` are proofs that write where that is not allowed."""

    environment: str
    stage: str
    input_hash: str
    where: str
    proofs: tuple[ProofResult, ...]
    skipped: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether proofs ran and every one of them passed."""
        return bool(self.proofs) and all(one.passed for one in self.proofs)

    @property
    def verdict(self) -> str:
        """One word for it: passed or failed."""
        return "passed" if self.passed else "failed"

    def data(self) -> dict[str, Any]:
        """The verdict as JSON, which is what the journal keeps of it too."""
        return {
            "environment": self.environment,
            "stage": self.stage,
            "input_hash": self.input_hash,
            "verdict": self.verdict,
            "seconds": self.seconds,
            "where": self.where,
            "proofs": [
                {
                    **asdict(one),
                    "covers": list(one.covers),
                    "evidence": [asdict(step) for step in one.evidence],
                }
                for one in self.proofs
            ],
            "skipped": list(self.skipped),
        }
