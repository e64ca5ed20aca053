"""A source system's lines become the lines of our templates, by rules that a YAML file states.

The file names rules and transforms and carries no code; what they do stands in `transforms`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.migration import transforms
from phaseline.masterdata.migration.line_tests import line_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

LEAVE_OUT, MARK, MEND = "leave_out", "mark", "mend"


@dataclass(frozen=True, slots=True)
class LineRule:
    """What happens to the lines that a test finds."""

    id: str
    says: str
    when: Mapping[str, Any]
    do: str
    mark: str = ""
    column: str = ""
    transform: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """One file to make: of which lines, one line per what, each column from where."""

    object: str
    per: str = ""
    without: frozenset[str] = frozenset()
    among: str = ""
    table: str = ""
    says: str = ""
    assumption: str = ""
    columns: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceMap:
    """How one source system's export is read."""

    source: str
    about: str
    input: str
    columns: tuple[str, ...]
    days: Decimal
    rules: tuple[LineRule, ...]
    tables: Mapping[str, Sequence[Mapping[str, str]]]
    outputs: tuple[Output, ...]


@dataclass(slots=True)
class Line:
    """One line of the source with the marks it got."""

    cells: list[str]
    marks: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class MigratedTable:
    """One finished file: its columns and lines."""

    object: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    says: str
    assumption: str
    by_key: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    several: Counter[str] = field(default_factory=Counter)


def sift(mapping: SourceMap, rows: Iterable[list[str]]) -> tuple[list[Line], Counter[str]]:
    """Return the lines that are left, mended and marked, and how many each rule touched."""
    touched: Counter[str] = Counter()
    tests = [
        (rule, line_test(rule.when, mapping.columns), _mender(rule, mapping.columns))
        for rule in mapping.rules
    ]
    kept = []
    for cells in rows:
        line = Line(cells)
        if _pass(line, tests, touched):
            kept.append(line)
    return kept, touched


def _mender(rule: LineRule, columns: Sequence[str]) -> tuple[int, Any] | None:
    if rule.do != MEND:
        return None
    return columns.index(rule.column), transforms.MENDERS[rule.transform]


def _pass(line: Line, tests: Sequence[tuple[Any, Any, Any]], touched: Counter[str]) -> bool:
    for rule, found, mender in tests:
        if not found(line.cells, line.marks):
            continue
        if mender:
            place, mend = mender
            better = mend(line.cells[place])
            touched[rule.id] += better != line.cells[place]
            line.cells[place] = better
            continue
        touched[rule.id] += 1
        if rule.do == LEAVE_OUT:
            return False
        line.marks.add(rule.mark)
    return True


def make(mapping: SourceMap, lines: Sequence[Line]) -> tuple[MigratedTable, ...]:
    """Return every output, in the order of the mapping; later ones may look at earlier ones."""
    made: dict[str, MigratedTable] = {}
    for output in mapping.outputs:
        made[output.object] = _make(mapping, output, lines, made)
    return tuple(made.values())


def _make(
    mapping: SourceMap, output: Output, lines: Sequence[Line], made: Mapping[str, MigratedTable]
) -> MigratedTable:
    header = tuple(name for name, _ in output.columns)
    if output.table:
        table = mapping.tables[output.table]
        header = header or tuple(table[0])
        rows = tuple(tuple(row.get(name, "") for name in header) for row in table)
        return MigratedTable(output.object, header, rows, output.says, output.assumption)
    groups = _groups(output, mapping.columns.index(output.per), lines)
    allowed = made[output.among].by_key if output.among else None
    sources = transforms.Sources(mapping.columns, mapping.tables, mapping.days)
    by_key: dict[str, dict[str, str]] = {}
    several: Counter[str] = Counter()
    for key in sorted(groups):
        if allowed is not None and key not in allowed:
            continue
        others = {name: one.by_key[key] for name, one in made.items() if key in one.by_key}
        row = _row(output, transforms.Group(key, groups[key], {}, others, several), sources)
        if all(row[name] for name in output.needs):
            by_key[key] = row
    rows = tuple(tuple(row.values()) for row in by_key.values())
    return MigratedTable(
        output.object, header, rows, output.says, output.assumption, by_key, several
    )


def _groups(output: Output, place: int, lines: Sequence[Line]) -> dict[str, list[list[str]]]:
    groups: dict[str, list[list[str]]] = {}
    for line in lines:
        if not line.marks & output.without:
            groups.setdefault(line.cells[place], []).append(line.cells)
    return groups


def _row(output: Output, group: transforms.Group, sources: transforms.Sources) -> dict[str, str]:
    for name, how in output.columns:
        group.row[name] = transforms.column(how, group, sources)
    return group.row
