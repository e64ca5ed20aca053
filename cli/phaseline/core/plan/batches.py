"""Which operations of a plan are executed next, and together."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from phaseline.core.plan.operations import (
    CallMethod,
    CreateRecord,
    DeleteRecord,
    InstallModule,
    Operation,
    TakeOverRecord,
    UpdateRecord,
    WriteSettings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.plan.model import Plan

SCHEMA = frozenset({"ir.model", "ir.model.fields"})
AT_ONCE = 500


def next_batch(plan: Plan, desired: Desired) -> tuple[Operation, ...]:
    """Return the operations to execute next: all modules, the settings, a call or some records.

    Records are `AT_ONCE` at most, unless one new record and its lines are more.
    """
    operations = plan.changes
    if not operations:
        return ()
    first = operations[0]
    match first:
        case InstallModule():
            return tuple(one for one in operations if isinstance(one, InstallModule))
        case WriteSettings() | CallMethod():
            return (first,)
        case CreateRecord() | TakeOverRecord() | UpdateRecord() | DeleteRecord():
            return run_of_records(operations[: whole(operations, desired)])
        case _:
            assert_never(first)


def run_of_records(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return the first operations that one transaction can hold; models and fields go alone."""
    run: list[Operation] = []
    for one in operations:
        apart = bool(run) and (one.model in SCHEMA) != (run[0].model in SCHEMA)
        if isinstance(one, WriteSettings | CallMethod) or one.later or apart:
            break
        run.append(one)
    return tuple(run)


def whole(operations: Sequence[Operation], desired: Desired) -> int:
    """Return how many operations go together, so that no new record is parted from its lines."""
    by_ref = desired.by_ref
    position = {
        one.ref: index for index, one in enumerate(operations) if isinstance(one, CreateRecord)
    }
    families = []
    for ref, index in position.items():
        parent = by_ref[ref].parent if ref in by_ref else None
        if parent is not None and parent[0] in position:
            families.append(sorted((position[parent[0]], index)))
    cut = AT_ONCE
    while parted := [first for first, last in families if first < cut <= last]:
        cut = min(parted)
    if cut == 0:
        cut = AT_ONCE
        while parted := [last for first, last in families if first < cut <= last]:
            cut = max(parted) + 1
    return cut
