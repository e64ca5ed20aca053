"""What should be: the records, settings and modules that stages and a tenant's answers ask for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint import CallSpec, RecordSpec, Stage, StageFile
from phaseline.core.expressions import MISSING, NAME, Ref, Scope
from phaseline.core.marked import Node
from phaseline.core.nearest import suggest
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from phaseline.core.tenant import Tenant

LINE_KEYS = ("ref", "each", "when", "unless", "values", "initial", "absent")


@dataclass(frozen=True, slots=True)
class Owned:
    """A value we own and the place that says so."""

    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its arguments worked out, and the state that shows it was made."""

    method: str
    on: Ref | None
    arguments: Mapping[str, Any]
    model: str
    domain: Any
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One wanted record; `parent` is the ref and one2many field of the record it is a line of."""

    ref: str
    model: str
    stage: str
    place: Place
    values: Mapping[str, Owned] = field(default_factory=dict)
    initial: Mapping[str, Owned] = field(default_factory=dict)
    adopt: Any = None
    create: bool = True
    absent: bool = False
    call: Call | None = None
    needs: tuple[str, ...] = ()
    parent: tuple[str, str] | None = None

    def refs(self) -> Iterator[Ref]:
        """Every ref the record mentions."""
        for owned in (*self.values.values(), *self.initial.values()):
            yield from refs_in(owned.value)
        yield from refs_in(self.adopt)
        if self.call:
            yield from refs_in([self.call.on, self.call.domain])
            yield from refs_in([dict(self.call.arguments), dict(self.call.expect)])
        for name in (*self.needs, *([self.parent[0]] if self.parent else [])):
            yield Ref(name, "", self.place)


@dataclass(frozen=True, slots=True)
class Desired:
    """Everything some stages ask for."""

    records: tuple[Record, ...]
    modules: Mapping[str, Owned]
    settings: Mapping[str, Owned]

    @property
    def by_ref(self) -> dict[str, Record]:
        """The records by ref."""
        return {record.ref: record for record in self.records}


def refs_in(value: Any) -> Iterator[Ref]:
    """Every ref inside a worked-out value."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from refs_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from refs_in(item)


def resolve(stages: Iterable[Stage], tenant: Tenant) -> Desired:
    """Return what the stages ask for with the tenant's answers; all faults at once."""
    faults: list[Fault] = []
    scope = Scope({"tenant": tenant.answers}, faults)
    records: list[Record] = []
    modules: dict[str, Owned] = {}
    settings: dict[str, Owned] = {}
    for stage in stages:
        for file in stage.files:
            for node in file.modules:
                modules.setdefault(scope.text(node), Owned(stage.name, node.place))
            for name, node in file.settings.items():
                own_setting(settings, name, node, scope)
            records += file_records(stage.name, file, scope)
    refuse_twins(records, faults)
    if faults:
        raise PhaselineError(*faults)
    return Desired(tuple(records), modules, settings)


def own_setting(settings: dict[str, Owned], name: str, node: Node, scope: Scope) -> None:
    """Add a setting; one that another file owns already is a fault."""
    value = scope.value(node)
    if value is MISSING:
        return
    if name in settings:
        message = f"setting '{name}' is owned by {settings[name].place} already"
        scope.faults.append(Fault("B018", message, node.place, "Keep one of the two."))
    settings[name] = Owned(value, node.place)


def file_records(stage: str, file: StageFile, scope: Scope) -> list[Record]:
    """Return the records of one file; its `needs` go before each of them."""
    needs = [ref.name for node in file.needs if isinstance(ref := need(scope, node), Ref)]
    found = []
    for spec in file.records:
        for record in _Expansion(stage, scope).expand(spec):
            found.append(replace(record, needs=tuple(needs)))
    return found


def need(scope: Scope, node: Node) -> Any:
    """Return a ref of `needs`, which is written without `ref:`."""
    text = node.value if isinstance(node.value, str) else ""
    return scope.ref(node, text.removeprefix("ref:"))


def refuse_twins(records: Iterable[Record], faults: list[Fault]) -> None:
    """Note two records that carry one ref."""
    seen: dict[str, Record] = {}
    for record in records:
        if record.ref in seen:
            message = f"ref '{record.ref}' stands at {seen[record.ref].place} already"
            hint = "Rename one of the two; a ref in an 'each' needs its ${...}."
            faults.append(Fault("B015", message, record.place, hint))
        seen.setdefault(record.ref, record)


