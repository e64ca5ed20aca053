"""Changes as operations one server run executes: values encoded, refs to new records kept open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expressions import Ref, Secret
from phaseline.core.plan.comparison import Literal, RefSet, number

if TYPE_CHECKING:
    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.plan.actual import Actual, FieldInfo
    from phaseline.core.plan.model import Change, FieldChange, Plan

Reveal = Callable[[str], str]
Operation = dict[str, Any]
SCHEMA = frozenset({"ir.model", "ir.model.fields"})
AT_ONCE = 500


def next_step(plan: Plan, desired: Desired) -> tuple[Change, ...]:
    """Return the changes to make next: all modules, the settings, a call, or a run of records.

    A run is of `AT_ONCE` records at most, unless one new record and its lines are more.
    """
    changes = plan.changes
    if not changes:
        return ()
    kind = changes[0].kind
    if kind == "install":
        return tuple(change for change in changes if change.kind == "install")
    if kind in {"setting", "call"}:
        return changes[:1]
    step: list[Change] = []
    for change in changes[: whole(changes, desired)]:
        apart = bool(step) and (change.model in SCHEMA) != (step[0].model in SCHEMA)
        if change.kind in {"setting", "call"} or change.later or apart:
            break
        step.append(change)
    return tuple(step)


def whole(changes: Sequence[Change], desired: Desired) -> int:
    """Return how many changes go together, so that no new record is parted from its lines."""
    by_ref = desired.by_ref
    position = {
        change.ref: index for index, change in enumerate(changes) if change.kind == "create"
    }
    families = []
    for ref, index in position.items():
        parent = by_ref[ref].parent if ref in by_ref else None
        if parent is not None and parent[0] in position:
            families.append(sorted((position[parent[0]], index)))
    cut = AT_ONCE
    while parted := [first for first, last in families if first < cut <= last]:
        cut = min(parted)
    if cut == 0:
        cut = AT_ONCE
        while parted := [last for first, last in families if first < cut <= last]:
            cut = max(parted) + 1
    return cut


def operations(
    step: Sequence[Change], desired: Desired, actual: Actual, reveal: Reveal
) -> list[Operation]:
    """Return the operations of a run of records; neighbours of one model are created together.

    Lines of a new record go with it, so that Odoo's own default lines stay away.
    """
    encoder = _Encoder(actual, reveal)
    found: list[Operation] = []
    inside = embedded(step, desired, actual)
    by_parent: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for change in step:
        if change.ref in inside:
            parent, name, inverse = inside[change.ref]
            values = encoder.values(change)
            values.pop(inverse, None)
            by_parent[parent][name].append([change.ref, values])
    for change in step:
        if change.ref in inside:
            continue
        values = encoder.values(change)
        if change.kind == "create":
            add_create(found, change, values, by_parent.get(change.ref, {}))
            continue
        do = {"adopt": "link", "delete": "unlink"}.get(change.kind, "write")
        one = {"do": do, "model": change.model, "refs": [change.ref], "id": change.record}
        found.append({**one, "values": [values], "lines": [{}]})
    return found


def add_create(
    found: list[Operation], change: Change, values: Operation, lines: Mapping[str, list[Any]]
) -> None:
    """Add a create to the operations, to the one before if that creates the same model."""
    last = found[-1] if found else {}
    together = last.get("do") == "create" and last["model"] == change.model
    made = [*last.get("refs", ()), *line_refs(last.get("lines", ()))]
    if not together or mentions([values, dict(lines)], made):
        last = {"do": "create", "model": change.model, "refs": [], "values": [], "lines": []}
        found.append(last)
    last["refs"].append(change.ref)
    last["values"].append(values)
    last["lines"].append(dict(lines))


def line_refs(lines: Iterable[Mapping[str, list[Any]]]) -> list[str]:
    """Return the refs of embedded lines."""
    return [ref for fields in lines for pairs in fields.values() for ref, _ in pairs]


def embedded(
    step: Sequence[Change], desired: Desired, actual: Actual
) -> dict[str, tuple[str, str, str]]:
    """Return parent, field and inverse of each new line that can be created with its parent.

    It can when nothing it needs is created behind the parent.
    """
    by_ref = desired.by_ref
    position = {change.ref: index for index, change in enumerate(step) if change.kind == "create"}
    found = {}
    for change in step:
        record = by_ref.get(change.ref)
        if record is None or record.parent is None or change.ref not in position:
            continue
        parent, name = record.parent
        info = actual.fields.get(by_ref[parent].model, {}).get(name) if parent in by_ref else None
        if info is None or parent not in position:
            continue
        needs = {ref.name for ref in record.refs()} - {parent}
        if all(position.get(need, -1) < position[parent] for need in needs):
            found[change.ref] = (parent, name, info.inverse)
    return found


def encode(change: Change, actual: Actual) -> dict[str, Any]:
    """Return the values of a change in which every ref leads somewhere already."""
    return _Encoder(actual, str).values(change)


def mentions(values: Any, refs: Sequence[str]) -> bool:
    """Return whether encoded values hang on one of the refs."""
    if isinstance(values, Mapping):
        return values.get("$ref") in refs or any(mentions(item, refs) for item in values.values())
    return isinstance(values, list) and any(mentions(item, refs) for item in values)


class _Encoder:
    """Encodes values for the program in `odoo.writer`."""

    def __init__(self, actual: Actual, reveal: Reveal) -> None:
        self.actual = actual
        self.reveal = reveal

    def values(self, change: Change) -> dict[str, Any]:
        """Return the values of one change."""
        infos = self.actual.fields.get(change.model, {})
        new = change.kind == "create"
        return {one.name: self.field(one, infos.get(one.name), new=new) for one in change.fields}

    def field(self, one: FieldChange, info: FieldInfo | None, *, new: bool) -> Any:
        """Return one value in Odoo's write form."""
        want = one.new
        if isinstance(want, RefSet):
            ids = [self.plain(ref) for ref in want.refs]
            if want.exact or new:
                return [[6, 0, ids]]
            return [[4, found, 0] for found in ids]
        if isinstance(want, Literal):
            return {"$text": self.plain(want.value)}
        if isinstance(want, Ref) and info is not None and info.type == "reference":
            return {"$reference": self.plain(want), "model": self.actual.model_of(want) or ""}
        return self.plain(want)

    def plain(self, value: Any) -> Any:
        """Return a value with ids, or open refs for what the same run creates."""
        if isinstance(value, Ref):
            found = self.actual.look_up(value)
            return {"$ref": value.name, "path": value.path} if found is None else found
        if isinstance(value, Secret):
            return self.reveal(value.name)
        if isinstance(value, Decimal):
            return number(value)
        if isinstance(value, Mapping):
            return {key: self.plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in value]
        return value
