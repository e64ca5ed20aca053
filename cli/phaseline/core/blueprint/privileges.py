"""Finds what reaches administrator-level trust and does not say why; the list is `trust_table`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint import privilege_rules as table
from phaseline.core.blueprint.expressions import Secret
from phaseline.errors import Fault

if TYPE_CHECKING:
    from phaseline.core.blueprint.expressions import Scope
    from phaseline.core.blueprint.records import OwnedField, Record
    from phaseline.core.node import Node
    from phaseline.errors import Place

PARAMETER = "ir.config_parameter"
GROUP_MODELS = ("res.groups", "res.users.role")
VALUES = ("vals", "vals_list", "values")
WORDS = 4  # fewer say no reason
HINT = "Say why it must be, in a sentence: dangerous: ...; production then wants two signatures."
Danger = tuple[str, str]  # what it is, and why it is dangerous


def reason(node: Node | None, scope: Scope) -> str:
    """Return the reason given under `dangerous`; nothing when none is given."""
    if node is None:
        return ""
    text = scope.text(node) if isinstance(node.value, str) else ""
    if len(text.split()) < WORDS:
        scope.faults.append(no_reason(node.place))
    return text or "no reason is given"


def no_reason(place: Place) -> Fault:
    """Return the fault of a `dangerous` that does not say why."""
    hint = "Write why the business needs it; the second person who signs reads it."
    return Fault("B005", "'dangerous' wants the reason, a sentence", place, hint)


def check(records: Collection[Record], settings: Mapping[str, OwnedField]) -> Iterator[Fault]:
    """Yield a fault for each written place that is dangerous, and says no reason or has none."""
    told: set[Place] = set()
    known = {record.ref: record for record in records}
    for record in records:
        for place, (what, why) in of_record(record, known):
            if record.dangerous and why not in table.NEVER:
                continue
            if place not in told:
                told.add(place)
                yield fault(f"{record.ref}: {what}", why, place, table.NEVER.get(why, HINT))
            break
    for name, owned in settings.items():
        why = match(name, table.SETTINGS)
        if why and not owned.dangerous:
            hint = f"Write {name}: {{value: ..., dangerous: why it must be, in a sentence}}."
            yield fault(f"setting {name}", why, owned.place, hint)


def fault(what: str, why: str, place: Place, hint: str = HINT) -> Fault:
    """Return the fault of something dangerous that gives no reason."""
    message = f"{what} reaches administrator-level trust: {why}"
    return Fault("B025", message, place, hint)


def of_record(record: Record, known: Mapping[str, Record]) -> Iterator[tuple[Place, Danger]]:
    """Yield every danger of a record with its place."""
    if record.parent and record.parent[0] in known:
        key = (known[record.parent[0]].model, record.parent[1])
        if key in table.FIELDS:
            yield record.place, (".".join(key), table.FIELDS[key][0])
    if record.call is not None:
        call = record.call
        dangers = of_call(record.model, call.method, call.arguments)
        yield from ((record.place, danger) for danger in dangers)
        return
    if record.model in table.MODELS:
        yield record.place, (record.model, table.MODELS[record.model])
    if record.model == PARAMETER:
        yield from ((record.place, danger) for danger in of_parameter(record))
    if is_widened(record):
        yield (
            record.values["implied_ids"].place,
            ("what a group implies that is there already", table.RIGHTS),
        )
    yield from of_owned(record)


def of_owned(record: Record) -> Iterator[tuple[Place, Danger]]:
    """Yield the dangers of a record's values; a secret at creation is the way to set a password."""
    owned = [*record.values.items()]
    owned += [pair for pair in record.initial.items() if not isinstance(pair[1].value, Secret)]
    for name, one in owned:
        for danger in of_values(record.model, {name: one.value}):
            yield one.place, danger


def of_values(model: str, values: Mapping[str, Any]) -> Iterator[Danger]:
    """Yield the dangers of a record's values."""
    for name, value in values.items():
        why, test = table.FIELDS.get((model, name), ("", table.always))
        if name in table.PASSWORDS and isinstance(value, str):
            why = table.IN_CLEAR
        if why and test(value):
            yield f"{model}.{name}", why


def is_widened(record: Record) -> bool:
    """Return whether a group that was not made here gives its people more."""
    there = record.adopt is not None or not record.create
    return there and record.model in GROUP_MODELS and "implied_ids" in record.values


def of_parameter(record: Record) -> Iterator[Danger]:
    """Yield the danger of a system parameter, whose key is a value or stands in the search."""
    owned = record.values.get("key") or record.initial.get("key")
    keys = [str(owned.value)] if owned else list(texts(record.adopt))
    for key in keys:
        if why := match(key, table.PARAMETERS):
            yield f"parameter {key}", why
    if owned is None and "key" not in keys:
        yield "a system parameter without a key", table.SECRET


def of_call(model: str, method: str, arguments: Mapping[str, Any]) -> Iterator[Danger]:
    """Yield the dangers of a call: of its model, its method, and of the values it hands over."""
    reasons = (table.MODELS.get(model), table.METHODS.get((model, method)))
    for why in (*reasons, table.METHODS.get(("*", method))):
        if why:
            yield f"{model}.{method}", why
    for values in rows(arguments.get(name) for name in VALUES):
        yield from of_values(model, values)
    yield from of_names(arguments)
    for text in texts(list(arguments.values())) if model == PARAMETER else ():
        if why := match(text, table.PARAMETERS):
            yield f"parameter {text}", why


def rows(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a mapping or of lists of them."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for item in value:
            yield from rows(item)


def of_names(value: Any) -> Iterator[Danger]:
    """Yield the dangers that names of fields tell, however deep they stand."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in table.ANYWHERE:
                yield str(name), table.ANYWHERE[name]
            yield from of_names(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from of_names(item)


def texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)


def match(name: str, patterns: Mapping[str, str]) -> str:
    """Return why a name is in a table of patterns, or nothing."""
    lower = name.lower()
    return next((why for one, why in patterns.items() if fnmatchcase(lower, one)), "")


def of_step(step: Mapping[str, Any]) -> Iterator[Danger]:
    """Yield the dangers of a proof's step, given plain; what it expects to be refused is none."""
    create, extra = step.get("create"), step.get("with")
    for model, given in create.items() if isinstance(create, Mapping) else ():
        if model in table.MODELS:
            yield model, table.MODELS[model]
        for values in rows(given):
            yield from of_values(model, values)
        yield from of_names(given)
    yield from of_names(step.get("write"))
    model, _, method = str(step.get("call") or "").rpartition(".")
    if model and not model.startswith("$"):
        yield from of_call(model, method, extra if isinstance(extra, Mapping) else {})
    else:
        yield from of_names(extra)
