"""What plan, apply and drift come to; `data` is what is printed as JSON and kept in the journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.plan.operations import WriteSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.identity import ForeignRecord
    from phaseline.core.plan.model import Plan
    from phaseline.core.plan.operations import Operation
    from phaseline.errors import Fault

JOURNALLED = ("kind", "ref", "model", "summary", "place", "dangerous")  # of each operation


def foreign_data(foreign: tuple[ForeignRecord, ...]) -> dict[str, Any]:
    """Return what another database left behind as a key of a result, no key when nothing."""
    return {"foreign": [one.data() for one in foreign]} if foreign else {}


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan of some stages in one environment; `calls` counts the calls by model."""

    environment: str
    plan: Plan
    foreign: tuple[ForeignRecord, ...]
    calls: Mapping[str, int]
    gate: tuple[Fault, ...] = ()
    seconds: float = 0.0

    def data(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            **plan_data(self.environment, self.plan),
            **foreign_data(self.foreign),
            "gate": [{"code": fault.code, "message": fault.message} for fault in self.gate],
            "calls": dict(self.calls),
            "seconds": self.seconds,
        }

    def entry(self, stage: str, input_hash: str) -> dict[str, Any]:
        """What the journal keeps of one stage's part; the settings belong to every stage."""
        own = replace(
            self.plan, changes=tuple(one for one in self.plan.changes if one.stage in {stage, ""})
        )
        operations = [one.data() for one in own.changes]
        return {
            "stage": stage,
            "stages": list(self.plan.stages),
            "fingerprint": self.plan.fingerprint,
            "input_hash": input_hash,
            "counts": own.counts,
            "changes": [
                {key: one[key] for key in JOURNALLED if one[key] or key != "dangerous"}
                for one in operations
            ],
            **foreign_data(tuple(one for one in self.foreign if one.subject == stage)),
        }


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What an apply did; `plan` is what it began with, `applied` whether anything was written."""

    environment: str
    plan: Plan
    foreign: tuple[ForeignRecord, ...]
    calls: Mapping[str, int]
    applied: bool
    seconds: float = 0.0

    def data(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            **plan_data(self.environment, self.plan),
            **foreign_data(self.foreign),
            "applied": self.applied,
            "calls": dict(self.calls),
            "seconds": self.seconds,
        }

    def entry(self, stage: str) -> dict[str, Any]:
        """What the journal keeps."""
        return {
            "stage": stage,
            "fingerprint": self.plan.fingerprint,
            "input_hash": self.plan.input_hash,
            "counts": self.plan.counts,
            "seconds": self.seconds,
            "calls": dict(self.calls),
        }


def plan_data(environment: str, plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON."""
    return {
        "environment": environment,
        "stages": list(plan.stages),
        "fingerprint": plan.fingerprint,
        "input_hash": plan.input_hash,
        "counts": plan.counts,
        "existing": plan.existing,
        "changes": [one.data() for one in plan.changes],
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in Odoo, who wrote that record last and when."""

    operation: Operation
    who: str = ""
    when: str = ""

    @property
    def present(self) -> bool:
        """Whether what differs is in Odoo at all."""
        return self.operation.record is not None or isinstance(self.operation, WriteSettings)

    def data(self) -> dict[str, Any]:
        """The difference as JSON."""
        return {**self.operation.data(), "who": self.who, "when": self.when}


@dataclass(frozen=True, slots=True)
class UnmanagedRecord:
    """A record of a model of ours that somebody made in Odoo; it is never touched."""

    model: str
    id: int
    name: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class DriftResult:
    """What differs from the blueprint; of the models in `cut` more records are not ours."""

    environment: str
    stages: tuple[str, ...]
    changed: tuple[Difference, ...]
    missing: tuple[Difference, ...]
    unmanaged: tuple[UnmanagedRecord, ...]
    cut: tuple[str, ...]
    unchanged: int
    foreign: tuple[ForeignRecord, ...]
    calls: Mapping[str, int]
    seconds: float

    @property
    def count(self) -> int:
        """How many things differ."""
        return len(self.changed) + len(self.missing)

    def data(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            **foreign_data(self.foreign),
            "environment": self.environment,
            "stages": list(self.stages),
            "changed": [one.data() for one in self.changed],
            "missing": [one.data() for one in self.missing],
            "not_ours": [asdict(one) for one in self.unmanaged],
            "not_all_of": list(self.cut),
            "unchanged": self.unchanged,
            "calls": dict(self.calls),
            "seconds": self.seconds,
        }
