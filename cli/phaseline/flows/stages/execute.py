"""Executes the operations of a plan in Odoo; a lost answer is decided by what Odoo then shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from phaseline.core.plan.comparison import substitute
from phaseline.core.plan.encoding import CreateStep, encode, program
from phaseline.core.plan.operations import (
    CallMethod,
    CreateRecord,
    DeleteRecord,
    InstallModule,
    TakeOverRecord,
    UpdateRecord,
    WriteSettings,
)
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.odoo.external_ids import MODULE
from phaseline.odoo.lost_calls import settle
from phaseline.odoo.stages import modules
from phaseline.odoo.stages import settings as settings_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.blueprint.records import Record
    from phaseline.core.plan.actual import Actual
    from phaseline.core.plan.encoding import ProgramStep
    from phaseline.core.plan.operations import Operation
    from phaseline.flows.environment import Environment
    from phaseline.odoo.port import Port
    from phaseline.odoo.stages.writer import Writer

CALL_TIMEOUT = 900.0


@dataclass(frozen=True, slots=True)
class Site:
    """What operations are executed on, and what was known when they were planned."""

    environment: Environment
    writer: Writer
    desired: Desired
    actual: Actual


def execute(batch: Sequence[Operation], site: Site) -> None:
    """Execute operations that go together, as `next_batch` found them."""
    port, first = site.environment.port, batch[0]
    match first:
        case InstallModule():
            modules.install(port, batch)
        case WriteSettings():
            settings_form.execute(port, encode(first, site.actual))
        case CallMethod():
            call(port, site.desired.by_ref[first.ref], site.actual)
        case CreateRecord() | TakeOverRecord() | UpdateRecord() | DeleteRecord():
            secrets = site.environment.secrets
            steps = program(batch, site.desired, site.actual, secrets.get_or_make)
            records(site, steps, {one.ref: one.place for one in batch})
        case _:
            assert_never(first)


def in_words(batch: Sequence[Operation], pending: int) -> str:
    """Return what a batch does, for people who wait."""
    first = batch[0]
    match first:
        case InstallModule():
            return f"installing {', '.join(one.ref for one in batch)}"
        case WriteSettings() | CallMethod():
            return f"{first.kind} {first.summary}"
        case CreateRecord() | TakeOverRecord() | UpdateRecord() | DeleteRecord():
            return f"{len(batch)} records of {pending} changes, {first.ref} to {batch[-1].ref}"
        case _:
            assert_never(first)


def records(site: Site, steps: Sequence[ProgramStep], places: Mapping[str, Place]) -> None:
    """Write records in one transaction; when the answer is lost, wait for its external ids.

    The transaction is whole or absent, so one external id tells of all of it. Without a created
    record there is nothing to double: the changes are planned again.
    """
    try:
        site.writer.write(steps, dict(places))
    except PhaselineError as error:
        if error.faults[0].code != "O007":
            raise
        created = [ref for step in steps if isinstance(step, CreateStep) for ref in step.refs]
        if not created or settle(site.environment.port, [f"{MODULE}.{created[0]}"]):
            return
        hint = "Wait a minute, then apply again: what arrived is kept, nothing is sent twice."
        message = f"it is unknown whether '{created[0]}' and what goes with it were written"
        raise PhaselineError(Fault("E011", message, places.get(created[0]), hint)) from error


def call(port: Port, record: Record, actual: Actual) -> None:
    """Make a call; a lost answer is unknown until its `until` holds, which the next run reads."""
    if record.call is None:
        return
    spec = record.call
    ids = None if spec.on is None else [substitute(spec.on, actual.look_up)]
    arguments: dict[str, Any] = substitute(dict(spec.arguments), actual.look_up)
    try:
        port.call(record.model, spec.method, ids or [], timeout=CALL_TIMEOUT, **arguments)
    except PhaselineError as error:
        fault = error.faults[0]
        if fault.code == "O007":
            hint = "Wait a minute, then apply again: the call is made only if it still has to be."
            message = f"{record.ref}: it is unknown whether {spec.method} was done"
            raise PhaselineError(Fault("E011", message, record.place, hint)) from error
        message = f"{record.ref}: {fault.message}"
        raise PhaselineError(Fault(fault.code, message, record.place, fault.hint)) from error
