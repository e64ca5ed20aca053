"""Reconciles files with Odoo: counts, sums and samples of both sides, recorded with a verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from phaseline.files import journal
from phaseline.flows.data import data_files, validate
from phaseline.flows.environment import connect, full_name
from phaseline.masterdata.loading import reconcile
from phaseline.masterdata.loading.results import ReconcileResult
from phaseline.masterdata.records import records
from phaseline.odoo.data import reconcile_sides

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from phaseline.flows.data.validate import ReadOptions
    from phaseline.masterdata.loading.reconcile import Check
    from phaseline.masterdata.spec import RecordTemplate
    from phaseline.masterdata.validation.verdict import Verdict
    from phaseline.odoo.port import Port


def run(project_dir: Path, target: str, *, env: str, how: ReadOptions) -> ReconcileResult:
    """Return every comparison with the verdict, and record it."""
    env = full_name(project_dir, env)
    found = data_files.lookup(project_dir, target)
    with connect(project_dir, env) as environment:
        verdicts = validate.evaluate(found, how, environment.port)
        costs = unit_costs(verdicts)
        checks = tuple(
            check for verdict in verdicts for check in compare(environment.port, verdict, costs)
        )
    result = ReconcileResult(env, checks)
    journal.append(project_dir, "reconcile", env, result.entry())
    return result


def unit_costs(verdicts: Sequence[Verdict]) -> Mapping[str, Decimal]:
    """Return the cost of each product, where the delivery has the products."""
    return {
        row.values["sku"]: row.values.get("cost") or Decimal()
        for verdict in verdicts
        if verdict.spec.name == "products"
        for row in verdict.good
    }


def compare(port: Port, verdict: Verdict, costs: Mapping[str, Decimal]) -> Iterator[Check]:
    """Yield the comparisons of one object."""
    if verdict.spec.loader == "opening":
        yield from _stock(port, verdict, costs)
        return
    spec = verdict.spec
    lines = there = looked = equal = 0
    summed = {column: [Decimal(), Decimal()] for column in spec.sums}
    for shape in (shape for shape in spec.shapes if shape.key == spec.key):
        made = records(spec, shape, verdict.good)
        if not made:
            continue
        side = reconcile_sides.read(port, shape, made)
        picked = reconcile.pick(made)
        lines, there = lines + len(made), there + len(side.values)
        looked += len(picked)
        equal += sum(side.equal(record) for record in picked)
        _add(verdict, shape, side, summed)
    yield reconcile.count(spec.name, lines, there)
    for column, (source, odoo) in summed.items():
        yield reconcile.sums(spec.name, column, source, odoo)
    yield reconcile.samples(spec.name, looked, equal)


def _add(
    verdict: Verdict,
    shape: RecordTemplate,
    side: reconcile_sides.Side,
    summed: dict[str, list[Decimal]],
) -> None:
    """Add one shape's sums to both sides; a variant's price counts once a template."""
    made = records(verdict.spec, shape, verdict.good)
    fields = reconcile.fields_of_sums(verdict.spec, dict(shape.fields))
    for column, name in fields.items():
        wanted = (dict(record.values).get(name) for record in made)
        summed[column][0] += reconcile.total(wanted)
        summed[column][1] += reconcile.total(one.get(name) for one in side.values.values())


def _stock(port: Port, verdict: Verdict, costs: Mapping[str, Decimal]) -> Iterator[Check]:
    spec = verdict.spec
    made = records(spec, spec.main, verdict.good)
    side = reconcile_sides.stock(port, made)
    wanted = {record.xmlid: dict(record.values)["inventory_quantity"] for record in made}
    yield reconcile.count(spec.name, len(made), len(side.quantities))
    yield reconcile.sums(
        spec.name,
        "quantity",
        reconcile.total(wanted.values()),
        reconcile.total(side.quantities.values()),
    )
    if costs:
        worth = sum(
            (row.values["quantity"] * costs.get(row.values["sku"], 0) for row in verdict.good),
            Decimal(),
        )
        slack = Decimal("0.01") * len(made)
        yield reconcile.sums(spec.name, "value at cost", worth, side.value, slack)
    picked = reconcile.pick(made)
    equal = sum(side.quantities.get(one.xmlid) == wanted[one.xmlid] for one in picked)
    yield reconcile.samples(spec.name, len(picked), equal)
