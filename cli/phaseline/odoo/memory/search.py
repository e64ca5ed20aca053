"""How the memory double searches: order, paths over relations, archived records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.odoo.memory.domains import Domain
from phaseline.odoo.memory.models import X2MANY, OdooError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.odoo.memory.context import CallContext
    from phaseline.odoo.memory.store import State


def search(
    call: CallContext,
    *,
    domain: Any,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[int]:
    """The ids of matching records in order; archived ones only where the domain asks for them."""
    store, model = call.store, call.model.name
    found = _matching(call, domain)
    for term in reversed([part.split() for part in (order or "id").split(",")]):
        found.sort(
            key=lambda record, name=term[0]: _sortable(store.value(model, record, name)),  # type: ignore[misc]
            reverse=len(term) > 1 and term[1].lower() == "desc",
        )
    return found[offset:][: limit or None]


def _sortable(value: Any) -> tuple[int, Any]:
    return (1, "") if value is False or value is None else (0, value)


def _matching(call: CallContext, domain: Any) -> list[int]:
    store, owner, model = call.store, call.model, call.model.name

    def reach(record: int, path: str) -> list[Any]:
        name, _, rest = path.partition(".")
        value = store.value(model, record, name)
        many = owner.define(name)["type"] in X2MANY
        found = value if many else [value]
        relation = owner.fields[name].get("relation")
        return _follow(store, relation, found, rest) if rest and relation else found

    def named(record: int, path: str) -> list[str]:
        relation = owner.define(path.partition(".")[0]).get("relation")
        if relation is None or "." in path:
            return []
        return [store.display_name(relation, one) for one in reach(record, path) if one]

    parsed = Domain(_domain(domain), reach, named)
    paths = list(parsed.fields())
    for path in paths:
        owner.define(path.partition(".")[0])
    hide = (
        "active" in owner.fields and "active" not in paths and call.context.get("active_test", True)
    )
    return [
        record
        for record, row in owner.rows.items()
        if not (hide and not row["active"]) and parsed.matches(record)
    ]


def _domain(domain: Any) -> Sequence[Any]:
    if not isinstance(domain, list | tuple):
        message = f"Domain() invalid argument type for domain: {domain!r}"
        raise OdooError("builtins.TypeError", message)
    return domain


def _follow(store: State, model: str, records: Sequence[Any], path: str) -> list[Any]:
    name, _, rest = path.partition(".")
    found: list[Any] = []
    for record in records:
        if record:
            value = store.value(model, record, name)
            found.extend(value if isinstance(value, list) else [value])
    relation = store.models[model].define(name).get("relation")
    return _follow(store, relation, found, rest) if rest and relation else found


def search_count(
    call: CallContext,
    *,
    domain: Any,
    limit: int | None = None,
) -> int:
    """How many records match."""
    return len(search(call, domain=domain, limit=limit))