class _Expansion:
    """Turns one written record into the records it stands for."""

    def __init__(self, stage: str, scope: Scope) -> None:
        self.stage = stage
        self.scope = scope

    def expand(self, spec: RecordSpec, parent: tuple[str, str] | None = None) -> list[Record]:
        """Return the records of a spec with their lines behind them."""
        records: list[Record] = []
        for scope in repeat(self.scope, spec.each):
            if not scope.holds(spec.when) or (spec.unless and scope.holds(spec.unless)):
                continue
            records += self.one(spec, scope, parent)
        return records

    def one(
        self, spec: RecordSpec, scope: Scope, parent: tuple[str, str] | None
    ) -> Iterator[Record]:
        """Return one record and its lines."""
        ref = scope.text(spec.ref)
        if not NAME.fullmatch(ref):
            hint = "A ref is kind.name, of letters, digits, _ and -."
            scope.faults.append(Fault("B014", f"'{ref}' is no ref", spec.ref.place, hint))
        values: dict[str, Owned] = {}
        lines: list[Record] = []
        for name, node in spec.values.items():
            if set(node.entries) == {"lines"}:
                lines += self.lines(node.entries["lines"], scope, (ref, name))
            elif (value := scope.value(node)) is not MISSING:
                values[name] = Owned(value, node.place)
        initial = {
            name: Owned(value, node.place)
            for name, node in spec.initial.items()
            if (value := scope.value(node)) is not MISSING
        }
        yield Record(
            ref=ref,
            model=spec.model,
            stage=self.stage,
            place=spec.place,
            values=values,
            initial=initial,
            adopt=None if spec.adopt is None else scope.value(spec.adopt),
            create=spec.create,
            absent=spec.absent,
            call=None if spec.call is None else resolve_call(spec.call, scope),
            parent=parent,
        )
        yield from lines

    def lines(self, node: Node, scope: Scope, parent: tuple[str, str]) -> list[Record]:
        """Return the lines of a one2many field; their model is known once Odoo is read."""
        found: list[Record] = []
        for item in node.items:
            entries = item.entries
            for key in entries:
                if key not in LINE_KEYS:
                    hint = suggest(key, LINE_KEYS, f"Known keys: {', '.join(LINE_KEYS)}.")
                    place = item.keys[key]
                    scope.faults.append(Fault("B004", f"unknown key '{key}'", place, hint))
            absent = entries.get("absent")
            empty = Node({}, item.place)
            spec = RecordSpec(
                ref=entries.get("ref", Node("", item.place)),
                model="",
                place=item.place,
                each=tuple(entries.get("each", empty).entries.items()),
                when=entries.get("when"),
                unless=entries.get("unless"),
                absent=absent is not None and absent.value is True,
                values=entries.get("values", empty).entries,
                initial=entries.get("initial", empty).entries,
            )
            found += _Expansion(self.stage, scope).expand(spec, parent)
        return found


def repeat(scope: Scope, each: tuple[tuple[str, Node], ...]) -> Iterator[Scope]:
    """Return a scope for every combination of the `each` variables, later ones seeing earlier."""
    if not each:
        yield scope
        return
    (name, node), *rest = each
    value = scope.value(node)
    items: Iterable[Any] = value if isinstance(value, list) else ()
    if isinstance(value, Mapping):
        items = [{"key": key, "value": item} for key, item in value.items()]
    elif not isinstance(value, list) and value is not MISSING:
        message = f"'{name}' repeats over neither a list nor a map"
        scope.faults.append(Fault("B005", message, node.place))
    chain = (repeat(scope.within({name: item}), tuple(rest)) for item in items)
    yield from itertools.chain.from_iterable(chain)


def resolve_call(spec: CallSpec, scope: Scope) -> Call:
    """Return a call with everything in it worked out."""
    on = None if spec.on is None else scope.value(spec.on)
    until = spec.until
    return Call(
        method=spec.method,
        on=on if isinstance(on, Ref) else None,
        arguments={key: scope.value(node) for key, node in spec.arguments.items()},
        model=until.model,
        domain=scope.value(until.domain),
        expect={key: scope.value(node) for key, node in until.expect.items()},
    )
