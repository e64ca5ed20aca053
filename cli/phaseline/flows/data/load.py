"""Loads files: validate, stop at rejected lines, bring the rest into Odoo, record the outcome."""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files import journal
from phaseline.flows.data import data_files, gate, validate
from phaseline.flows.data.validate import ReadOptions
from phaseline.flows.environment import connect, full_name
from phaseline.masterdata.loading.results import LoadResult, ObjectLoad
from phaseline.masterdata.records import records
from phaseline.odoo import lock
from phaseline.odoo.data import opening_stock
from phaseline.odoo.data.loader import Loader
from phaseline.odoo.data.references import Resolver
from phaseline.odoo.stages import markers
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from phaseline.flows.environment import Environment
    from phaseline.masterdata.validation.verdict import Verdict
    from phaseline.odoo.port import Port
    from phaseline.progress import Progress

CLIENTS = 2
LEASE = 30.0  # seconds after which the lock of a killed load is free again
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What is to be loaded where, and what is allowed."""

    target: str
    env: str
    how: ReadOptions = field(default_factory=ReadOptions)
    taking: str = "refuse"
    allow_rejects: int = 0
    override: str | None = None


def run(project_dir: Path, order: LoadRequest, progress: Progress = SILENT) -> LoadResult:
    """Return what came of a load, object by object; nothing is sent while lines are rejected."""
    order = replace(order, env=full_name(project_dir, order.env))
    found = data_files.lookup(project_dir, order.target)
    with ExitStack() as stack:
        stack.enter_context(pause_garbage_collection())
        environment = open_environment(project_dir, order.env, stack)
        verdicts = validate.evaluate(found, order.how, environment.port)
        require_unchanged(project_dir, verdicts)
        gate.require_signature(project_dir, environment, found, verdicts, order.override)
        for verdict in verdicts:
            journal.append(project_dir, "validate", order.env, verdict.data())
        require_accepted(verdicts, order.allow_rejects)
        ports: list[Port] = [environment.port, *more_ports(environment, stack)]
        guard = lock_guard(environment, stack)
        known = Resolver()  # what one object learns the next need not ask again
        results: list[ObjectLoad] = []
        for verdict in verdicts:
            progress.step(verdict.spec.name, str(len(verdict.good)))
            results.append(load(verdict, Loader(ports, order.taking, guard=guard, resolver=known)))
            journal.append(project_dir, "load", order.env, results[-1].data())
            if results[-1].stopped:
                break
    left = tuple(verdict.spec.name for verdict in verdicts[len(results) :])
    return LoadResult(environment.name, tuple(results), left)


@contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Keep Python from looking for garbage: a load keeps what it makes, the search costs 20 %."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def open_environment(project_dir: Path, env: str, stack: ExitStack) -> Environment:
    """Return the opened environment; when it cannot be reached, say that nothing was loaded."""
    try:
        return stack.enter_context(connect(project_dir, env))
    except PhaselineError as error:
        first, *others = error.faults
        told = replace(first, message=f"{first.message}; 0 lines were loaded")
        raise PhaselineError(told, *others) from error


def more_ports(environment: Environment, stack: ExitStack) -> Iterator[Port]:
    """Yield further ports of the deploy user, for batches that travel side by side."""
    for _ in range(CLIENTS - 1):
        port = environment.as_deployer(environment.database)
        stack.callback(port.close)
        yield port


def lock_guard(environment: Environment, stack: ExitStack) -> Callable[[], None]:
    """Return what takes the lock of the database before the first write, and checks it later."""
    held: list[lock.Lock] = []

    def guard() -> None:
        if not held:
            port = environment.port
            identity = markers.read(port, environment.name).identity
            held.append(stack.enter_context(lock.hold(port, "data load", LEASE, identity)))
        held[0].check()

    return guard


def require_unchanged(project_dir: Path, verdicts: Sequence[Verdict]) -> None:
    """Refuse files that were changed after they were validated."""
    last = {
        (entry.payload["object"], entry.payload["file"]): entry.payload["sha256"]
        for entry in journal.read(project_dir)
        if entry.kind == "validate"
    }
    faults = [
        Fault(
            "D034",
            "the file changed since it was validated",
            Place(verdict.table.file),
            f"Run `phaseline data validate {verdict.spec.name}` again and look at it.",
        )
        for verdict in verdicts
        if last.get((verdict.spec.name, verdict.table.file), verdict.table.sha256)
        != verdict.table.sha256
    ]
    if faults:
        raise PhaselineError(*faults)


def require_accepted(verdicts: Sequence[Verdict], allow_rejects: int) -> None:
    """Refuse the whole load when more lines are rejected than somebody allowed."""
    rejected = sum(verdict.rejected for verdict in verdicts)
    if rejected <= allow_rejects:
        return
    faults = [
        Fault(
            one.code,
            f"{one.message}: '{one.value}'",
            verdict.place(one),
            one.hint,
        )
        for verdict in verdicts
        for one in verdict.findings
        if not one.warning
    ]
    raise PhaselineError(
        Fault(
            "D042",
            f"{rejected} lines are rejected, {allow_rejects} are allowed; 0 lines were loaded",
            hint=f"Repair them, or load the others with --allow-rejects {rejected}.",
        ),
        *faults[:MOST_SHOWN],
    )


def load(verdict: Verdict, loader: Loader) -> ObjectLoad:
    """Load the good lines of one object and return what came of it."""
    started = time.perf_counter()
    outcome = loader.outcome
    try:
        load_records(verdict, loader)
    except PhaselineError as error:  # a read failed: what was sent before stays counted
        outcome.stopped = error.faults[0]
        outcome.not_sent += max(len(verdict.good) - outcome.total, 0)
    refused = sorted({one.row: one for one in outcome.refused}.values(), key=lambda one: one.row)
    return ObjectLoad(
        object=verdict.spec.name,
        file=verdict.table.file,
        rows=len(verdict.table.rows),
        good=len(verdict.good),
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        rejected=verdict.rejected + len(refused),
        refused=tuple(refused),
        unknown=outcome.unknown,
        not_sent=outcome.not_sent,
        writes=outcome.writes,
        seconds=time.perf_counter() - started,
        stopped=outcome.stopped,
    )


def load_records(verdict: Verdict, loader: Loader) -> None:
    """Bring the good lines of one object into Odoo, shape by shape."""
    spec = verdict.spec
    if spec.loader == "opening":
        opening_stock.load(loader, records(spec, spec.main, verdict.good))
        return
    for shape in spec.shapes:
        made = records(spec, shape, verdict.good)
        if made:
            loader.load(shape, made)
