"""Calls again what a busy Odoo rolled back: nothing was written, so nothing is made twice."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from phaseline.errors import PhaselineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Answer = TypeVar("Answer")
PAUSES = (0.5, 1.0, 2.0, 4.0)


def call_when_free(do: Callable[[], Answer], pauses: Sequence[float] = PAUSES) -> Answer:
    """Return what `do` answers; after O011 it is done again, once after each pause (seconds)."""
    for pause in pauses:
        try:
            return do()
        except PhaselineError as error:
            if error.faults[0].code != "O011":
                raise
            time.sleep(pause)
    return do()
