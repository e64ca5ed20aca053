"""Owned values against the fields Odoo has: what is unknown or does not fit becomes a fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.core.plan.comparison import MisfitError, RefSet, fit
from phaseline.errors import Fault
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Collection

    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.blueprint.records import OwnedField, Record
    from phaseline.core.plan.actual import Actual, FieldInfo


@dataclass
class Fitting:
    """Collects the faults of one comparison.

    `coming` are names of fields the plan itself adds; `pending` tells that something planned before
    (a module, a setting, a call) may still bring models, fields and records.
    """

    actual: Actual
    coming: Collection[str] = ()
    faults: list[Fault] = field(default_factory=list)
    pending: bool = False

    def may_come(self, name: str) -> bool:
        """Return whether a field that is not there may be there when its turn comes."""
        return self.pending or name in self.coming

    def waits_for_field(self, record: Record) -> bool:
        """Return whether a record has a value for a field that is still to come."""
        known = self.actual.fields.get(record.model, {})
        return any(name not in known for name in (*record.values, *record.initial))

    def info(self, model: str, name: str, owned: OwnedField) -> FieldInfo | None:
        """Return what Odoo says of a field; an unknown field is a fault."""
        fields = self.actual.fields.get(model, {})
        if name not in fields:
            self.unknown_field(model, name, owned)
            return None
        return fields[name]

    def unknown_field(self, model: str, name: str, owned: OwnedField) -> None:
        """Note a field the model does not have, unless it may still come."""
        if self.may_come(name):
            return
        hint = suggest(name, self.actual.names.get(model, ()), "Read the model's fields in Odoo.")
        self.faults.append(Fault("B020", f"{model} has no field '{name}'", owned.place, hint))

    def fitted(self, owned: OwnedField, info: FieldInfo, owner: str, name: str) -> Any:
        """Return the value as its field wants it; a misfit is a fault."""
        try:
            want = fit(owned.value, info)
            refuse_other_lines(want, info)
        except MisfitError as error:
            fault = Fault("B021", f"{owner}.{name}: {error}", owned.place, error.hint)
            self.faults.append(fault)
            return owned.value
        return want


def refuse_other_lines(want: Any, info: FieldInfo) -> None:
    """Raise for exactly these lines: written so, Odoo deletes the others unasked."""
    if info.type == "one2many" and isinstance(want, RefSet) and want.exact:
        message = "a list would delete every other line of the record"
        raise MisfitError(message, "Write {lines: [...]}; a line that must go says absent: true.")


def coming_fields(desired: Desired, actual: Actual) -> frozenset[str]:
    """Return the names of the fields that this very plan will add to models."""
    return frozenset(
        str(record.values["name"].value)
        for record in desired.records
        if record.model == "ir.model.fields"
        and "name" in record.values
        and record.ref not in actual.ids
    )
