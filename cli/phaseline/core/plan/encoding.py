"""Operations on records as the program in Odoo runs them: values encoded, new refs kept open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expressions import Ref, Secret
from phaseline.core.plan.comparison import Literal, RefSet, number
from phaseline.core.plan.operations import (
    CreateRecord,
    DeleteRecord,
    Operation,
    TakeOverRecord,
)

if TYPE_CHECKING:
    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.plan.actual import Actual, FieldInfo
    from phaseline.core.plan.operations import FieldChange

Reveal = Callable[[str], str]
Values = dict[str, Any]
Lines = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class CreateStep:
    """Create records of one model; `lines` are those that are created inside each of them."""

    model: str
    refs: list[str] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)
    lines: list[Lines] = field(default_factory=list)

    def data(self) -> Values:
        """The step as the program takes it."""
        return {
            "do": "create",
            "model": self.model,
            "refs": self.refs,
            "values": self.values,
            "lines": self.lines,
        }

    @property
    def created(self) -> list[str]:
        """The refs it brings, those of the lines too."""
        inside = [ref for fields in self.lines for pairs in fields.values() for ref, _ in pairs]
        return [*self.refs, *inside]


@dataclass(frozen=True, slots=True)
class RecordStep:
    """Change one record that is there: `write`, `link` (write and give it our ref) or `unlink`."""

    do: str
    model: str
    ref: str
    record: int | None
    values: Values

    def data(self) -> Values:
        """The step as the program takes it."""
        return {
            "do": self.do,
            "model": self.model,
            "refs": [self.ref],
            "id": self.record,
            "values": [self.values],
            "lines": [{}],
        }


ProgramStep = CreateStep | RecordStep


def program(
    batch: Sequence[Operation], desired: Desired, actual: Actual, reveal: Reveal
) -> list[ProgramStep]:
    """Return the steps of a run of records; neighbours of one model are created together.

    Lines of a new record go with it, so that Odoo's own default lines stay away.
    """
    encoder = _Encoder(actual, reveal)
    found: list[ProgramStep] = []
    inside = embedded(batch, desired, actual)
    by_parent: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for one in batch:
        if one.ref in inside:
            parent, name, inverse = inside[one.ref]
            values = encoder.values(one)
            values.pop(inverse, None)
            by_parent[parent][name].append([one.ref, values])
    for one in batch:
        if one.ref in inside:
            continue
        values = encoder.values(one)
        if isinstance(one, CreateRecord):
            add_create(found, one, values, dict(by_parent.get(one.ref, {})))
        else:
            found.append(RecordStep(verb(one), one.model, one.ref, one.record, values))
    return found


def verb(operation: Operation) -> str:
    """Return what the program does with a record that is there."""
    if isinstance(operation, TakeOverRecord):
        return "link"
    return "unlink" if isinstance(operation, DeleteRecord) else "write"


def add_create(
    found: list[ProgramStep], operation: CreateRecord, values: Values, lines: Lines
) -> None:
    """Add a create to the steps, to the one before if that creates the same model."""
    last = found[-1] if found else None
    if (
        not isinstance(last, CreateStep)
        or last.model != operation.model
        or mentions([values, lines], last.created)
    ):
        last = CreateStep(operation.model)
        found.append(last)
    last.refs.append(operation.ref)
    last.values.append(values)
    last.lines.append(lines)


def embedded(
    batch: Sequence[Operation], desired: Desired, actual: Actual
) -> dict[str, tuple[str, str, str]]:
    """Return parent, field and inverse of each new line that can be created with its parent.

    It can when nothing it needs is created behind the parent.
    """
    by_ref = desired.by_ref
    position = {one.ref: index for index, one in enumerate(batch) if isinstance(one, CreateRecord)}
    found = {}
    for one in batch:
        record = by_ref.get(one.ref)
        if record is None or record.parent is None or one.ref not in position:
            continue
        parent, name = record.parent
        info = actual.fields.get(by_ref[parent].model, {}).get(name) if parent in by_ref else None
        if info is None or parent not in position:
            continue
        needs = {ref.name for ref in record.refs()} - {parent}
        if all(position.get(need, -1) < position[parent] for need in needs):
            found[one.ref] = (parent, name, info.inverse)
    return found


def encode(operation: Operation, actual: Actual) -> dict[str, Any]:
    """Return the values of an operation in which every ref leads somewhere already."""
    return _Encoder(actual, str).values(operation)


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

    def values(self, operation: Operation) -> Values:
        """Return the values of one operation."""
        infos = self.actual.fields.get(operation.model, {})
        new = isinstance(operation, CreateRecord)
        fields = operation.fields
        return {one.name: self.field(one, infos.get(one.name), new=new) for one in fields}

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
