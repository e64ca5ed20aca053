"""The named transforms that mappings use: pure functions, each with the keys it takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CENT = Decimal("0.01")
COUNTRIES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR",
    "Canada": "CA", "Channel Islands": "JE", "Cyprus": "CY", "Czech Republic": "CZ",
    "Denmark": "DK", "EIRE": "IE", "Finland": "FI", "France": "FR", "Germany": "DE",
    "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT",
    "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL",
    "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA",
    "Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "USA": "US",
    "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip
# What a key of a transform names: a column of the source, a table, a column made before, a number;
# or it is free, or looked up in an output before.
SOURCE, TABLE, ROW, NUMBER, FREE = "source", "table", "row", "number", "free"
NOWHERE = frozenset({"Unspecified", "European Community"})


@dataclass(frozen=True, slots=True)
class Sources:
    """What a column may draw on besides its own lines."""

    columns: Sequence[str]
    tables: Mapping[str, Sequence[Mapping[str, str]]]
    days: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one key, the columns made so far and the same key's lines of other outputs."""

    key: str
    lines: Sequence[Sequence[str]]
    row: dict[str, str]
    others: Mapping[str, Mapping[str, str]]
    several: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Transform:
    """What makes a column, and what each of the keys it takes names; the first is its own."""

    make: Callable[[Mapping[str, Any], Group, Sources], str]
    takes: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)


def upper(value: str) -> str:
    """Return the text in capitals."""
    return value.upper()


def whole_number(value: str) -> str:
    """Return `17850.0` as `17850`."""
    return value.removesuffix(".0")


def country_code(value: str) -> str:
    """Return the ISO code of a country name, nothing for what is no country, else the name."""
    name = value.strip()
    return "" if name in NOWHERE else COUNTRIES.get(name, name)


MENDERS: dict[str, Callable[[str], str]] = {
    "upper": upper,
    "whole_number": whole_number,
    "country_code": country_code,
}


def column(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return one column of one line, by the transform that `how` names."""
    name = next(name for name in how if name in TRANSFORMS)
    return TRANSFORMS[name].make(how, group, sources)


def key(_how: Mapping[str, Any], group: Group, _sources: Sources) -> str:
    """Return the key."""
    return group.key


def constant(how: Mapping[str, Any], _group: Group, _sources: Sources) -> str:
    """Return the same on every line."""
    return str(how["constant"])


def text(how: Mapping[str, Any], group: Group, _sources: Sources) -> str:
    """Return a text with the key in it."""
    return str(how["text"]).replace("{key}", group.key)


def most_frequent(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return the value that most lines have; of equals the first in the alphabet."""
    place = sources.columns.index(how["most_frequent"])
    times = Counter(" ".join(line[place].split()) for line in group.lines if line[place].strip())
    if not times:
        return ""
    group.several[how["most_frequent"]] += len(times) > 1
    return min(times, key=lambda value: (-times[value], value))


def median_of(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return the middle number of the lines, in cents."""
    place = sources.columns.index(how["median"])
    return cents(median(Decimal(line[place]) for line in group.lines))


def median_of_large(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return the middle number of the lines of large quantity, when it is below another price."""
    place = sources.columns.index(how["median_of_large"])
    quantity = sources.columns.index(how["quantity"])
    least = Decimal(how["at_least"])
    found = [Decimal(line[place]) for line in group.lines if Decimal(line[quantity]) >= least]
    if len(found) < int(how["fewest"]):
        return ""
    usual = Decimal(group.others["products"][how["below"]])
    price = cents(median(found))
    return price if Decimal(price) < usual else ""


def share_of(how: Mapping[str, Any], group: Group, _sources: Sources) -> str:
    """Return a share of a column made before, in cents and at least one cent."""
    return cents(max(Decimal(group.row[how["share_of"]]) * Decimal(how["share"]), CENT))


def word_of(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return what the first word of a table gives that stands in a column made before."""
    words = f" {group.row[how['word_of']].upper()} "
    for entry in sources.tables[how["table"]]:
        if f" {entry['word']} " in words or f" {entry['word']}S " in words:
            return entry[how["gives"]]
    return str(how["otherwise"])


def assigned(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return a column of the table's line that the key falls to; the same key, the same line."""
    return _assigned(how["assigned"], group, sources)[how["gives"]]


def _assigned(table: str, group: Group, sources: Sources) -> Mapping[str, str]:
    lines = sources.tables[table]
    return lines[crc32(group.key.encode()) % len(lines)]


def from_output(how: Mapping[str, Any], group: Group, _sources: Sources) -> str:
    """Return a column of the same key in an output made before."""
    return group.others[how["from"]][how["column"]]


def cover(how: Mapping[str, Any], group: Group, sources: Sources) -> str:
    """Return the pieces that cover some days at the average demand a day, at least one."""
    place = sources.columns.index(how["cover"])
    sold = max(sum((Decimal(line[place]) for line in group.lines), Decimal()), Decimal())
    days = Decimal(how["more_days"])
    if "days_from" in how:
        days += Decimal(_assigned(how["days_from"], group, sources)[how["gives"]])
    return str(max(ceil(sold / sources.days * days), 1))


def cents(value: Decimal) -> str:
    """Return an amount with two decimals, half up."""
    return f"{value.quantize(CENT, ROUND_HALF_UP):f}"


TRANSFORMS = {
    "key": Transform(key, {"key": FREE}),
    "constant": Transform(constant, {"constant": FREE}),
    "text": Transform(text, {"text": FREE}),
    "most_frequent": Transform(most_frequent, {"most_frequent": SOURCE}),
    "median": Transform(median_of, {"median": SOURCE}),
    "median_of_large": Transform(
        median_of_large,
        {
            "median_of_large": SOURCE,
            "quantity": SOURCE,
            "at_least": NUMBER,
            "below": FREE,
            "fewest": NUMBER,
        },
    ),
    "share_of": Transform(share_of, {"share_of": ROW, "share": NUMBER}),
    "word_of": Transform(
        word_of, {"word_of": ROW, "table": TABLE, "gives": FREE, "otherwise": FREE}
    ),
    "assigned": Transform(assigned, {"assigned": TABLE, "gives": FREE}),
    "from": Transform(from_output, {"from": FREE, "column": FREE}),
    "cover": Transform(
        cover, {"cover": SOURCE, "more_days": NUMBER}, {"days_from": TABLE, "gives": FREE}
    ),
}
