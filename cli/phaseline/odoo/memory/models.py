"""Models of the memory double: how fields are declared, checked, and given a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


X2MANY = frozenset({"one2many", "many2many"})
NUMBERS = frozenset({"integer", "float", "monetary"})
TEXTS = frozenset({"char", "text", "html"})
AUTOMATIC: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "integer", "readonly": True},
    "display_name": {"type": "char", "readonly": True, "store": False},
    "create_date": {"type": "datetime", "readonly": True},
    "create_uid": {"type": "many2one", "relation": "res.users", "readonly": True},
    "write_date": {"type": "datetime", "readonly": True},
    "write_uid": {"type": "many2one", "relation": "res.users", "readonly": True},
}
PARTNER: Mapping[str, Any] = {
    "name": {"type": "char", "required": True},
    "active": {"type": "boolean", "default": True},
    "email": {"type": "char"},
    "comment": {"type": "html"},
    "ref": {"type": "char"},
    "color": {"type": "integer"},
    "type": {
        "type": "selection",
        "selection": [["contact", "Contact"], ["invoice", "Invoice"], ["delivery", "Delivery"]],
        "default": "contact",
    },
    "parent_id": {"type": "many2one", "relation": "res.partner"},
    "child_ids": {
        "type": "one2many", "relation": "res.partner", "relation_field": "parent_id",
    },
    "category_id": {"type": "many2many", "relation": "res.partner.category"},
}  # fmt: skip
USER: Mapping[str, Any] = {
    "name": {"type": "char", "required": True},
    "login": {"type": "char", "required": True},
    "active": {"type": "boolean", "default": True},
    "group_ids": {"type": "many2many", "relation": "res.groups"},
    "company_id": {"type": "many2one", "relation": "res.company"},
}
BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    "ir.config_parameter": {
        "key": {"type": "char", "required": True}, "value": {"type": "text", "required": True},
    },
    "ir.model": {
        "model": {"type": "char", "required": True}, "name": {"type": "char", "required": True},
    },
    "ir.model.data": {
        "module": {"type": "char", "required": True}, "name": {"type": "char", "required": True},
        "model": {"type": "char", "required": True}, "res_id": {"type": "integer"},
        "noupdate": {"type": "boolean"},
    },
    "ir.module.module": {
        "name": {"type": "char"}, "state": {"type": "char"}, "latest_version": {"type": "char"},
    },
    "res.company": {
        "name": {"type": "char", "required": True},
        "currency_id": {"type": "many2one", "relation": "res.currency"},
    },
    "res.currency": {
        "name": {"type": "char", "required": True}, "active": {"type": "boolean", "default": True},
    },
    "res.groups": {"name": {"type": "char", "required": True}},
    "res.partner": PARTNER,
    "res.partner.category": {"name": {"type": "char", "required": True}},
    "res.users": USER,
}  # fmt: skip
UNIQUE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "ir.config_parameter": (("key",),),
    "ir.model.data": (("module", "name"),),
    "res.currency": (("name",),),
    "res.users": (("login",),),
}
NAMES = {"ir.config_parameter": "key", "ir.model": "name"}


class OdooError(Exception):
    """What a real Odoo would raise: the exception's name and its message."""

    def __init__(self, name: str, message: str) -> None:
        """Keep both."""
        self.name = name
        super().__init__(message)


@dataclass(slots=True)
class Model:
    """One declared model and its rows; `rows` maps an id to the values of the stored fields."""

    name: str
    fields: dict[str, dict[str, Any]]
    unique: tuple[tuple[str, ...], ...] = ()
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    last: int = 0

    def define(self, name: str) -> Mapping[str, Any]:
        """The definition of a field; a field that is not there is Odoo's `ValueError`."""
        found = self.fields.get(name)
        if found is None:
            raise OdooError("builtins.ValueError", f"Invalid field {name!r} in {self.name!r}")
        return found

    def defaults(self, names: Iterable[str]) -> dict[str, Any]:
        """The defaults of some fields, where there are any."""
        return {
            name: self.fields[name]["default"]
            for name in names
            if "default" in self.fields.get(name, {})
        }

    def convert(self, name: str, value: Any) -> Any:
        """The value as it is stored; one that does not fit is Odoo's `ValueError`."""
        kind = self.define(name)["type"]
        if kind == "selection" and value:
            if value not in [choice[0] for choice in self.fields[name].get("selection", ())]:
                message = f"Wrong value for {self.name}.{name}: {value!r}"
                raise OdooError("builtins.ValueError", message)
            return value
        if kind in TEXTS:
            return self._text(value)
        if kind in NUMBERS:
            return self._number(kind, value)
        if kind == "boolean":
            return bool(value)
        return value if value not in (None, "") else False

    def require_fields(self, row: Mapping[str, Any]) -> None:
        """Refuse a row that leaves a required field empty."""
        for name, definition in self.fields.items():
            empty = row.get(name) in (None, False, "") and definition["type"] != "boolean"
            if definition.get("required") and empty:
                message = (
                    "The operation cannot be completed: Missing required value for the field"
                    f" {name!r} ({self.name})."
                )
                raise OdooError("odoo.exceptions.ValidationError", message)

    def _text(self, value: Any) -> Any:
        if value is None or value is False or value == "":
            return False
        if "\0" in str(value):
            message = "A string literal cannot contain NUL (0x00) characters."
            raise OdooError("builtins.ValueError", message)
        return str(value)

    def _number(self, kind: str, value: Any) -> Any:
        try:
            return int(value or 0) if kind == "integer" else float(value or 0)
        except (TypeError, ValueError) as err:
            raise OdooError("builtins.ValueError", str(err)) from None


def new_model(
    name: str,
    fields: Mapping[str, Mapping[str, Any]],
    unique: Iterable[tuple[str, ...]] = (),
) -> Model:
    """A model with its automatic fields."""
    whole = {**AUTOMATIC, **fields}
    return Model(
        name,
        {
            key: {"string": key, "required": False, "readonly": False, "store": True, **definition}
            for key, definition in whole.items()
        },
        tuple(unique),
    )
