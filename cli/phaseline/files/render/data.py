"""Data results as text: findings, loads and reconciliations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_LINES = 60


def findings(result: Mapping[str, Any]) -> str:
    """Return a validation: one line an object, then each finding with its repair."""
    return "\n".join(_findings(result))


def _findings(result: Mapping[str, Any]) -> Iterator[str]:
    shown = found = 0
    for one in result["objects"]:
        found += sum(one["counts_by_code"].values())
        yield (
            f"{one['object']:<16} {one['rows']:>7} lines  {one['rejected']:>5} rejected"
            f"  score {one['score']:>5}"
        )
        if one["mended"]:
            told = ", ".join(f"{what} {count}" for what, count in one["mended"].items())
            yield f"  mended: {told}"
        yield from (f"  note: {note}" for note in one["notes"])
        for finding in one["findings"]:
            shown += 1
            if shown > MOST_LINES:
                continue
            kind = "warning " if finding["warning"] else ""
            yield (
                f"  {one['file']}:{finding['row']}:{finding['column']}: {finding['code']}"
                f" {kind}{finding['message']}: '{finding['value']}'"
            )
            yield f"    hint: {finding['hint']}"
    if found > min(shown, MOST_LINES):
        left = found - min(shown, MOST_LINES)
        yield f"... and {left} more; --mark FOLDER writes all of them beside their lines"
    if result["marked"]:
        yield f"marked workbooks are in {result['marked']}"


def loads(result: Mapping[str, Any]) -> str:
    """Return a load: one line an object, then the lines Odoo refused."""
    return "\n".join(_loads(result))


def _loads(result: Mapping[str, Any]) -> Iterator[str]:
    for one in result["objects"]:
        yield (
            f"{one['object']:<16} {one['rows']:>7} lines: {one['created']} created,"
            f" {one['updated']} updated, {one['unchanged']} unchanged, {one['rejected']} rejected"
            f"  ({one['seconds']} s, {one['rows_per_second']} lines/s)"
        )
        if one["stopped"]:
            yield f"  {one['unknown']} unknown, {one['not_sent']} not sent"
            yield f"  {one['stopped']} {one['why']}"
            yield from [f"    hint: {one['hint']}"] if one["hint"] else []
        for refused in one["refused"][:MOST_LINES]:
            yield f"  {one['file']}:{refused['row']}: {refused['code']} {refused['message']}"
        if len(one["refused"]) > MOST_LINES:
            yield f"  ... and {one['rejected'] - MOST_LINES} more"
    for name in result["not_started"]:
        yield f"{name:<16} not started"
    if any(one["unknown"] for one in result["objects"]):
        yield "the outcome of some lines is unknown; run the same command again: it reads first"


def reconciliation(result: Mapping[str, Any]) -> str:
    """Return a reconciliation as a table of both sides."""
    lines = [f"{'object':<16} {'what':<22} {'source':>16} {'odoo':>16}"]
    for check in result["checks"]:
        mark = "" if check["agrees"] else "  DIFFERS"
        lines.append(
            f"{check['object']:<16} {check['what']:<22} {check['source']:>16}"
            f" {check['odoo']:>16}{mark}"
        )
    lines.append(f"verdict: {result['verdict']}")
    return "\n".join(lines)


def migration(result: Mapping[str, Any]) -> str:
    """Return a migration: each rule with the lines it touched, then the files it made."""
    lines = [f"{rule['rows']:>8}  {rule['says']}: {rule['effect']}" for rule in result["rules"]]
    lines += [f"{one['object']:<16} {one['rows']:>7} lines" for one in result["outputs"]]
    lines.append(f"{result['seconds']} s")
    return "\n".join(lines)
