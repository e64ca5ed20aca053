"""Turns the tree of a `spec.yml` into an `ObjectSpec`; all faults at once, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from string import Formatter
from typing import TYPE_CHECKING, Any

from phaseline.core.node import Node, to_python
from phaseline.files.yaml.schema import Reader
from phaseline.masterdata.spec import (
    LOADERS,
    TYPES,
    Balance,
    Column,
    ObjectSpec,
    RecordTemplate,
    RuleUse,
)
from phaseline.masterdata.validation.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = "D041"
FORMAT = 1
NEEDED = (
    "format", "object", "version", "title", "about", "owner", "order", "key", "columns", "rules",
    "records",
)  # fmt: skip
TOP = (*NEEDED, "loader", "sums", "balance")
OF_COLUMN = (
    "type", "required", "length", "decimals", "at_least", "above", "at_most", "choices",
    "references", "found_by", "known", "default", "field", "unit", "says", "example",
)  # fmt: skip
NEEDED_OF_RECORD = ("name", "model", "key", "fields")
OF_RECORD = (*NEEDED_OF_RECORD, "when", "unless", "adopt", "ask", "always", "initial", "context")
# Where a field comes from when it is no plain column: the key that says so, and what goes with it.
SOURCES: dict[str, tuple[str, ...]] = {
    "combination": ("template", "link", "of"),
    "links": ("of",),
    "link": ("of",),
    "choose": ("of",),
    "filled": ("otherwise",),
    "day_start": (),
    "day_end": (),
}
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def object_spec(root: Node) -> ObjectSpec:
    """Return what a spec says, or raise everything that is wrong with it."""
    reading = _Reading()
    found = reading.all(root)
    reading.shape.finish()
    return found


@dataclass
class _Reading:
    """One reading; the names of the columns are collected for what points to them."""

    shape: Reader = field(default_factory=lambda: Reader(CODE, form=CODE))
    columns: tuple[str, ...] = ()

    def all(self, root: Node) -> ObjectSpec:
        """Return the whole spec."""
        shape, said = self.shape, self.shape.mapping(root, TOP, NEEDED)
        if "format" in said and said["format"].value != FORMAT:
            self.shape.fault(said["format"], f"the format is not {FORMAT}")
        columns = shape.mapping(said["columns"]) if "columns" in said else {}
        self.columns = tuple(columns)
        return ObjectSpec(
            name=shape.text(said.get("object")),
            version=shape.text(said.get("version")),
            title=shape.text(said.get("title")),
            about=shape.text(said.get("about")),
            owner=shape.text(said.get("owner")),
            order=shape.integer(said.get("order"), 0),
            key=self.named(said.get("key")),
            columns=tuple(self.column(name, node) for name, node in columns.items()),
            rules=tuple(self.rule(node) for node in shape.sequence(said.get("rules"))),
            shapes=tuple(self.record(node) for node in shape.sequence(said.get("records"))),
            loader=shape.choice(said.get("loader"), LOADERS, LOADERS[0]),
            sums=self.named(said.get("sums")),
            balance=self.balance(said["balance"]) if "balance" in said else None,
        )

    def named(self, node: Node | None) -> tuple[str, ...]:
        """Return a list of columns."""
        return tuple(
            self.shape.one_of(one, self.columns, "column") for one in self.shape.sequence(node)
        )

    def number(self, node: Node | None) -> Decimal | None:
        """Return a bound, which is a decimal in quotes: YAML's own would not be exact."""
        if node is None:
            return None
        text = self.shape.text(node)
        if isinstance(node.value, str) and not NUMBER.fullmatch(text):
            self.shape.wrong(node, "a decimal", 'Write it as "12.50".')
        return Decimal(text) if NUMBER.fullmatch(text) else None

    def column(self, name: str, node: Node) -> Column:
        """Return one column."""
        shape, said = self.shape, self.shape.mapping(node, OF_COLUMN, ("type", "says"))
        return Column(
            name=name,
            type=self.shape.one_of(said.get("type"), TYPES, "type"),
            says=shape.text(said.get("says")),
            example=shape.text(said.get("example")),
            required=shape.flag(said.get("required"), default=False),
            maximum_length=shape.integer(said.get("length"), 255),
            decimals=shape.integer(said.get("decimals"), 2),
            at_least=self.number(said.get("at_least")),
            above=self.number(said.get("above")),
            at_most=self.number(said.get("at_most")),
            choices=shape.texts(said.get("choices")),
            references=shape.text(said["references"]) if "references" in said else None,
            found_by=self.found_by(said.get("found_by")),
            known=shape.texts(said.get("known")),
            default=shape.text(said.get("default")),
            field=shape.text(said.get("field")),
            unit=shape.text(said.get("unit")),
        )

    def found_by(self, node: Node | None) -> tuple[str, str] | None:
        """Return model and field of a record of Odoo that a reference may mean."""
        if node is None:
            return None
        model, _, name = self.shape.text(node).partition("/")
        if isinstance(node.value, str) and not (model and name):
            self.shape.wrong(node, "model/field")
        return (model, name)

    def rule(self, node: Node) -> RuleUse:
        """Return one use of a rule."""
        said = self.shape.mapping(node, ("rule", "columns", "group"), ("rule", "columns"))
        return RuleUse(
            self.shape.one_of(said.get("rule"), tuple(RULES), "rule"),
            self.named(said.get("columns")),
            self.named(said.get("group")),
        )

    def balance(self, node: Node) -> Balance:
        """Return what makes a file right as a whole."""
        said = self.shape.mapping(node, ("of", "once"), ("of", "once"))
        return Balance(
            self.shape.one_of(said.get("of"), self.columns, "column"), self.named(said.get("once"))
        )

    def record(self, node: Node) -> RecordTemplate:
        """Return one kind of record that lines become."""
        shape, said = self.shape, self.shape.mapping(node, OF_RECORD, NEEDED_OF_RECORD)
        fields = shape.mapping(said["fields"]) if "fields" in said else {}
        for source in fields.values():
            self.source(source)
        initial = self.constants(said, "initial")
        for constant in initial.values():
            self.initial(constant)
        return RecordTemplate(
            name=shape.text(said.get("name")),
            model=shape.text(said.get("model")),
            key=self.named(said.get("key")),
            fields=pairs(fields),
            always=pairs(self.constants(said, "always")),
            initial=pairs(initial),
            when=self.named(said.get("when")),
            unless=self.named(said.get("unless")),
            adopt=shape.texts(said.get("adopt")),
            ask=shape.texts(said.get("ask")),
            context=pairs(self.constants(said, "context")),
        )

    def constants(self, said: Mapping[str, Node], name: str) -> Mapping[str, Node]:
        """Return the entries of a mapping that may be there."""
        return self.shape.mapping(said[name]) if name in said else {}

    def initial(self, node: Node) -> None:
        """Check a value that is set once: a constant, or a text made of the line's cells."""
        if not node.entries:
            return
        text = self.shape.mapping(node, ("text",), ("text",)).get("text")
        for name in {name for _, name, _, _ in Formatter().parse(self.shape.text(text)) if name}:
            self.shape.one_of(Node(name, (text or node).place), self.columns, "column")

    def source(self, node: Node) -> None:
        """Check where a field comes from: a column, or a mapping with one way."""
        if isinstance(node.value, str):
            self.shape.one_of(node, self.columns, "column")
            return
        way = next((name for name in SOURCES if name in node.entries), None)
        if way is None:
            hint = f"Name a column, or write one of: {', '.join(SOURCES)}."
            self.shape.fault(node, "it is not said where the field comes from", hint)
            return
        wanted = (way, *SOURCES[way])
        said = self.shape.mapping(node, wanted, wanted)
        self.columns_of(way, said)

    def columns_of(self, way: str, said: Mapping[str, Node]) -> None:
        """Check the columns that a field's source names."""
        if way in {"choose", "day_start", "day_end"}:
            self.shape.one_of(said[way], self.columns, "column")
        elif way in {"link", "links"}:
            self.named(said.get("of"))
        elif way == "combination":
            self.named(said.get("template"))
            for columns in self.shape.sequence(said.get("of")):
                self.named(columns)
        else:
            for name, constant in self.shape.mapping(said[way]).items():
                self.shape.one_of(Node(name, constant.place), self.columns, "column")


def pairs(entries: Mapping[str, Node]) -> tuple[tuple[str, Any], ...]:
    """Return names with plain values."""
    return tuple((name, to_python(node)) for name, node in entries.items())
