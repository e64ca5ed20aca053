"""Values of proof steps: kept records and their paths, refs, dates, and Odoo's write forms."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expressions import MISSING, Ref, Scope
from phaseline.core.node import Node
from phaseline.core.plan.comparison import MANY, TEXTS, number, substitute
from phaseline.core.proofs.expectations import UnclearError

if TYPE_CHECKING:
    from phaseline.core.plan.actual import FieldInfo
    from phaseline.odoo.port import Port
    from phaseline.odoo.proofs.lookup_cache import LookupCache

WIDTH = 160


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """Records a step left behind for later steps."""

    model: str
    ids: tuple[int, ...]

    def __str__(self) -> str:
        """Return them as evidence names them."""
        return f"{self.model} {', '.join(map(str, self.ids)) or '(none)'}"


@dataclass
class Values:
    """Works out the values of one proof's steps."""

    admin: Port
    scope: Scope
    refs: LookupCache
    today: str
    unique: str
    kept: dict[str, Any] = field(default_factory=dict)

    def plain(self, node: Node) -> Any:
        """Return a value with ids for refs and kept records."""
        if isinstance(node.value, tuple):
            return [self.plain(item) for item in node.items]
        if isinstance(node.value, Mapping):
            return self.mapping(node)
        if isinstance(node.value, str) and node.value.startswith("$") and node.value[1:2] != "{":
            return self.one_or_all(self.value(node.value, node))
        value = self.scope.value(node)
        if isinstance(value, Ref):
            return self.follow_ref(value)
        if value is MISSING:
            return False
        return substitute(value, self.follow_ref)

    def mapping(self, node: Node) -> Any:
        """Return a mapping, or what `today` and `unique` stand for."""
        entries = node.entries
        if set(entries) == {"today"}:
            offset = int(str(entries["today"].value or 0))
            return (date.fromisoformat(self.today) + timedelta(days=offset)).isoformat()
        if set(entries) == {"unique"}:
            return f"{self.scope.text(entries['unique'])}{self.unique}"
        return {key: self.plain(item) for key, item in entries.items()}

    def follow_ref(self, ref: Ref) -> int:
        """Return the id a ref leads to."""
        found = self.refs.look_up(ref)
        if found is None:
            message = f"{ref} leads nowhere in this Odoo"
            raise UnclearError(message)
        return found

    def one_or_all(self, found: Any) -> Any:
        """Return kept records as one id or a list of ids, and one value alone."""
        if isinstance(found, KeptRecords):
            return found.ids[0] if len(found.ids) == 1 else list(found.ids)
        if isinstance(found, list) and len(found) == 1:
            return found[0]
        return found

    def domain(self, node: Node) -> list[Any]:
        """Return a search domain; `in` always gets a list."""
        found = []
        for term in self.plain(node):
            wants_list = isinstance(term, list) and len(term) == 3 and "in" in str(term[1]).split()  # noqa: PLR2004
            if wants_list and not isinstance(term[2], list):
                term[2] = [term[2]] if term[2] is not False else []
            found.append(term)
        return found

    def answered_domain(self, domain: Any) -> list[Any]:
        """Return the domain of an action Odoo answered with, a list or its text."""
        try:
            found: list[Any] = ast.literal_eval(domain) if isinstance(domain, str) else domain
        except (ValueError, SyntaxError) as error:
            message = f"only Odoo's client reads the domain {brief(domain)}"
            raise UnclearError(message) from error
        return found

    def value(self, path: str, node: Node) -> Any:
        """Return what `$name.field.field` leads to: kept records or a list of values."""
        name, *fields = path.removeprefix("$").split(".")
        if name not in self.kept:
            known = ", ".join(sorted(self.kept)) or "nothing"
            message = f"${name} was not kept, {known} was ({node.place})"
            raise UnclearError(message)
        return self.follow(self.kept[name], fields)

    def follow(self, found: Any, fields: list[str]) -> Any:
        """Follow fields from kept records, rows or plain values."""
        for name in fields:
            if isinstance(found, KeptRecords):
                found = self.read(found, name)
            elif isinstance(found, Mapping):
                found = found.get(name)
            elif isinstance(found, list):
                found = [row[name] for row in found if isinstance(row, Mapping)]
            else:
                message = f"{name} cannot be read of {brief(found)}"
                raise UnclearError(message)
        return found if isinstance(found, (KeptRecords, list)) else [found]

    def read(self, records: KeptRecords, name: str) -> Any:
        """Return a field of kept records: other records, or a value of each."""
        info = self.refs.definition(records.model, name)
        rows = self.rows(records, name)
        by_id = {row["id"]: row[name] for row in rows}
        values = [by_id[one] for one in records.ids if one in by_id]
        if info.type == "many2one":
            return KeptRecords(info.relation, tuple(dict.fromkeys(one for one in values if one)))
        if info.type in MANY:
            together = dict.fromkeys(one for many in values for one in many)
            return KeptRecords(info.relation, tuple(together))
        return values

    def each(self, records: KeptRecords, name: str) -> list[Any]:
        """Return a field's value of every record, the empty ones too: a value, an id or ids."""
        self.refs.definition(records.model, name)
        return [row[name] for row in self.rows(records, name)]

    def rows(self, records: KeptRecords, name: str) -> list[dict[str, Any]]:
        """Read one field of kept records as the deploy user."""
        context = {"lang": "en_US"}
        found: list[dict[str, Any]] = self.admin.call(
            records.model, "read", list(records.ids), fields=[name], load=None, context=context
        )
        return found

    def records(self, path: str, node: Node) -> KeptRecords:
        """Return the kept records of a path, or of a ref."""
        if path.startswith("ref:"):
            ref = self.scope.value(Node(path, node.place))
            record = self.refs.record(ref.name) if isinstance(ref, Ref) else None
            if record is None:
                message = f"{path} leads nowhere in this Odoo"
                raise UnclearError(message)
            return KeptRecords(record[0], (record[1],))
        found = self.value(path, node)
        if not isinstance(found, KeptRecords):
            message = f"{path} is no record but {brief(found)}"
            raise UnclearError(message)
        return found

    def writable(self, model: str, node: Node) -> dict[str, Any]:
        """Return values in Odoo's write form, lines as create commands."""
        values: dict[str, Any] = {}
        for name, item in node.entries.items():
            info = self.refs.definition(model, name)
            if info.type in MANY:
                values[name] = self.commands(info, item)
            elif info.type in TEXTS and isinstance(item.value, tuple):
                values[name] = repr(self.plain(item))
            else:
                value = self.plain(item)
                numeric = info.type in {"float", "monetary", "integer"}
                values[name] = number(Decimal(str(value))) if numeric and value else value
        return values

    def commands(self, info: FieldInfo, node: Node) -> list[Any]:
        """Return the commands of an x2many value: new lines, a whole set, or more of them."""
        items = node.items
        if items and all(isinstance(item.value, Mapping) for item in items):
            return [[0, 0, self.writable(info.relation, item)] for item in items]
        if set(node.entries) == {"add"}:
            return [[4, one, 0] for one in as_list(self.plain(node.entries["add"]))]
        return [[6, 0, as_list(self.plain(node))]]


def as_list(value: Any) -> list[Any]:
    """Return a value as a list, flattening lists of lists."""
    if not isinstance(value, list):
        return [] if value is False else [value]
    return [one for item in value for one in as_list(item)]


def brief(value: Any) -> str:
    """Return a value as short text for evidence."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    text = str(value)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
