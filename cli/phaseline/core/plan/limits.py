"""Whether a plan may be applied: not too much at once, nothing a person changed in Odoo since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.core.plan.operations import DeleteRecord, UpdateRecord
from phaseline.errors import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from phaseline.core.plan.model import Plan
    from phaseline.core.plan.operations import FieldChange, Operation

SHARE = 0.30
SMALL = 10


def check(
    plan: Plan,
    max_changes: int | None,
    overwrite: Collection[str],
    max_destroy: int | None = None,
) -> Iterator[Fault]:
    """Every reason why the plan must not be applied."""
    yield from too_many(plan, max_changes)
    yield from too_destructive(plan, max_destroy)
    for change, one in plan.edited:
        if not allowed(change, one, overwrite):
            since = "since the last apply"
            if plan.lost:
                since = "perhaps: the last apply here is not in this project's journal"
            message = f"{change.ref}: {one.name} was changed in Odoo {since}"
            hint = f"Take it into the blueprint, or name it: --overwrite {change.ref}.{one.name}"
            yield Fault("E004", message, one.place, hint)


def too_many(plan: Plan, max_changes: int | None) -> Iterator[Fault]:
    """The fault of a plan that updates and deletes too much of what exists."""
    touching = [one for one in plan.changes if isinstance(one, UpdateRecord | DeleteRecord)]
    limit = max_changes
    if limit is None:
        if plan.existing <= SMALL:
            return
        limit = int(plan.existing * SHARE)
    if len(touching) > limit:
        message = f"{len(touching)} of {plan.existing} records change, at most {limit} may"
        hint = f"Read the plan; if it is right: --max-changes {len(touching)}"
        place: Place = touching[0].place
        yield Fault("E003", message, place, hint)


def too_destructive(plan: Plan, most: int | None) -> Iterator[Fault]:
    """The fault of a plan that deletes more than it may; without a number it is not counted."""
    gone = [one for one in plan.changes if isinstance(one, DeleteRecord)]
    if most is not None and len(gone) > most:
        message = f"{len(gone)} records would be deleted, at most {most} may"
        hint = f"Read the plan; if it is right: --max-destroy {len(gone)}"
        yield Fault("E003", message, gone[0].place, hint)


def allowed(change: Operation, one: FieldChange, overwrite: Collection[str]) -> bool:
    """Return whether a person named this value: by model.field, ref.field or ref."""
    names = {f"{change.model}.{one.name}", f"{change.ref}.{one.name}", change.ref}
    return not names.isdisjoint(overwrite)
