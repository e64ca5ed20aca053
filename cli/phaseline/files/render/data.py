"""Data results as text: findings, loads and reconciliations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.masterdata.findings import Finding
    from phaseline.masterdata.loading.results import LoadResult, ObjectLoad, ReconcileResult
    from phaseline.masterdata.migration.results import MigrateResult
    from phaseline.masterdata.validation.results import ValidateResult
    from phaseline.masterdata.validation.verdict import Verdict

MOST_LINES = 60


def findings(result: ValidateResult) -> str:
    """Return a validation: one line an object, then each finding with its repair."""
    return "\n".join(_findings(result))


def _findings(result: ValidateResult) -> Iterator[str]:
    left = MOST_LINES
    for verdict in result.verdicts:
        yield from _verdict(verdict)
        for one in verdict.shown[:left]:
            yield from _finding(verdict.table.file, one)
        left -= min(left, len(verdict.shown))
    hidden = sum(len(verdict.findings) for verdict in result.verdicts) - (MOST_LINES - left)
    if hidden:
        yield f"... and {hidden} more; --mark FOLDER writes all of them beside their lines"
    if result.marked:
        yield f"marked workbooks are in {result.marked}"


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield (
        f"{verdict.spec.name:<16} {len(verdict.table.rows):>7} lines"
        f"  {verdict.rejected:>5} rejected  score {verdict.score:>5}"
    )
    if verdict.mended:
        counts = ", ".join(f"{what} {count}" for what, count in sorted(verdict.mended.items()))
        yield f"  mended: {counts}"
    yield from (f"  note: {note}" for note in verdict.table.notes)


def _finding(file: str, one: Finding) -> Iterator[str]:
    kind = "warning " if one.warning else ""
    yield f"  {file}:{one.row}:{one.column}: {one.code} {kind}{one.message}: '{one.value}'"
    yield f"    hint: {one.hint}"


def loads(result: LoadResult) -> str:
    """Return a load: one line an object, then the lines Odoo refused."""
    return "\n".join(_loads(result))


def _loads(result: LoadResult) -> Iterator[str]:
    for one in result.objects:
        yield from _load(one)
    for name in result.not_started:
        yield f"{name:<16} not started"
    if any(one.unknown for one in result.objects):
        yield "the outcome of some lines is unknown; run the same command again: it reads first"


def _load(one: ObjectLoad) -> Iterator[str]:
    yield (
        f"{one.object:<16} {one.rows:>7} lines: {one.created} created,"
        f" {one.updated} updated, {one.unchanged} unchanged, {one.rejected} rejected"
        f"  ({round(one.seconds, 3)} s, {one.rows_per_second} lines/s)"
    )
    if one.stopped:
        yield f"  {one.unknown} unknown, {one.not_sent} not sent"
        yield f"  {one.stopped.code} {one.stopped.message}"
        if one.stopped.hint:
            yield f"    hint: {one.stopped.hint}"
    for refused in one.refused[:MOST_LINES]:
        data = refused.data()
        yield f"  {one.file}:{refused.row}: {refused.code} {data['message']}"
    if len(one.refused) > MOST_LINES:
        yield f"  ... and {one.rejected - MOST_LINES} more"


def reconciliation(result: ReconcileResult) -> str:
    """Return a reconciliation as a table of both sides."""
    lines = [f"{'object':<16} {'what':<22} {'source':>16} {'odoo':>16}"]
    for check in result.checks:
        mark = "" if check.agrees else "  DIFFERS"
        lines.append(
            f"{check.object:<16} {check.what:<22} {check.source:>16} {check.odoo:>16}{mark}"
        )
    lines.append(f"verdict: {result.verdict}")
    return "\n".join(lines)


def migration(result: MigrateResult) -> str:
    """Return a migration: each rule with the lines it touched, then the files it made."""
    lines = [f"{rule.rows:>8}  {rule.says}: {rule.effect}" for rule in result.rules]
    lines += [f"{one.object:<16} {len(one.rows):>7} lines" for one in result.outputs]
    lines.append(f"{result.seconds} s")
    return "\n".join(lines)
