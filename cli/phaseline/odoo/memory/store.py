"""What a memory double holds: models with their rows, declared methods, calls made so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from phaseline.odoo.memory.models import NAMES, X2MANY, Model

Method = Callable[..., Any]


@dataclass(slots=True)
class Call:
    """One call the double was asked for, for tests that count."""

    model: str
    method: str
    ids: tuple[int, ...] | None
    arguments: dict[str, Any]


@dataclass(slots=True)
class State:
    """What all users of one double share."""

    models: dict[str, Model] = field(default_factory=dict)
    methods: dict[tuple[str, str], Method] = field(default_factory=dict)
    denied: set[tuple[int, str, str]] = field(default_factory=set)
    trouble: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def stamp(self) -> str:
        """The moment as Odoo writes it."""
        return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def display_name(self, model: str, record: int) -> str:
        """The display name of a record."""
        row = self.models[model].rows.get(record, {})
        return str(row.get(NAMES.get(model, "name")) or f"{model},{record}")

    def value(self, model: str, record: int, name: str) -> Any:
        """A record's value: a many2one as an id, an x2many as a list of ids."""
        definition = self.models[model].define(name)
        row = self.models[model].rows[record]
        if name == "id":
            return record
        if name == "display_name":
            return self.display_name(model, record)
        if definition["type"] == "one2many":
            other = self.models[definition["relation"]]
            inverse = definition["relation_field"]
            return [one for one, values in other.rows.items() if values.get(inverse) == record]
        return list(row.get(name) or ()) if definition["type"] in X2MANY else row.get(name, False)
