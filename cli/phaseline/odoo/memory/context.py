"""Where a method of the memory double runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phaseline.odoo.memory.models import Model
    from phaseline.odoo.memory.store import State


@dataclass(frozen=True, slots=True)
class CallContext:
    """Whose call it is, in which database, on which records of which model, in which context."""

    store: State
    uid: int
    model: Model
    ids: Sequence[int]
    context: Mapping[str, Any]
