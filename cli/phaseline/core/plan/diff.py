"""The difference between what should be and what is, as changes with their reasons; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.records import OwnedField, Record, refs_in
from phaseline.core.plan.baseline import SETTINGS, Baseline
from phaseline.core.plan.comparison import same
from phaseline.core.plan.field_types import Fitting, coming_fields
from phaseline.core.plan.model import Plan
from phaseline.core.plan.operations import (
    CallMethod,
    CreateRecord,
    DeleteRecord,
    FieldChange,
    InstallModule,
    Operation,
    TakeOverRecord,
    UpdateRecord,
    WriteSettings,
)
from phaseline.errors import Fault, PhaselineError
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.plan.actual import Actual


def compare(
    desired: Desired,
    actual: Actual,
    known: Collection[str],
    stages: tuple[str, ...] = (),
    baseline: Baseline | None = None,
) -> Plan:
    """Return the plan; `known` are the refs of all stages so far, `baseline` our last values."""
    fitting = Fitting(actual, coming_fields(desired, actual))
    run = _Comparison(desired, actual, known, baseline or Baseline(), fitting)
    changes = [*run.modules(), *run.settings()]
    for record in desired.records:
        changes += run.record(record)
    if fitting.faults:
        raise PhaselineError(*dict.fromkeys(fitting.faults))
    return Plan(stages, tuple(changes), run.unchanged, run.existing, lost=run.baseline.lost)


@dataclass
class _Comparison:
    """One pass over everything wanted, with the faults and counts met on the way."""

    desired: Desired
    actual: Actual
    known: Collection[str]
    baseline: Baseline
    fitting: Fitting
    unchanged: int = 0
    existing: int = 0
    owners: dict[tuple[str, int, str], tuple[str, OwnedField]] = field(default_factory=dict)

    def modules(self) -> Iterable[Operation]:
        """The modules to install; one Odoo does not have is a fault."""
        for name, owned in self.desired.modules.items():
            state = self.actual.modules.get(name)
            if state in {"installed", "to upgrade"}:
                self.unchanged += 1
                continue
            if state in {None, "uninstallable"}:
                message = f"this Odoo has no module '{name}'"
                provided = self.desired.provided.get(name)
                hint = "Add it to the release, or correct its name."
                hint = f"{hint[:-1]}; {provided}." if provided else hint
                self.fitting.faults.append(Fault("B022", message, owned.place, hint))
                continue
            self.fitting.pending = True
            yield InstallModule(
                name, "ir.module.module", owned.value, owned.place, f"module {name}"
            )

    def settings(self) -> Iterable[Operation]:
        """The settings that differ, as one change."""
        fields = self.actual.fields.get(SETTINGS, {})
        different = []
        for name, owned in self.desired.settings.items():
            info = fields.get(name)
            if info is None:
                self.fitting.unknown_field(SETTINGS, name, owned)
                if self.fitting.pending:
                    different.append(FieldChange(name, None, owned.value, owned.place))
                continue
            want = self.fitting.fitted(owned, info, SETTINGS, name)
            raw = self.actual.settings.get(name)
            if same(raw, want, info, self.actual.look_up):
                self.unchanged += 1
            else:
                edited = self.baseline.edited(SETTINGS, name, raw)
                different.append(FieldChange(name, raw, want, owned.place, edited))
        if different:
            self.fitting.pending = True
            place = different[0].place
            reasons = (self.desired.settings[one.name].dangerous for one in different)
            dangerous = " ".join(filter(None, reasons))
            operation = WriteSettings("settings", SETTINGS, "", place, "settings", tuple(different))
            yield replace(operation, dangerous=dangerous)

    def record(self, record: Record) -> Iterable[Operation]:
        """The changes one record needs: none or one."""
        self.check_refs(record)
        if record.model not in self.actual.models:
            yield from self.unknown_model(record)
        elif record.call is not None:
            yield from self.call(record)
        elif (found := self.actual.ids.get(record.ref)) is not None:
            self.existing += 1
            yield from self.present(record, found[1])
        elif record.absent:
            yield from self.absent(record)
        else:
            yield from self.lacking(record)

    def check_refs(self, record: Record) -> None:
        """Note refs that lead nowhere, now and after everything pending."""
        for ref in record.refs():
            ours = ref.name in self.known
            if ours or ref.name in self.actual.ids or self.fitting.pending:
                continue
            names = [*self.known, *self.actual.ids]
            hint = suggest(ref.name, names, "No record carries it, in the blueprint or in Odoo.")
            message = f"ref:{ref.name} leads nowhere"
            self.fitting.faults.append(Fault("B016", message, ref.place or record.place, hint))

    def unknown_model(self, record: Record) -> Iterable[Operation]:
        """A record of a model that is not there: created once its module is, else a fault."""
        if not self.fitting.pending and not (record.parent and not record.model):
            known = self.actual.names.get("ir.model", ())
            hint = suggest(record.model, known, "Install the module that brings it.")
            message = f"Odoo has no model '{record.model}'"
            self.fitting.faults.append(Fault("B019", message, record.place, hint))
        elif not record.absent:
            change = CreateRecord.of(record, "new, its model comes with a module")
            yield replace(change, fields=self.everything(record), later=True)

    def call(self, record: Record) -> Iterable[Operation]:
        """A call that has not done its work yet."""
        if record.call is None or self.actual.held.get(record.ref):
            self.unchanged += 1
            return
        self.fitting.pending = True
        yield CallMethod.of(record, f"{record.model}.{record.call.method}")

    def absent(self, record: Record) -> Iterable[Operation]:
        """A record that must not be and is not known to us; one found by `adopt` is deleted."""
        found = self.actual.found.get(record.ref, ())
        if len(found) > 1:
            self.several(record, found, "deleted")
        elif found:
            yield DeleteRecord.of(record, f"delete {record.ref}", found[0])
        else:
            self.unchanged += 1

    def several(self, record: Record, found: Sequence[int], what: str) -> None:
        """Note a search that finds more than the one record it is about."""
        message = f"{record.ref}: {len(found)} records match, one is to be {what}"
        hint = "Narrow the 'adopt' search."
        self.fitting.faults.append(Fault("B023", message, record.place, hint))

    def present(self, record: Record, found: int) -> Iterable[Operation]:
        """What differs in a record that is there."""
        if record.absent:
            yield DeleteRecord.of(record, f"delete {record.ref}", found)
            return
        fields = self.differences(record, found)
        if fields:
            names = ", ".join(one.name for one in fields)
            change = UpdateRecord.of(record, f"{names} differ", found, fields)
            yield replace(change, later=self.fitting.waits_for_field(record))
        else:
            self.unchanged += 1

    def lacking(self, record: Record) -> Iterable[Operation]:
        """A record without our external id: taken over, created, or a fault."""
        found = self.actual.found.get(record.ref, ())
        if len(found) > 1:
            self.several(record, found, "taken over")
        elif found:
            fields = self.differences(record, found[0])
            change = TakeOverRecord.of(record, "taken over", found[0], fields)
            yield replace(change, later=self.fitting.waits_for_field(record))
        elif self.waits(record) or (self.fitting.pending and record.adopt is not None):
            reason = "found or made once the changes before are made"
            if record.create:
                yield replace(CreateRecord.of(record, reason), later=True)
            else:
                yield replace(TakeOverRecord.of(record, reason), later=True)
        elif record.create:
            fields = self.everything(record)
            created = CreateRecord.of(record, "new", None, fields)
            yield replace(created, later=self.fitting.waits_for_field(record))
        else:
            message = f"{record.ref}: no {record.model} matches and none may be created"
            hint = "Correct the 'adopt' search, or let it be created."
            self.fitting.faults.append(Fault("B024", message, record.place, hint))

    def waits(self, record: Record) -> bool:
        """Return whether the search hangs on a record that is still to come."""
        return any(self.actual.look_up(ref) is None for ref in refs_in(record.adopt))

    def everything(self, record: Record) -> tuple[FieldChange, ...]:
        """All values of a new record."""
        return tuple(
            FieldChange(name, None, self.want(record, name, owned), owned.place, initial=initial)
            for initial, values in ((False, record.values), (True, record.initial))
            for name, owned in values.items()
        )

    def want(self, record: Record, name: str, owned: OwnedField) -> Any:
        """Return a value as its field wants it, as written while the field is still to come."""
        info = self.fitting.info(record.model, name, owned)
        return owned.value if info is None else self.fitting.fitted(owned, info, record.ref, name)

    def differences(self, record: Record, found: int) -> tuple[FieldChange, ...]:
        """The owned values that differ from Odoo's."""
        raw_values = self.actual.values.get((record.model, found), {})
        changes = []
        for name, owned in record.values.items():
            self.own(record, found, name, owned)
            info = self.fitting.info(record.model, name, owned)
            raw = raw_values.get(name)
            if info is None:
                if self.fitting.may_come(name):
                    changes.append(FieldChange(name, raw, owned.value, owned.place))
                continue
            want = self.fitting.fitted(owned, info, record.ref, name)
            if not same(raw, want, info, self.actual.look_up):
                edited = self.baseline.edited(record.ref, name, raw)
                changes.append(FieldChange(name, raw, want, owned.place, edited))
        return tuple(changes)

    def own(self, record: Record, found: int, name: str, owned: OwnedField) -> None:
        """Note a second owner of one field of one record."""
        key = (record.model, found, name)
        if key in self.owners and self.owners[key][0] != record.ref:
            ref, other = self.owners[key]
            message = f"{record.ref} and {ref} ({other.place}) both own {name}"
            self.fitting.faults.append(Fault("B018", message, owned.place, "Keep one of the two."))
        self.owners.setdefault(key, (record.ref, owned))
