"""Validates files: each alone, all against each other, and against an Odoo when one is named."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phaseline import durable
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.files.data import tables
from phaseline.files.project.project import demand
from phaseline.flows.data import data_files
from phaseline.flows.environment import connect, full_name
from phaseline.masterdata.parsing.values import Reading
from phaseline.masterdata.validation import references, validate
from phaseline.masterdata.validation.results import ValidateResult
from phaseline.masterdata.validation.units import mismatches
from phaseline.odoo.data import lookups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from phaseline.flows.data.data_files import DataFile
    from phaseline.masterdata.findings import Finding
    from phaseline.masterdata.validation.verdict import Verdict
    from phaseline.odoo.port import Port


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How the files of a delivery are written."""

    opening: tables.Opening = field(default_factory=tables.Opening)
    decimal_comma: bool = False
    date_format: str = "%Y-%m-%d"


def run(
    project_dir: Path, target: str, *, env: str | None, how: ReadOptions, mark: Path | None
) -> ValidateResult:
    """Return what validation says of every file, and record it."""
    demand(project_dir)
    env = full_name(project_dir, env) if env else None
    found = data_files.lookup(project_dir, target)
    with connect(project_dir, env) if env else nullcontext() as environment:
        verdicts = evaluate(found, how, environment.port if environment else None)
    for data_file, verdict in zip(found, verdicts, strict=True):
        journal.append(project_dir, "validate", env or "", verdict.data())
        if mark and verdict.findings:
            write_rejects(mark, data_file, verdict)
    flawed = any(verdict.findings for verdict in verdicts)
    return ValidateResult(env, verdicts, str(mark) if mark and flawed else None)


def evaluate(found: Sequence[DataFile], how: ReadOptions, port: Port | None) -> tuple[Verdict, ...]:
    """Return the verdict on each file, parents first; faults of all files are raised at once."""
    faults: list[Fault] = []
    verdicts: list[Verdict] = []
    for data_file in found:
        try:
            verdicts.append(_check_file(data_file, how))
        except PhaselineError as error:
            faults.extend(error.faults)
    for verdict in verdicts:
        faults.extend(_fault(verdict, one) for one in verdict.faults)
    if faults:
        raise PhaselineError(*faults)
    return _check_references(verdicts, port)


def _check_file(data_file: DataFile, how: ReadOptions) -> Verdict:
    table = tables.read(data_file.path, how.opening, template=data_file.spec.template_id)
    reading = Reading(how.decimal_comma, how.date_format)
    return validate.check(data_file.spec, table, reading)


def _fault(verdict: Verdict, one: Finding) -> Fault:
    return Fault(one.code, one.message, verdict.place(one), one.hint)


def _check_references(verdicts: Sequence[Verdict], port: Port | None) -> tuple[Verdict, ...]:
    """Judge references in load order, so that what names a rejected line is rejected too."""
    keys: dict[str, frozenset[str]] = {}
    judged: list[Verdict] = []
    for verdict in verdicts:
        grown = verdict
        while True:
            keys[verdict.spec.name] = references.own_keys(grown)
            seen = lookups.count_matches(port, grown, keys) if port else {}
            before = grown
            found = references.references(grown, keys, seen, strict=port is not None)
            grown = grown.with_findings(found)
            if grown is before:
                break
        if port:
            inactive = lookups.inactive_currencies(port, grown)
            grown = grown.with_findings(references.inactive_currencies(grown, inactive))
        judged.append(grown)
    odd = mismatches(judged, lookups.units(port) if port else ())
    return tuple(verdict.with_findings(odd.get(verdict.spec.name, ())) for verdict in judged)


def write_rejects(folder: Path, data_file: DataFile, verdict: Verdict) -> None:
    """Write the rejected lines beside: reasons as CSV, cells marked in a copy of the workbook."""
    from phaseline.files.data import annotate_workbook  # noqa: PLC0415 (openpyxl is slow to load, marks are rare)

    folder.mkdir(parents=True, exist_ok=True)
    stem = data_file.path.stem
    durable.write(folder / f"{stem}.rejected.csv", annotate_workbook.rejected_csv(verdict))
    if data_file.path.suffix.lower() == ".xlsx":
        copy = annotate_workbook.annotate(tables.read_bytes(data_file.path), verdict)
    else:
        copy = annotate_workbook.annotate_csv(verdict)
    durable.write(folder / f"{stem}.marked.xlsx", copy)
