"""Whether units that meet in a line are of one kind: pieces with boxes, never with kilograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.masterdata.findings import Finding, truncate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from phaseline.masterdata.validation.verdict import Verdict

STANDARD = (
    ("Units", None),
    ("Pack of 6", "Units"),
    ("Dozens", "Units"),
    ("Hours", None),
    ("Days", "Hours"),
    ("g", None),
    ("kg", "g"),
    ("ml", None),
    ("L", "ml"),
    ("mm", None),
    ("m", "mm"),
    ("m²", None),
)
MEETING = {"supplier_prices": "unit", "reorder_rules": "multiple_of"}
PRODUCT_UNIT = "Units"


def mismatches(
    verdicts: Sequence[Verdict], told: Iterable[tuple[str, str | None]]
) -> Mapping[str, list[Finding]]:
    """Return, by object, the lines whose unit is of another kind than their product's."""
    by_name = {verdict.spec.name: verdict for verdict in verdicts}
    tree: dict[str, str | None] = {**dict(STANDARD), **dict(told)}
    if "units" in by_name:
        for row in by_name["units"].rows:
            tree[row.values["unit"]] = row.values.get("of_unit")
    if "products" not in by_name:
        return {}
    unit_of = {
        row.values["sku"]: row.values.get("unit") or PRODUCT_UNIT
        for row in by_name["products"].rows
    }
    return {
        name: list(_mismatches(by_name[name], column, unit_of, tree))
        for name, column in MEETING.items()
        if name in by_name
    }


def _mismatches(
    verdict: Verdict, column: str, unit_of: Mapping[str, str], tree: Mapping[str, str | None]
) -> Iterator[Finding]:
    for row in verdict.rows:
        unit, product = str(row.values.get(column)), str(row.values.get("sku"))
        if unit not in tree or product not in unit_of or unit_of[product] not in tree:
            continue
        if root(unit, tree) != root(unit_of[product], tree):
            yield Finding(
                "D017",
                f"the product is counted in {unit_of[product]}, which is of another kind",
                "Use a unit of the product's kind.",
                row.number,
                column,
                truncate(unit),
            )


def root(unit: str, tree: Mapping[str, str | None]) -> str:
    """Return the smallest unit of a unit's kind; circles end where they began."""
    seen = {unit}
    while (above := tree.get(unit)) is not None and above not in seen:
        seen.add(above)
        unit = above
    return unit
