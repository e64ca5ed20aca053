"""What is in Odoo now, as far as a plan needs it; how it is read lives in `odoo.reader`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.core.identity import NOWHERE, ForeignRecord, Identity

if TYPE_CHECKING:
    from phaseline.core.blueprint.expressions import Ref


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What Odoo says about one field."""

    type: str
    relation: str = ""
    inverse: str = ""
    digits: int | None = None
    choices: tuple[str, ...] = ()
    readonly: bool = False


Fields = Mapping[str, FieldInfo]


@dataclass(frozen=True, slots=True)
class Actual:
    """One reading of one Odoo.

    `ids` holds what each ref leads to, `paths` where `ref:name/field` leads to, `found` the ids an
    `adopt` search found, `held` whether the state behind a call holds, `names` all fields of models
    that were asked for a field they do not have, `markers` the artifact of the last apply by stage,
    `nameless` the stages whose marker does not say of which database it is, `foreign` what another
    database left behind in this one, `series` which Odoo it is, when modules were asked for.
    """

    ids: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    paths: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    found: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    held: Mapping[str, bool] = field(default_factory=dict)
    models: frozenset[str] = frozenset()
    fields: Mapping[str, Fields] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    markers: Mapping[str, str] = field(default_factory=dict)
    nameless: frozenset[str] = frozenset()
    foreign: tuple[ForeignRecord, ...] = ()
    identity: Identity = NOWHERE
    series: str = ""

    def look_up(self, ref: Ref) -> int | None:
        """Return the id a ref leads to, None when it leads nowhere yet."""
        found = self.paths.get((ref.name, ref.path)) if ref.path else self.ids.get(ref.name)
        return found[1] if found else None

    def model_of(self, ref: Ref) -> str | None:
        """Return the model a ref leads to."""
        found = self.paths.get((ref.name, ref.path)) if ref.path else self.ids.get(ref.name)
        return found[0] if found else None
