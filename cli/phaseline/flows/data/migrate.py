"""Migrates a source system's export into a project's data files; records every rule's effect."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files import journal
from phaseline.files.migration import mappings
from phaseline.files.paths import kit_dir
from phaseline.files.project.project import demand
from phaseline.masterdata.migration import mapping
from phaseline.masterdata.migration.results import MigrateResult, RuleEffect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from phaseline.masterdata.migration.mapping import MigratedTable, SourceMap

EFFECTS = {mapping.LEAVE_OUT: "left out", mapping.MARK: "kept aside", mapping.MEND: "mended"}


def run(project_dir: Path, source: str, *, given: Path | None, replace: bool) -> MigrateResult:
    """Write the files of a migration and return what each rule and output came to."""
    demand(project_dir)
    started = time.perf_counter()
    folder = mappings.lookup(kit_dir(), source, project_dir)
    plan = mappings.read(folder)
    lines = mappings.rows(given or folder / plan.input, plan.columns)
    kept, touched = mapping.sift(plan, lines)
    made = mapping.make(plan, kept)
    write(project_dir / "data", made, replace=replace)
    result = MigrateResult(
        source=plan.source,
        input=(given or folder / plan.input).name,
        lines=len(lines),
        rules=(*effects(plan, touched), *several(made)),
        outputs=made,
        seconds=round(time.perf_counter() - started, 1),
    )
    journal.append(project_dir, "migrate", "", result.entry())
    return result


def effects(plan: SourceMap, touched: Mapping[str, int]) -> Iterator[RuleEffect]:
    """Yield each rule with the number of lines it touched."""
    for rule in plan.rules:
        yield RuleEffect(rule.id, rule.says, touched.get(rule.id, 0), EFFECTS[rule.do])


def several(made: tuple[MigratedTable, ...]) -> Iterator[RuleEffect]:
    """Yield, as rules, how many keys had several values of which the most frequent was taken."""
    for one in made:
        for column, times in one.several.items():
            if times:
                says = f"{one.object} whose lines say several things in {column}"
                effect = "the most frequent was taken"
                yield RuleEffect(f"{one.object}.several_{column}", says, times, effect)


def write(folder: Path, made: tuple[MigratedTable, ...], *, replace: bool) -> None:
    """Write every file whole or none; a file that says something else is kept unless told."""
    texts = {folder / f"{one.object}.csv": text(one) for one in made if one.rows}
    faults = [
        Fault(
            "D043",
            "the file is there with other content",
            Place(str(path)),
            "Move it away, or say --replace.",
        )
        for path, body in texts.items()
        if path.exists() and path.read_bytes() != body.encode() and not replace
    ]
    if faults:
        raise PhaselineError(*faults)
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in texts.items():
        durable.write(path, body)


def text(made: MigratedTable) -> str:
    """Return a finished file as CSV."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(made.header)
    writer.writerows(made.rows)
    return target.getvalue()
