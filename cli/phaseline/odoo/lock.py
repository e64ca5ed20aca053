"""The lock of one database: at most one writer, known by name, with a lease and a fence.

It is one row of `ir.config_parameter`, whose key is unique in Odoo's own table: of two runs that
create it, PostgreSQL lets one win. A lease that ran out is taken over by deleting the very row that
was read and creating another; the late holder then finds a row that is not its own. Whether a lease
ran out is judged by the server's clock, never by comparing the clocks of two machines.

The row says which database it locks. A copy or a restore carries it along: where the database has
another uuid it locks nothing and is replaced. With the same uuid under another name it may be a
copy or a second name for one database, so its lease decides: in a copy nobody renews it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.faults import codes
from phaseline.odoo.lease import KEY, LEASE, MODEL, SECONDS, Lease, foreign, inspect, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from phaseline.core.identity import ForeignRecord, Identity
    from phaseline.odoo.port import Port

__all__ = ["KEY", "LEASE", "Lock", "acquire", "hold", "inspect"]
BEATS = 3  # renewals within one lease, so that one that fails does not lose the lock
GRACE = 2.0  # waited beyond the lease: Odoo tells whole seconds, and a renewal may be under way
ATTEMPTS = 5


class Lock:
    """A lock that is held; `check` before anything that writes, `renew` before a long call."""

    def __init__(
        self,
        port: Port,
        row: int,
        note: Mapping[str, Any],
        asked_at: float,
        replaced: ForeignRecord | None = None,
    ) -> None:
        """Keep what proves that the row is ours, and since when the lease runs at the latest.

        `replaced` is the lock of another database that stood here and was taken away.
        """
        self.replaced = replaced
        self._port = port
        self._row = row
        self._note = note
        self._lease = float(note["lease"])
        self._until = asked_at + self._lease
        self.token = str(note["token"])

    def check(self) -> None:
        """Raise O009 unless the lock is still ours; renews a lease that is half gone."""
        held = inspect(self._port)
        if held is None or held.token != self.token:
            raise self._lost(held)
        if self._until - time.monotonic() < self._lease / 2:
            self.renew()

    def renew(self, lease: float | None = None) -> None:
        """Prolong the lease; `lease` gives a long call more than usual, or makes it usual again.

        Raises O009 when the lock is lost.
        """
        wanted = lease or self._lease
        now = time.monotonic()
        if lease is None and now + wanted <= self._until:
            return
        try:
            self._port.call(
                MODEL,
                "write",
                [self._row],
                vals={"value": json.dumps({**self._note, "lease": wanted})},
                timeout=SECONDS,
            )
        except PhaselineError as err:
            if "O004" in codes(err):
                raise self._lost(inspect(self._port)) from err
            raise
        if now > self._until:
            # Nobody had taken it over when the renewal arrived, but somebody who saw the lease run
            # out may be at it: such a one is through by now.
            time.sleep(GRACE)
            held = inspect(self._port)
            if held is None or held.token != self.token:
                raise self._lost(held)
        self._until = now + wanted

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        held = inspect(self._port)
        if held is not None and held.token == self.token:
            self._port.call(MODEL, "unlink", [held.row], timeout=SECONDS)

    def _lost(self, held: Lease | None) -> PhaselineError:
        now = f"{held} holds it now" if held and held.token != self.token else "its lease ran out"
        hint = "Nothing is written without it; run the same command again."
        return PhaselineError(
            Fault("O009", f"the lock of {self._port.database!r} was lost: {now}", hint=hint)
        )


@contextmanager
def hold(
    port: Port, owner: str, lease: float = LEASE, identity: Identity | None = None
) -> Iterator[Lock]:
    """The lock of the port's database, renewed by itself and given back at the end.

    `identity` says which database that is; without it the lock of any other database counts.

    Raises O008 at once, naming the holder, when another run has it.
    """
    lock = acquire(port, owner, lease, identity)
    over = threading.Event()
    heart = threading.Thread(target=_beat, args=(lock, lease, over), daemon=True, name="lock")
    heart.start()
    try:
        yield lock
    finally:
        over.set()
        heart.join(SECONDS)
        with suppress(PhaselineError):  # what cannot be given back runs out by itself
            lock.release()


def acquire(port: Port, owner: str, lease: float = LEASE, identity: Identity | None = None) -> Lock:
    """The lock without a heartbeat; `hold` is what a flow wants."""
    token = secrets.token_hex(8)
    note = {
        "token": token,
        "who": owner,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        "lease": lease,
        "identity": identity.data() if identity else None,
    }
    replaced = None
    for _ in range(ATTEMPTS):
        asked_at = time.monotonic()
        row = _create(port, note)
        if row is not None:
            return Lock(port, row, note, asked_at, replaced)
        held = inspect(port)
        if held is None:
            continue  # given back between the two calls
        other = foreign(held, identity)
        copied = other is not None and identity and other.identity.database != identity.database
        if not copied and not _stale(port, held, token):
            raise _taken(port, held)
        replaced = other
        port.call(MODEL, "unlink", [held.row], timeout=SECONDS)
    message = f"the lock of {port.database!r} changes hands too fast"
    raise PhaselineError(Fault("O008", message, hint="Run the same command again."))


def _create(port: Port, note: Mapping[str, Any]) -> int | None:
    """The id of our new row; None when there is a row already."""
    row = {"key": KEY, "value": json.dumps(note)}
    try:
        made = port.call(MODEL, "create", vals_list=[row], timeout=SECONDS)
    except PhaselineError as err:
        if not codes(err) & {"O005", "O007", "O011"}:
            raise
        held = inspect(port)
        mine = held is not None and held.token == note["token"]
        if held is None and "O005" not in codes(err):
            raise
        return held.row if held and mine else None
    return int(made[0])


def _stale(port: Port, held: Lease, token: str) -> bool:
    """Whether the lease ran out, by the clock that also wrote when it was renewed."""
    row = {"key": f"{KEY}.clock.{token}", "value": "the time of the server"}
    clock = port.call(MODEL, "create", vals_list=[row], timeout=SECONDS)
    try:
        read = port.call(MODEL, "read", clock, fields=["create_date"], timeout=SECONDS)
        now = moment(read[0]["create_date"])
    finally:
        port.call(MODEL, "unlink", clock, timeout=SECONDS)
    return now > held.renewed + timedelta(seconds=held.lease + GRACE)


def _taken(port: Port, held: Lease) -> PhaselineError:
    until = held.renewed + timedelta(seconds=held.lease + GRACE)
    return PhaselineError(
        Fault(
            "O008",
            f"{held} holds the lock of {port.database!r}",
            hint=f"Wait for that run to end; if it died, its lock gives way after {until:%H:%M:%S}"
            " UTC of the server's clock.",
        )
    )


def _beat(lock: Lock, lease: float, over: threading.Event) -> None:
    while not over.wait(lease / BEATS):
        try:
            lock.renew()
        except PhaselineError as err:
            if "O009" in codes(err):
                return  # the next check tells
