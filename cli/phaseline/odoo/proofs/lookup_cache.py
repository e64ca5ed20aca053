"""What proofs look up in Odoo again and again, asked once: records of refs, fields of models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phaseline.core.plan.actual import FieldInfo
from phaseline.core.proofs.expectations import UnclearError
from phaseline.odoo import field_types
from phaseline.odoo.external_ids import find_refs

if TYPE_CHECKING:
    from collections.abc import Collection

    from phaseline.core.blueprint.expressions import Ref
    from phaseline.odoo.port import Port


@dataclass
class LookupCache:
    """What the refs of proofs lead to and how models are made, looked up once for all proofs."""

    port: Port
    ours: Collection[str]
    found: dict[str, tuple[str, int] | None] = field(default_factory=dict)
    definitions: dict[str, dict[str, FieldInfo]] = field(default_factory=dict)

    def record(self, name: str) -> tuple[str, int] | None:
        """Return model and id of a record by its ref."""
        if name not in self.found:
            self.found[name] = find_refs(self.port, [name], self.ours).get(name)
        return self.found[name]

    def look_up(self, ref: Ref) -> int | None:
        """Return the id a ref leads to."""
        record = self.record(ref.name)
        if record is None or not ref.path:
            return record[1] if record else None
        model, one = record
        rows = self.port.call(model, "read", [one], fields=[ref.path], load=None)
        return rows[0][ref.path] or None if rows else None

    def definition(self, model: str, name: str) -> FieldInfo:
        """Return the definition of a field."""
        if name == "id":
            return FieldInfo("integer")
        if model not in self.definitions:
            self.definitions[model] = field_types.infos(
                self.port, model, None, field_types.OF_PROOF
            )
        if name not in self.definitions[model]:
            message = f"{model} has no field '{name}'"
            raise UnclearError(message)
        return self.definitions[model][name]
