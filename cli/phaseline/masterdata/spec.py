"""What a business object's file looks like and which Odoo records its lines become.

Types only: `files/data/decode_spec.py` makes an `ObjectSpec` of a `spec.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

TYPES = (
    "code",  # an identifier: text cells only, compared exactly
    "text",  # one line of text
    "number",  # a decimal quantity
    "money",  # a decimal amount
    "integer",  # a whole number
    "boolean",  # yes or no
    "date",  # one declared format
    "choice",  # one of a list
    "reference",  # the key of a line of another object, or a record of Odoo
    "country",  # ISO 3166 two-letter code
    "currency",  # ISO 4217 three-letter code
    "email",
    "phone",
    "vat",  # checked by the rules of its own country
    "gtin",  # GTIN-8, -12, -13 or -14 with its check digit
)
LOADERS = ("records", "opening")  # record by record, or as one count of the opening stock


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an object's file."""

    name: str
    type: str
    says: str
    example: str = ""
    required: bool = False
    maximum_length: int = 255
    decimals: int = 2
    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    choices: tuple[str, ...] = ()
    references: str | None = None
    found_by: tuple[str, str] | None = None
    known: tuple[str, ...] = ()
    default: str = ""
    field: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A named rule of `rules` with the columns it looks at."""

    rule: str
    columns: tuple[str, ...]
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordTemplate:
    """One kind of record that lines become: model, key columns and where each field comes from.

    A field's source is a column's name, or a mapping with one of `link` (another shape of this
    object, by the columns of `of`), `links` (the same, gathered over the lines of one record),
    `combination` (the variant values), `text` (columns filled into a text).
    """

    name: str
    model: str
    key: tuple[str, ...]
    fields: tuple[tuple[str, Any], ...]
    always: tuple[tuple[str, Any], ...] = ()
    initial: tuple[tuple[str, Any], ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    adopt: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    context: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """What makes a file right as a whole: whose sum counts, and what stands on one line only."""

    of: str
    once: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One business object: its file, its rules and its records."""

    name: str
    version: str
    title: str
    about: str
    owner: str
    order: int
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[RuleUse, ...]
    shapes: tuple[RecordTemplate, ...]
    loader: str = "records"
    sums: tuple[str, ...] = ()
    balance: Balance | None = None

    @property
    def main(self) -> RecordTemplate:
        """The shape whose records are counted: the last one that carries the object's key."""
        return next(shape for shape in reversed(self.shapes) if shape.key == self.key)

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)

    @property
    def template_id(self) -> str:
        """Identity and version of the template, written into the workbook."""
        return f"phaseline/{self.name}/{self.version}"
