"""Whether source and Odoo agree: counts, sums and samples of both sides, told alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phaseline.masterdata.spec import ObjectSpec

SAMPLES = 25
CENT = Decimal("0.01")
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: what of which object, as the source says it and as Odoo says it."""

    object: str
    what: str
    source: str
    odoo: str
    agrees: bool

    def data(self) -> dict[str, Any]:
        """Return the check as JSON."""
        return {
            "object": self.object,
            "what": self.what,
            "source": self.source,
            "odoo": self.odoo,
            "agrees": self.agrees,
        }


def count(name: str, source: int, odoo: int) -> Check:
    """Compare how many records there are."""
    return Check(name, "count", str(source), str(odoo), source == odoo)


def sums(name: str, what: str, source: Decimal, odoo: Decimal, slack: Decimal = CENT / 2) -> Check:
    """Compare two sums; they may differ by the slack that rounding of lines explains."""
    return Check(
        name,
        f"sum {what}",
        f"{source.quantize(CENT):f}",
        f"{odoo.quantize(CENT):f}",
        abs(source - odoo) <= slack,
    )


def samples(name: str, looked: int, equal: int) -> Check:
    """Compare lines picked at even distances, field by field."""
    return Check(name, "sample", f"{looked} lines", f"{equal} equal", looked == equal)


def pick(things: Sequence[Thing], many: int = SAMPLES) -> tuple[Thing, ...]:
    """Return some things at even distances, first and last included."""
    if len(things) <= many:
        return tuple(things)
    step = (len(things) - 1) / (many - 1)
    return tuple(things[round(place * step)] for place in range(many))


def total(values: Iterable[Any]) -> Decimal:
    """Return the exact sum of numbers as they come: decimals, floats of Odoo, or nothing."""
    return sum((Decimal(str(value)) for value in values if value), Decimal())


def fields_of_sums(spec: ObjectSpec, fields: Mapping[str, Any]) -> dict[str, str]:
    """Return Odoo's field of each column that is summed up."""
    return {
        source: name
        for name, source in fields.items()
        if isinstance(source, str) and source in spec.sums
    }
