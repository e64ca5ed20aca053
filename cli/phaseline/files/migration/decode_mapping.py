"""Turns the marked tree of a `mapping.yml` into a `SourceMap`; all faults at once, with places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.core.node import Node, to_python
from phaseline.files.yaml.schema import Reader
from phaseline.masterdata.migration import transforms
from phaseline.masterdata.migration.line_tests import LINE_TESTS
from phaseline.masterdata.migration.mapping import (
    LEAVE_OUT,
    MARK,
    MEND,
    LineRule,
    Output,
    SourceMap,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOP = ("format", "source", "about", "input", "columns", "days", "rules", "tables", "outputs")
OF_RULE = ("id", "says", "when", "do", "mark", "column", "with")
OF_OUTPUT = (
    "object", "from_table", "per", "without", "among", "says", "assumption", "columns", "needs",
)  # fmt: skip
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def source_map(root: Node) -> SourceMap:
    """Return what a mapping says, or raise everything that is wrong with it."""
    reader = _Reader()
    found = reader.all(root)
    reader.shape.finish()
    return found


@dataclass
class _Reader:
    """One reading; names that later parts point to are collected on the way."""

    shape: Reader = field(default_factory=lambda: Reader("D041"))
    columns: tuple[str, ...] = ()
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    made: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def all(self, root: Node) -> SourceMap:
        """Return the whole mapping."""
        entries = self.shape.mapping(root, TOP, [name for name in TOP if name != "tables"])
        self.columns = self.shape.texts(entries.get("columns"))
        if tables := entries.get("tables"):
            for name, node in self.shape.mapping(tables).items():
                self.tables[name] = self.table(node)
        rules = [self.rule(node) for node in self.shape.sequence(entries.get("rules"))]
        outputs = [self.output(node) for node in self.shape.sequence(entries.get("outputs"))]
        return SourceMap(
            source=self.shape.text(entries.get("source")),
            about=self.shape.text(entries.get("about")),
            input=self.shape.text(entries.get("input")),
            columns=self.columns,
            days=self.number(entries.get("days"), above_zero=True),
            rules=tuple(rules),
            tables=self.tables,
            outputs=tuple(outputs),
        )

    def number(self, node: Node | None, *, above_zero: bool = False) -> Decimal:
        """Return a number that is written as a text or plainly."""
        text = "" if node is None or isinstance(node.value, bool) else str(node.value)
        if NUMBER.fullmatch(text) and (Decimal(text) > 0 or not above_zero):
            return Decimal(text)
        if node is not None:
            self.shape.wrong(node, "a number above zero" if above_zero else "a number")
        return Decimal(1)

    def table(self, node: Node) -> list[dict[str, str]]:
        """Return the lines of a table, all of texts and with the same columns."""
        lines = [
            {name: self.shape.text(cell) for name, cell in self.shape.mapping(line).items()}
            for line in self.shape.sequence(node)
        ]
        if not lines:
            self.shape.fault(node, "the table has no lines")
        for line, said in zip(self.shape.sequence(node), lines, strict=True):
            if said.keys() != lines[0].keys():
                self.shape.fault(
                    line, f"the columns are not {', '.join(lines[0])} as on the first line"
                )
        return lines

    def rule(self, node: Node) -> LineRule:
        """Return one rule of lines."""
        entries = self.shape.mapping(node, OF_RULE, ("id", "says", "when", "do"))
        do = self.shape.one_of(entries.get("do"), (LEAVE_OUT, MARK, MEND), "effect")
        for name in {MARK: ("mark",), MEND: ("column", "with")}.get(do, ()):
            if name not in entries:
                self.shape.fault(node, f"a rule that does '{do}' needs '{name}'")
        if "column" in entries:
            self.shape.one_of(entries["column"], self.columns, "column")
        if "with" in entries:
            self.shape.one_of(entries["with"], transforms.MENDERS, "transform")
        when = entries.get("when")
        if when is not None:
            self.test(when)
        return LineRule(
            id=self.shape.text(entries.get("id")),
            says=self.shape.text(entries.get("says")),
            when=to_python(when) if when is not None else {},
            do=do,
            mark=self.shape.text(entries.get("mark")),
            column=self.shape.text(entries.get("column")),
            transform=self.shape.text(entries.get("with")),
        )

    def test(self, node: Node) -> None:
        """Check what a rule's test is told."""
        kind = self.shape.one_of(self.shape.mapping(node).get("test"), LINE_TESTS, "test")
        test = LINE_TESTS.get(kind)
        wanted = ("test", *(test.takes if test else ()))
        known = (*wanted, *(test.optional if test else ())) if kind else None
        said = self.shape.mapping(node, known, wanted)
        if test is None:
            return
        for one in (*self.shape.sequence(said.get("columns")), *nodes(said, "column")):
            self.shape.one_of(one, self.columns, "column")
        for one in nodes(said, "number"):
            self.number(one)
        self.shape.text(said.get("unless"))
        for one in nodes(said, "pattern"):
            try:
                re.compile(self.shape.text(one))
            except re.error as error:
                self.shape.fault(one, f"the pattern cannot be read: {error}")

    def output(self, node: Node) -> Output:
        """Return one output; later ones may look at it."""
        said = self.shape.mapping(node, OF_OUTPUT, ("object",))
        table = said.get("from_table")
        if table is not None:
            self.shape.one_of(table, self.tables, "table")
        elif "per" not in said or "columns" not in said:
            self.shape.fault(node, "an output needs 'from_table', or 'per' and 'columns'")
        for one in nodes(said, "per"):
            self.shape.one_of(one, self.columns, "column")
        among = self.shape.one_of(said.get("among"), self.made, "output before")
        name = self.shape.text(said.get("object"))
        columns = self.output_columns(said.get("columns"), among, listed=table is not None)
        for need in self.shape.sequence(said.get("needs")):
            self.shape.one_of(need, columns, "column")
        if table is None:
            self.made[name] = tuple(columns)
        return Output(
            object=name,
            per=self.shape.text(said.get("per")),
            without=frozenset(self.shape.texts(said.get("without"))),
            among=among,
            table=self.shape.text(table),
            says=self.shape.text(said.get("says")),
            assumption=self.shape.text(said.get("assumption")),
            columns=tuple(columns.items()),
            needs=self.shape.texts(said.get("needs")),
        )

    def output_columns(self, node: Node | None, among: str, *, listed: bool) -> dict[str, Any]:
        """Return the columns of an output with where each comes from; a table's are a list."""
        if node is None or listed:
            return {name: {} for name in self.shape.texts(node)}
        before: dict[str, Any] = {}
        for name, how in self.shape.mapping(node).items():
            self.way(how, before, among)
            before[name] = to_python(how)
        return before

    def way(self, node: Node, before: Mapping[str, Any], among: str) -> None:
        """Check where one column comes from; it may look at those before it and at `among`."""
        ways = [name for name in transforms.TRANSFORMS if name in self.shape.mapping(node)]
        if len(ways) != 1:
            hint = f"One of: {', '.join(transforms.TRANSFORMS)}."
            self.shape.fault(node, "a column is made by exactly one transform", hint)
            return
        transform = transforms.TRANSFORMS[ways[0]]
        takes = {**transform.takes, **transform.optional}
        said = self.shape.mapping(node, tuple(takes), tuple(transform.takes))
        for name, one in said.items():
            what = takes.get(name)
            if what == transforms.SOURCE:
                self.shape.one_of(one, self.columns, "column")
            elif what == transforms.TABLE:
                self.shape.one_of(one, self.tables, "table")
                self.gives(said, one, number=name == "days_from")
            elif what == transforms.ROW:
                self.shape.one_of(one, before, "column before")
            elif what == transforms.NUMBER:
                self.number(one)
        self.elsewhere(node, said, among)

    def gives(self, said: Mapping[str, Node], table: Node, *, number: bool) -> None:
        """Check the column that a table gives."""
        lines = self.tables.get(self.shape.text(table), [])
        if "gives" not in said:
            self.shape.fault(table, "'gives' says which column of the table is taken")
        elif lines:
            name = self.shape.one_of(said["gives"], lines[0], "column of the table")
            if number and not all(NUMBER.fullmatch(line.get(name, "0")) for line in lines):
                self.shape.fault(
                    said["gives"], f"'{name}' is not a number on every line of the table"
                )

    def elsewhere(self, node: Node, said: Mapping[str, Node], among: str) -> None:
        """Check what is looked up in an output before: `among` sees to it that it is there."""
        pairs: Sequence[tuple[str, Node]] = ()
        if "from" in said and "column" in said:
            pairs = [(self.shape.text(said["from"]), said["column"])]
        elif "below" in said:
            pairs = [("products", said["below"])]
        for output, column in pairs:
            if output != among:
                self.shape.fault(node, f"a column of '{output}' wants 'among: {output}'")
            elif output in self.made:
                self.shape.one_of(column, self.made[output], f"column of '{output}'")


def nodes(said: Mapping[str, Node], name: str) -> tuple[Node, ...]:
    """Return the node of a key that may be there."""
    return (said[name],) if name in said else ()
