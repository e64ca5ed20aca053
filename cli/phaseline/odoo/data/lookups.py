"""Answers the validator's questions about an Odoo: which references exist, how units relate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.masterdata.records import Link, Match, reference
from phaseline.odoo import external_ids
from phaseline.odoo.data import bulk_reads

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from phaseline.masterdata.spec import Column
    from phaseline.masterdata.validation.verdict import Verdict
    from phaseline.odoo.port import Port


def count_matches(
    port: Port, verdict: Verdict, keys: Mapping[str, Collection[str]]
) -> dict[str, dict[str, int]]:
    """Return, by column, how many records of Odoo each value that no file holds may mean."""
    answer: dict[str, dict[str, int]] = {}
    for column in verdict.spec.columns:
        if column.type != "reference":
            continue
        there = keys.get(column.references or "", ())
        values = {row.values.get(column.name) for row in verdict.rows}
        open_values = sorted(value for value in values if value and value not in there)
        if open_values:
            answer[column.name] = _count(port, column, open_values)
    return answer


def _count(port: Port, column: Column, values: list[str]) -> dict[str, int]:
    meant = {value: reference(column.references, column.found_by, value) for value in values}
    xmlids: dict[str, list[str]] = {}
    for value, link in meant.items():
        if isinstance(link, Link):
            xmlids[value] = [xmlid for xmlid in (link.xmlid, link.other) if xmlid]
        elif link.own:
            xmlids[value] = [link.own]
    found = external_ids.lookup(port, sorted({one for many in xmlids.values() for one in many}))
    counts = {value: 1 for value, many in xmlids.items() if any(one in found for one in many)}
    rest = [value for value, link in meant.items() if value not in counts and _is_match(link)]
    if rest and column.found_by:
        model, field = column.found_by
        for value, ids in bulk_reads.by_field(port, model, field, rest).items():
            counts[value] = len(ids)
    return counts


def _is_match(link: object) -> bool:
    return isinstance(link, Match)


def inactive_currencies(port: Port, verdict: Verdict) -> dict[str, set[str]]:
    """Return, by column, the currencies of a file that are not active in this Odoo."""
    columns = [column.name for column in verdict.spec.columns if column.type == "currency"]
    named = {
        str(row.values[name]) for row in verdict.rows for name in columns if row.values.get(name)
    }
    if not named:
        return {}
    rows = port.call(
        "res.currency", "search_read", domain=[["name", "in", sorted(named)]], fields=["name"]
    )
    inactive = named - {row["name"] for row in rows}
    return dict.fromkeys(columns, inactive) if inactive else {}


def units(port: Port) -> tuple[tuple[str, str | None], ...]:
    """Return each unit of Odoo with the unit it is made of."""
    rows = port.call(
        "uom.uom",
        "search_read",
        domain=[],
        fields=["name", "relative_uom_id"],
        load="",
        context=bulk_reads.ALL,
    )
    names = {row["id"]: row["name"] for row in rows}
    return tuple((row["name"], names.get(row["relative_uom_id"])) for row in rows)
