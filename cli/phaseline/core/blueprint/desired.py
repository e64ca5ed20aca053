"""What should be: the records, settings and modules that stages and a tenant's answers ask for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expansion import Expansion
from phaseline.core.blueprint.expressions import MISSING, Ref, Scope
from phaseline.core.blueprint.privileges import check, reason
from phaseline.core.blueprint.records import OwnedField, Record, secrets_in
from phaseline.errors import Fault, PhaselineError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from phaseline.core.blueprint.answers import Answers
    from phaseline.core.blueprint.model import Stage, StageFile
    from phaseline.core.node import Node


@dataclass(frozen=True, slots=True)
class Desired:
    """Everything some stages ask for."""

    records: tuple[Record, ...]
    modules: Mapping[str, OwnedField]
    settings: Mapping[str, OwnedField]
    provided: Mapping[str, str] = field(default_factory=dict)  # what a module is there for

    def part(self, refs: Collection[str]) -> Desired:
        """Return only what the refs name: records, modules, and `settings` for all settings."""
        return Desired(
            tuple(record for record in self.records if record.ref in refs),
            {name: owned for name, owned in self.modules.items() if name in refs},
            self.settings if "settings" in refs else {},
            self.provided,
        )

    @property
    def dangerous(self) -> tuple[str, ...]:
        """The records and settings that say why they reach administrator-level trust."""
        named = [record.ref for record in self.records if record.dangerous]
        return (*named, *(name for name, owned in self.settings.items() if owned.dangerous))

    @property
    def by_ref(self) -> dict[str, Record]:
        """The records by ref."""
        return {record.ref: record for record in self.records}


def resolve(stages: Iterable[Stage], tenant: Answers) -> Desired:
    """Return what the stages ask for with the tenant's answers; all faults at once."""
    faults: list[Fault] = []
    scope = Scope({"tenant": tenant.answers}, faults)
    records: list[Record] = []
    modules: dict[str, OwnedField] = {}
    settings: dict[str, OwnedField] = {}
    provided: dict[str, str] = {}
    for stage in stages:
        for file in stage.files:
            provided |= {scope.text(node): purpose(file, scope) for node in file.community}
            for node in (*file.modules, *file.community):
                modules.setdefault(scope.text(node), OwnedField(stage.name, node.place))
            for name, node in file.settings.items():
                own_setting(settings, name, node, scope)
            records += file_records(stage.name, file, scope)
    refuse_twins(records, faults)
    refuse_needed(records, faults)
    faults += check(records, settings)
    if faults:
        raise PhaselineError(*faults)
    return Desired(tuple(records), modules, settings, provided)


def purpose(file: StageFile, scope: Scope) -> str:
    """Return the capability a file's modules provide, and what Enterprise has for it."""
    others = ", ".join(scope.text(node) for node in file.enterprise)
    instead = f", which Enterprise has in {others}" if others else ""
    return f"it provides {file.capability or 'the capability of its file'}{instead}"


def own_setting(settings: dict[str, OwnedField], name: str, node: Node, scope: Scope) -> None:
    """Add a setting; one that another file owns already is a fault."""
    why = reason(node.entries.get("dangerous"), scope)
    value = scope.value(node.entries.get("value", node) if why else node)
    if value is MISSING:
        return
    if name.startswith("module_"):
        message = f"setting '{name}' installs or uninstalls a module unseen"
        hint = "Write the module under 'modules'; phaseline never uninstalls one."
        scope.faults.append(Fault("B005", message, node.place, hint))
    if name in settings:
        message = f"setting '{name}' is owned by {settings[name].place} already"
        scope.faults.append(Fault("B018", message, node.place, "Keep one of the two."))
    for secret in secrets_in(value):
        message = f"{secret} is in a setting"
        hint = "A secret belongs into the 'initial' of a record, where it is set once."
        scope.faults.append(Fault("B005", message, node.place, hint))
    settings[name] = OwnedField(value, node.place, why)


def file_records(stage: str, file: StageFile, scope: Scope) -> list[Record]:
    """Return the records of one file; its `needs` go before each of them."""
    needs = [ref.name for node in file.needs if isinstance(ref := need(scope, node), Ref)]
    expansion = Expansion(stage, scope)
    return [
        replace(record, needs=tuple(needs))
        for spec in file.records
        for record in expansion.expand(spec)
    ]


def need(scope: Scope, node: Node) -> Any:
    """Return a ref of `needs`, which is written without `ref:`."""
    text = node.value if isinstance(node.value, str) else ""
    return scope.ref(node, text.removeprefix("ref:"))


def refuse_needed(records: Iterable[Record], faults: list[Fault]) -> None:
    """Note each ref of a record that stays to one that must not be there."""
    gone = {record.ref: record for record in records if record.absent}
    for record in records:
        for ref in () if record.absent else record.refs():
            if ref.name in gone:
                where = gone[ref.name].place
                message = f"{record.ref} needs ref:{ref.name}, which is absent by {where}"
                hint = "Take the ref out as well, or keep the record."
                faults.append(Fault("B016", message, ref.place or record.place, hint))


def refuse_twins(records: Iterable[Record], faults: list[Fault]) -> None:
    """Note two records that carry one ref."""
    seen: dict[str, Record] = {}
    for record in records:
        if record.ref in seen:
            message = f"ref '{record.ref}' is used already at {seen[record.ref].place}"
            hint = "Rename one of the two; a ref in an 'each' needs its ${...}."
            faults.append(Fault("B015", message, record.place, hint))
        seen.setdefault(record.ref, record)
