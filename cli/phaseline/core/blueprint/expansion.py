"""One written record as the records it stands for: `each`, `when`, lines and calls worked out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phaseline.core.blueprint.expressions import MISSING, NAME, Ref, Scope
from phaseline.core.blueprint.model import CallSpec, RecordSpec
from phaseline.core.blueprint.privileges import reason
from phaseline.core.blueprint.records import Call, OwnedField, Record, secrets_in
from phaseline.core.node import Node
from phaseline.errors import Fault
from phaseline.suggestions import suggest

LINE_KEYS = ("ref", "each", "when", "unless", "values", "initial", "absent", "dangerous")


class Expansion:
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
        values: dict[str, OwnedField] = {}
        lines: list[Record] = []
        for name, node in spec.values.items():
            if set(node.entries) == {"lines"}:
                lines += self.lines(node.entries["lines"], scope, (ref, name))
            elif (value := scope.value(node)) is not MISSING:
                self.refuse_secrets(value, node)
                values[name] = OwnedField(value, node.place)
        initial = {
            name: OwnedField(value, node.place)
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
            dangerous=reason(spec.dangerous, scope),
        )
        yield from lines

    def refuse_secrets(self, value: Any, node: Node) -> None:
        """Note a secret where it would be compared, shown or written as its name."""
        for secret in secrets_in(value):
            hint = "Move the field to 'initial': a secret is set once and never compared."
            self.scope.faults.append(Fault("B005", f"{secret} is written here", node.place, hint))

    def lines(self, node: Node, scope: Scope, parent: tuple[str, str]) -> list[Record]:
        """Return the lines of a one2many field; their model is known once Odoo is read."""
        found: list[Record] = []
        if not isinstance(node.value, tuple):
            scope.faults.append(Fault("B005", f"a list wanted, {node.kind} found", node.place))
        for item in node.items:
            entries = item.entries
            refuse_forms(item, scope)
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
                dangerous=entries.get("dangerous"),
            )
            found += Expansion(self.stage, scope).expand(spec, parent)
        return found


def refuse_forms(item: Node, scope: Scope) -> None:
    """Note the parts of a line that have another form than they need."""
    wanted: tuple[tuple[str, type[Any], str], ...] = (
        ("each", Mapping, "a mapping"),
        ("values", Mapping, "a mapping"),
        ("initial", Mapping, "a mapping"),
        ("absent", bool, "true or false"),
    )
    for key, form, words in wanted:
        node = item.entries.get(key)
        if node is not None and node.value is not None and not isinstance(node.value, form):
            message = f"{words} wanted, {node.kind} found"
            scope.faults.append(Fault("B005", message, node.place))


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
    if spec.on is not None and not isinstance(on, Ref):
        hint = "Write on: ref:kind.name, and leave 'on' out for a method of the model itself."
        scope.faults.append(Fault("B005", "'on' names no record", spec.on.place, hint))
    until = spec.until
    return Call(
        method=spec.method,
        on=on if isinstance(on, Ref) else None,
        arguments={key: scope.value(node) for key, node in spec.arguments.items()},
        model=until.model,
        domain=scope.value(until.domain),
        expect={key: scope.value(node) for key, node in until.expect.items()},
    )
