"""After a lost answer: what is there by external id, before anything is sent again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from phaseline.errors import PhaselineError
from phaseline.odoo import external_ids
from phaseline.odoo.faults import codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from phaseline.odoo.port import Port

Answer = TypeVar("Answer")
PATIENCE = 30.0  # seconds that Odoo may still be at work on a call whose answer was lost
PAUSE = 1.0


def wait_for(
    ask: Callable[[], Answer],
    arrived: Callable[[Answer], bool] = bool,
    *,
    patience: float | None = None,
    pause: float = PAUSE,
) -> Answer:
    """Ask until the work has arrived or `patience` (seconds) is over; return the last answer.

    A server that is away for a moment (O001) is asked again; one that stays away is the error.
    """
    wait = PATIENCE if patience is None else patience
    deadline = time.monotonic() + wait
    while True:
        try:
            answer = ask()
            if arrived(answer) or time.monotonic() >= deadline:
                return answer
        except PhaselineError as err:
            if "O001" not in codes(err) or time.monotonic() >= deadline:
                raise
        time.sleep(min(pause, wait / 10))


def settle(
    port: Port, names: Iterable[str], *, patience: float | None = None
) -> Mapping[str, tuple[str, int]]:
    """What a call, whose answer was lost, has made of the external ids it was to make.

    Odoo may still be at work when its answer is lost, so an absence counts only once `patience`
    (seconds) is over; a presence counts at once, since a call is one transaction and all its
    external ids appear together. Whoever sends the missing ones again sends them with the same
    external ids: they are unique in Odoo's table, so a call that comes through later than that
    still makes nothing twice, the second of the two is refused.
    """
    wanted = list(names)
    if not wanted:
        return {}
    return wait_for(lambda: external_ids.lookup(port, wanted), patience=patience)
