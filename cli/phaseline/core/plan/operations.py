"""The operations of a plan, one type a verb: explained to people and executed from the same list.

Whoever handles operations does it by `match` and ends it with `assert_never`: a new verb that the
explanation or the execution does not know is found by the type checker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from phaseline.core.plan.comparison import show

if TYPE_CHECKING:
    from phaseline.core.blueprint.records import Record
    from phaseline.errors import Place


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that changes; `edited` tells that somebody changed it in Odoo since our apply."""

    name: str
    old: Any
    new: Any
    place: Place
    edited: bool = False
    initial: bool = False

    def data(self) -> dict[str, Any]:
        """The value as JSON."""
        return {
            "name": self.name,
            "old": show(self.old),
            "new": show(self.new),
            "edited": self.edited,
            "initial": self.initial,
            "place": str(self.place),
        }


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """What every operation has: its subject, its reason and the place that asks for it.

    `later` tells that an operation before it has to be done first to know what it will be;
    `dangerous` is the reason given for one that reaches administrator-level trust.
    """

    kind: ClassVar[str] = ""
    counted: ClassVar[str] = ""  # under which heading a plan counts it

    ref: str
    model: str
    stage: str
    place: Place
    reason: str
    fields: tuple[FieldChange, ...] = ()
    record: int | None = None
    later: bool = False
    dangerous: str = ""

    @classmethod
    def of(
        cls,
        record: Record,
        reason: str,
        found: int | None = None,
        fields: tuple[FieldChange, ...] = (),
    ) -> Self:
        """Return the operation on a wanted record, which has the id `found` in Odoo."""
        operation = cls(record.ref, record.model, record.stage, record.place, reason, fields, found)
        return replace(operation, dangerous=record.dangerous)

    @property
    def summary(self) -> str:
        """What changes, on one line; the reason of an operation that changes no field says it."""
        names = [one.name for one in self.fields if not one.initial]
        return ", ".join(names) or self.reason

    def data(self) -> dict[str, Any]:
        """The operation as JSON."""
        return {
            "kind": self.kind,
            "ref": self.ref,
            "model": self.model,
            "stage": self.stage,
            "place": str(self.place),
            "reason": self.reason,
            "summary": self.summary,
            "id": self.record,
            "later": self.later,
            "dangerous": self.dangerous,
            "fields": [one.data() for one in self.fields],
        }


@dataclass(frozen=True, slots=True)
class InstallModule(PlannedOperation):
    """Install a module; `ref` is its name."""

    kind: ClassVar[str] = "install"
    counted: ClassVar[str] = "install"


@dataclass(frozen=True, slots=True)
class WriteSettings(PlannedOperation):
    """Write the settings that differ, through Odoo's settings form."""

    kind: ClassVar[str] = "setting"
    counted: ClassVar[str] = "update"


@dataclass(frozen=True, slots=True)
class CreateRecord(PlannedOperation):
    """Create a record with its external id."""

    kind: ClassVar[str] = "create"
    counted: ClassVar[str] = "create"


@dataclass(frozen=True, slots=True)
class TakeOverRecord(PlannedOperation):
    """Give a record that is there our external id, and our values."""

    kind: ClassVar[str] = "adopt"
    counted: ClassVar[str] = "update"


@dataclass(frozen=True, slots=True)
class UpdateRecord(PlannedOperation):
    """Write the values of a record that differ."""

    kind: ClassVar[str] = "update"
    counted: ClassVar[str] = "update"


@dataclass(frozen=True, slots=True)
class DeleteRecord(PlannedOperation):
    """Delete a record."""

    kind: ClassVar[str] = "delete"
    counted: ClassVar[str] = "delete"


@dataclass(frozen=True, slots=True)
class CallMethod(PlannedOperation):
    """Call a method, because the state it brings about is not there."""

    kind: ClassVar[str] = "call"
    counted: ClassVar[str] = "call"


RecordOperation = CreateRecord | TakeOverRecord | UpdateRecord | DeleteRecord
Operation = InstallModule | WriteSettings | RecordOperation | CallMethod
