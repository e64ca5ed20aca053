"""Which Odoo records the lines of a file become; links are external ids, never names or numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from phaseline.masterdata.spec import Column, ObjectSpec, RecordTemplate

MODULE = "phaseline_data"
LINKING = frozenset({"country", "currency", "reference"})
SAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Link:
    """A record of Odoo, by its external id, or by another when there is none of that."""

    xmlid: str
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A record of Odoo, by the exact value of one field; `own` is tried first when given."""

    model: str
    field: str
    value: str
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Combination:
    """The variant of a template (external id) that has these attribute values (external ids)."""

    template: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the file wants it, with the line it came from."""

    xmlid: str
    row: int
    values: tuple[tuple[str, Any], ...]
    initial: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One valid line: its number in the file and its values by column."""

    number: int
    values: Mapping[str, Any]

    def key(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Return the texts of the key columns."""
        return tuple([as_text(self.values.get(column)) for column in columns])


def as_text(value: object) -> str:
    """Return a value as key text: the same value always gives the same text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _escape(found: re.Match[str]) -> str:
    return f"~{ord(found[0]):x}"


def external_id(shape: str, key: Iterable[str]) -> str:
    """Return the external id of a key; signs that Odoo reads as syntax are spelt as numbers."""
    parts = [SAFE.sub(_escape, part) if SAFE.search(part) else part for part in key]
    return f"{MODULE}.{shape}.{'|'.join(parts)}"


def records(spec: ObjectSpec, shape: RecordTemplate, rows: Iterable[Row]) -> tuple[Record, ...]:
    """Return the records of one shape; lines with the same key are one record."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if _applies(shape, row):
            groups.setdefault(row.key(shape.key), []).append(row)
    always = tuple((name, _constant(value)) for name, value in shape.always)
    fields = _fields(spec, shape)
    return tuple(
        Record(
            xmlid=external_id(shape.name, key),
            row=lines[0].number,
            values=(*_values(fields, lines), *always),
            initial=_initial(shape, lines[0]),
        )
        for key, lines in groups.items()
    )


def _applies(shape: RecordTemplate, row: Row) -> bool:
    filled = row.values
    if any(filled.get(column) is None for column in shape.when):
        return False
    return not any(filled.get(column) is not None for column in shape.unless)


def _fields(spec: ObjectSpec, shape: RecordTemplate) -> list[tuple[str, Any, Column | None]]:
    """Return name and source of each field, with the column when it has to be read as a link."""
    columns = {column.name: column for column in spec.columns if column.type in LINKING}
    return [
        (name, source, columns.get(source) if isinstance(source, str) else None)
        for name, source in shape.fields
    ]


def _values(
    fields: Iterable[tuple[str, Any, Column | None]], lines: list[Row]
) -> Iterator[tuple[str, Any]]:
    cells = lines[0].values
    for name, source, column in fields:
        if not isinstance(source, str):
            yield name, _build(source, lines)
        elif source in cells:  # a column the file does not have is not owned
            value = cells[source]
            yield name, column_value(column, value) if column else value


def _initial(shape: RecordTemplate, row: Row) -> tuple[tuple[str, Any], ...]:
    """Return what is set once: constants, or texts made of the line's cells."""
    return tuple(
        (name, value["text"].format_map(row.values) if isinstance(value, dict) else value)
        for name, value in shape.initial
    )


def _constant(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("ref:"):
        return reference(None, None, value)
    return value


def column_value(column: Column, value: Any) -> Any:
    """Return a column's value as a field takes it: references become links."""
    if value is None:
        return None
    if column.type == "country":
        return Match("res.country", "code", value)
    if column.type == "currency":
        return Match("res.currency", "name", value)
    if column.type == "reference":
        return reference(column.references, column.found_by, value)
    return value


def reference(references: str | None, found_by: tuple[str, str] | None, value: str) -> Any:
    """Return the link a reference cell means: `ref:x.y` is a blueprint's or Odoo's."""
    if value.startswith("ref:"):
        name = value.removeprefix("ref:")
        return Link(f"phaseline.{name}", name)
    own = external_id(references, (value,)) if references else None
    if found_by:
        return Match(found_by[0], found_by[1], value, own)
    return Link(own or "")


def _build(source: Mapping[str, Any], lines: list[Row]) -> Any:
    first = lines[0]
    if "combination" in source:
        pairs = [first.key(of) for of in source["of"]]
        return Combination(
            external_id(source["combination"], first.key(source["template"])),
            tuple(external_id(source["link"], pair) for pair in pairs if all(pair)),
        )
    if "links" in source:
        found = {external_id(source["links"], line.key(source["of"])): None for line in lines}
        return tuple(Link(xmlid) for xmlid in found)
    if "choose" in source:
        return source["of"].get(first.values.get(source["choose"]))
    if "filled" in source:
        return _filled(source, first)
    for edge, time in (("day_start", "00:00:00"), ("day_end", "23:59:59")):
        if edge in source:
            day = first.values.get(source[edge])
            return f"{day} {time}" if day else None
    return Link(external_id(source["link"], first.key(source["of"])))


def _filled(source: Mapping[str, Any], row: Row) -> Any:
    """Return the constant of the first column that is filled, else that of `otherwise`."""
    for column, value in source["filled"].items():
        if row.values.get(column) is not None:
            return value
    return source["otherwise"]


def normalise(value: Any) -> Any:
    """Return a value as JSON carries it: decimals as exact text, dates as ISO text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
