"""Makes one step of an apply in Odoo; a lost answer is decided by what Odoo then shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.core.plan.comparison import substitute
from phaseline.core.plan.operations import Operation, encode
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.odoo.external_ids import MODULE
from phaseline.odoo.lost_calls import settle
from phaseline.odoo.stages import modules
from phaseline.odoo.stages import settings as settings_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phaseline.core.blueprint.records import Record
    from phaseline.core.plan.actual import Actual
    from phaseline.core.plan.model import Change
    from phaseline.flows.environment import Environment
    from phaseline.odoo.stages.writer import Writer

CALL_TIMEOUT = 900.0


def install(environment: Environment, step: Sequence[Change]) -> None:
    """Install modules."""
    modules.install(environment.port, step)


def settings(environment: Environment, change: Change, actual: Actual) -> None:
    """Apply the settings that differ."""
    settings_form.execute(environment.port, encode(change, actual))


def records(
    environment: Environment,
    writer: Writer,
    steps: Sequence[Operation],
    places: Mapping[str, Place],
) -> None:
    """Write records in one transaction; when the answer is lost, wait for its external ids.

    The transaction is whole or absent, so one external id tells of all of it. Without a created
    record there is nothing to double: the changes are planned again.
    """
    try:
        writer.write(steps, dict(places))
    except PhaselineError as error:
        if error.faults[0].code != "O007":
            raise
        made = [ref for step in steps if step["do"] == "create" for ref in step["refs"]]
        if not made or settle(environment.port, [f"{MODULE}.{made[0]}"]):
            return
        hint = "Wait a minute, then apply again: what arrived is kept, nothing is sent twice."
        message = f"it is unknown whether '{made[0]}' and what goes with it were written"
        raise PhaselineError(Fault("E011", message, places.get(made[0]), hint)) from error


def call(environment: Environment, record: Record, actual: Actual) -> None:
    """Make a call; a lost answer is unknown until its `until` holds, which the next run reads."""
    if record.call is None:
        return
    spec = record.call
    ids = None if spec.on is None else [substitute(spec.on, actual.look_up)]
    arguments: dict[str, Any] = substitute(dict(spec.arguments), actual.look_up)
    try:
        environment.port.call(
            record.model, spec.method, ids or [], timeout=CALL_TIMEOUT, **arguments
        )
    except PhaselineError as error:
        fault = error.faults[0]
        if fault.code == "O007":
            hint = "Wait a minute, then apply again: the call is made only if it still has to be."
            message = f"{record.ref}: it is unknown whether {spec.method} was done"
            raise PhaselineError(Fault("E011", message, record.place, hint)) from error
        message = f"{record.ref}: {fault.message}"
        raise PhaselineError(Fault(fault.code, message, record.place, fault.hint)) from error
