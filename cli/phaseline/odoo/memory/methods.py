"""The methods every model of the memory double has that make, change, remove and tell records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from phaseline.odoo.memory.models import X2MANY, Model, OdooError
from phaseline.odoo.memory.search import search, search_count

if TYPE_CHECKING:
    from phaseline.odoo.memory.context import CallContext

CREATE, UPDATE, DELETE, UNLINK, LINK, CLEAR, SET = range(7)


def create(call: CallContext, *, vals_list: Any) -> list[int]:
    """The ids of new records, in the order of their values."""
    rows = [vals_list] if isinstance(vals_list, Mapping) else vals_list
    return [_make(call, call.model, row) for row in rows]


def _make(call: CallContext, model: Model, values: Mapping[str, Any]) -> int:
    model.last += 1
    record = model.last
    stamp = {"create_date": call.store.stamp(), "create_uid": call.uid}
    model.rows[record] = {name: False for name, one in model.fields.items() if one["store"]} | stamp
    _put(call, model, record, model.defaults(model.fields) | dict(values))
    return record


def _put(call: CallContext, model: Model, record: int, values: Mapping[str, Any]) -> None:
    row = model.rows[record]
    for name, value in values.items():
        definition = model.define(name)
        if definition["type"] in X2MANY:
            _command(call, model, record, name, value)
        elif definition["type"] == "many2one" and value:
            _exists(call, definition["relation"], value)
            row[name] = value
        else:
            row[name] = model.convert(name, value)
    row["write_date"], row["write_uid"] = call.store.stamp(), call.uid
    model.require_fields(row)
    _unique(model, record)


def _exists(call: CallContext, model: str, record: int) -> None:
    if record not in call.store.models[model].rows:
        message = (
            "Record does not exist or has been deleted."
            f"\n(Record: {model}({record},), User: {call.uid})"
        )
        raise OdooError("odoo.exceptions.MissingError", message)


def _unique(model: Model, record: int) -> None:
    for names in model.unique:
        mine = [model.rows[record].get(name) for name in names]
        for other, row in model.rows.items():
            if other != record and [row.get(name) for name in names] == mine:
                message = f"The operation cannot be completed: {', '.join(names)} must be unique!"
                raise OdooError("odoo.exceptions.ValidationError", message)


def _command(call: CallContext, model: Model, record: int, name: str, commands: Any) -> None:
    definition = model.fields[name]
    other = call.store.models[definition["relation"]]
    lines = definition["type"] == "one2many"
    now: list[int] = call.store.value(model.name, record, name)
    back = {definition["relation_field"]: record} if lines else {}
    for verb, one, payload in commands:
        if verb == CREATE:
            now.append(_make(call, other, dict(payload) | back))
        elif verb == UPDATE:
            _put(call, other, one, payload)
        elif verb == LINK:
            _exists(call, other.name, one)
            now.append(one)
        elif verb in {DELETE, UNLINK}:
            now = [each for each in now if each != one]
        elif verb in {CLEAR, SET}:
            now = list(payload or ()) if verb == SET else []
    if lines:
        _relink(call, other, definition["relation_field"], record, now)
    else:
        model.rows[record][name] = tuple(dict.fromkeys(now))


def _relink(call: CallContext, other: Model, inverse: str, record: int, now: list[int]) -> None:
    """Make exactly these lines the lines of a record; lines let go of are deleted."""
    for line in [one for one, row in other.rows.items() if row.get(inverse) == record]:
        if line not in now:
            _remove(call, other, line)
    for line in now:
        other.rows[line][inverse] = record


def _remove(call: CallContext, model: Model, record: int) -> None:
    del model.rows[record]
    data = call.store.models["ir.model.data"].rows
    for one in [
        key for key, row in data.items() if (row["model"], row["res_id"]) == (model.name, record)
    ]:
        del data[one]


def write(call: CallContext, *, vals: Any) -> bool:
    """True, after every record took the values."""
    for record in call.ids:
        _exists(call, call.model.name, record)
        _put(call, call.model, record, vals)
    return True


def unlink(call: CallContext) -> bool:
    """True, after the records are gone, and their external ids with them."""
    for record in call.ids:
        if record in call.model.rows:
            _remove(call, call.model, record)
    return True


def read(
    call: CallContext,
    *,
    fields: Sequence[str] | None = None,
    load: str | None = "_classic_read",
) -> list[dict[str, Any]]:
    """The named fields of the records that are there; a many2one as a pair, or as an id."""
    names = list(fields or call.model.fields)
    for name in names:
        call.model.define(name)
    return [
        {"id": record, **{name: _shown(call, record, name, load) for name in names}}
        for record in call.ids
        if record in call.model.rows
    ]


def _shown(call: CallContext, record: int, name: str, load: str | None) -> Any:
    value = call.store.value(call.model.name, record, name)
    definition = call.model.fields[name]
    if definition["type"] == "many2one" and value and load:
        return [value, call.store.display_name(definition["relation"], value)]
    return value


def search_read(
    call: CallContext,
    *,
    domain: Any = (),
    fields: Sequence[str] | None = None,
    load: str | None = "_classic_read",
    **slicing: Any,
) -> list[dict[str, Any]]:
    """What `search` finds, as `read` tells it."""
    found = search(call, domain=domain, **slicing)
    return read(replace(call, ids=tuple(found)), fields=fields, load=load)


def fields_get(
    call: CallContext,
    *,
    allfields: Sequence[str] | None = None,
    attributes: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The definitions of the fields, or of those asked for that are there."""
    return {
        name: {key: one for key, one in definition.items() if not attributes or key in attributes}
        for name, definition in call.model.fields.items()
        if not allfields or name in allfields
    }


def default_get(call: CallContext, *, fields: Sequence[str]) -> dict[str, Any]:
    """The defaults of the named fields that have one."""
    return call.model.defaults(fields)


METHODS: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        create, default_get, fields_get, read, search, search_count, search_read, unlink, write,
    )
}  # fmt: skip
