"""Reads a CSV file into a `Table`: encoding and separator found out, broken files refused."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.masterdata.findings import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

SEPARATORS = ",;\t|"
LARGEST_FIELD = 1_000_000
SAMPLE_LINES = 50
UTF8_BOM = b"\xef\xbb\xbf"
WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
QUOTED = re.compile(r'"(?:[^"]|"")*"')
UNUSED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def read(
    name: str, body: bytes, *, encoding: str | None = None, separator: str | None = None
) -> Table:
    """Return the table of a CSV file's bytes; raises all faults of the file."""
    mended: Counter[str] = Counter()
    text = decode(name, body, encoding, mended)
    if not text.strip():
        raise PhaselineError(Fault("D008", "the file is empty", Place(name), "Export it again."))
    mark = separator or find_separator(name, text)
    lines = list(_lines(name, text, mark))
    while lines and not any(cell.strip() for cell in lines[0][1]):
        del lines[0]
        mended["blank line"] += 1
    if not lines:
        raise PhaselineError(Fault("D008", "the file is empty", Place(name), "Export it again."))
    header = tuple(lines[0][1])
    rows = tuple(_checked(name, header, lines[1:], mended))
    if not rows:
        raise PhaselineError(
            Fault("D008", "the file has a header and no lines", Place(name, 1), "Fill it in.")
        )
    return Table(name, header, rows, mended=mended)


def decode(name: str, body: bytes, encoding: str | None, mended: Counter[str]) -> str:
    """Return the text of a file, and count a byte order mark or another encoding as mended."""
    if encoding:
        return _decode_as(name, body, encoding)
    if body.startswith(UTF8_BOM):
        mended["byte order mark"] += 1
        return _decode_as(name, body[3:], "utf-8")
    if body[:2] in WIDE:
        mended["encoding utf-16"] += 1
        return _decode_as(name, body, "utf-16")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_old(name, body, error.start, mended)


def _decode_as(name: str, body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        at = getattr(error, "start", 0)
        raise PhaselineError(
            Fault(
                "D002",
                f"byte {at} is not {encoding}",
                Place(name),
                "Save the file as UTF-8, or name its encoding with --encoding.",
            )
        ) from error


def _decode_old(name: str, body: bytes, at: int, mended: Counter[str]) -> str:
    """Return text of Windows-1252 when the whole file can be that and no part of it is UTF-8."""
    mixed = re.search(rb"[\xc3\xc2][\x80-\xbf]", body)
    if mixed or UNUSED_IN_CP1252.search(body) or b"\x00" in body:
        what = "two encodings are mixed" if mixed else "the encoding is not clear"
        raise PhaselineError(
            Fault(
                "D002",
                f"{what}, first at byte {at}",
                Place(name, body.count(b"\n", 0, at) + 1),
                "Save the file as UTF-8, or name its encoding with --encoding.",
            )
        )
    mended["encoding windows-1252"] += 1
    return body.decode("cp1252")


def find_separator(name: str, text: str) -> str:
    """Return the separator that cuts the first lines into equal numbers of cells."""
    sample = [line for line in QUOTED.sub("", text[:200_000]).splitlines() if line.strip()]
    lines = sample[:SAMPLE_LINES]
    heads = {mark: lines[0].count(mark) for mark in SEPARATORS if lines and mark in lines[0]}
    steady = {
        mark: times
        for mark, times in heads.items()
        if all(line.count(mark) == times for line in lines)
    }
    if len(heads) <= 1:
        return next(iter(heads), ",")
    best = sorted(steady or heads, key=lambda mark: -heads[mark])
    if len(best) > 1 and heads[best[0]] == heads[best[1]]:
        raise PhaselineError(
            Fault(
                "D005",
                "the header can be cut at more than one sign",
                Place(name, 1),
                "Name the separator with --separator.",
            )
        )
    return best[0]


def _lines(name: str, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line that is not blank."""
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        said = str(error)
        what = "a quote is never closed" if "unexpected end" in said else said
        raise PhaselineError(
            Fault("D006", f"{what}", Place(name, start), "Repair the quotes around this line.")
        ) from error


def _checked(
    name: str, header: tuple[str, ...], lines: list[tuple[int, list[str]]], mended: Counter[str]
) -> Iterator[tuple[int, tuple[object, ...]]]:
    faults = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            mended["blank line"] += 1
        elif len(cells) != len(header):
            faults.append(
                Fault(
                    "D006",
                    f"the line has {len(cells)} cells, the header {len(header)}",
                    Place(name, number),
                    "Look for a missing quote or a stray separator.",
                )
            )
        else:
            yield number, tuple(cells)
    if faults:
        raise PhaselineError(*faults[:50])
