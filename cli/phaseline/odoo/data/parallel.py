"""Asks or does many things over several ports at once, each with a port of its own meanwhile."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from phaseline.masterdata.loading.batches import split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from phaseline.odoo.port import Port

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
Key = TypeVar("Key")
LEAST, MOST = 1000, 5000  # things in one question
ROUNDS = 2  # questions a port: while this side reads one answer, the server works on the next


def map_ports(
    ports: Sequence[Port], things: Sequence[Thing], do: Callable[[Port, Thing], Answer]
) -> list[Answer]:
    """Do all things side by side; return what came of each, in their order."""
    free: queue.Queue[Port] = queue.Queue()
    for port in ports:
        free.put(port)

    def one(thing: Thing) -> Answer:
        port = free.get()
        try:
            return do(port, thing)
        finally:
            free.put(port)

    if len(things) <= 1 or len(ports) == 1:
        return [one(thing) for thing in things]
    with ThreadPoolExecutor(max_workers=len(ports)) as pool:
        return list(pool.map(one, things))


def fetch_all(
    ports: Sequence[Port],
    things: Sequence[Thing],
    ask: Callable[[Port, Sequence[Thing]], dict[Key, Answer]],
) -> dict[Key, Answer]:
    """Return the answers about all things, asked in equal parts side by side."""
    share = -(-len(things) // (len(ports) * ROUNDS))
    parts = list(split(things, min(MOST, max(LEAST, share))))
    found: dict[Key, Answer] = {}
    for answer in map_ports(ports, parts, ask):
        found.update(answer)
    return found
