"""What one reading of an Odoo gave: the plan, what it was made from, and what gates judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault

if TYPE_CHECKING:
    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.plan.actual import Actual
    from phaseline.core.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan with what it was made from."""

    plan: Plan
    desired: Desired
    actual: Actual
    before: frozenset[str]

    def lost_refs(self) -> tuple[Fault, ...]:
        """Return a fault for each record of a stage before that is needed and not in this Odoo."""
        hint = "Apply the stages before this one."
        lost = {
            ref.name: ref.place or record.place
            for record in self.desired.records
            for ref in record.refs()
            if ref.name in self.before and ref.name not in self.actual.ids
        }
        return tuple(
            Fault("B016", f"ref:{name} of a stage before is not in this Odoo", place, hint)
            for name, place in lost.items()
        )
