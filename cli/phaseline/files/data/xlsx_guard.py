"""Looks into a workbook before it is opened: bombs, macros, links, entities, formulas."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from phaseline.errors import Fault, PhaselineError, Place

MOST_MEMBERS = 2000
MOST_BYTES = 600_000_000
HARMLESS_BYTES = 2_000_000
HIGHEST_RATIO = 100
MOST_COLUMNS = 512
MOST_CELLS = 30_000_000
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
# Some programs write every tag with a prefix, as `<x:c r="A1">`.
FORMULA = re.compile(
    rb'<(?:\w+:)?c [^>]*?r="([A-Z]+)([0-9]+)"[^>]*>\s*<(?:\w+:)?f[\s>/]',
)
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*hidden="(?:1|true)"')
HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col [^>]*hidden="(?:1|true)"')
MERGED = re.compile(rb"<(?:\w+:)?mergeCell ")
TEMPLATE = re.compile(r"phaseline/[a-z_]+/[0-9.]+")

DAMAGES = (
    KeyError, ElementTree.ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error,
    EOFError, NotImplementedError, UnicodeDecodeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inside:
    """What a workbook holds: its visible and hidden sheets with their parts, and its template."""

    sheets: tuple[tuple[str, str, bool], ...]
    template: str | None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands in a sheet's XML that its values do not tell."""

    formulas: tuple[tuple[str, int], ...]
    hidden_rows: int
    hidden_columns: int
    merged: bool


def inspect(name: str, body: bytes) -> tuple[zipfile.ZipFile, Inside]:
    """Return the opened archive and what is in it, or refuse the file."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _refused(name, "D026", "the workbook is damaged", "Save it again.") from error
    _measure(name, members)
    _demand_plain_parts(name, members)
    try:
        for member in members:
            if member.filename.endswith((".xml", ".rels")) and ENTITY.search(archive.read(member)):
                raise _refused(
                    name, "D027", "the workbook defines XML entities", "Save it again in Excel."
                )
        return archive, _inside(archive)
    except DAMAGES as error:
        raise _refused(name, "D026", "the workbook is damaged", "Save it again.") from error


def _refused(name: str, code: str, message: str, hint: str) -> PhaselineError:
    return PhaselineError(Fault(code, message, Place(name), hint))


def _measure(name: str, members: list[zipfile.ZipInfo]) -> None:
    packed = sum(member.compress_size for member in members) or 1
    whole = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or whole > MOST_BYTES:
        raise _refused(name, "D026", "the workbook unpacks to too much", "Split the file.")
    if whole > HARMLESS_BYTES and whole / packed > HIGHEST_RATIO:
        raise _refused(
            name,
            "D026",
            f"the workbook unpacks to {whole // packed} times its size",
            "Remove formatting of empty cells and save it again.",
        )


def _demand_plain_parts(name: str, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        part = member.filename.lower()
        if member.flag_bits & 1:
            raise _refused(name, "D026", "the workbook is encrypted", "Remove its password.")
        if "vbaproject" in part:
            raise _refused(name, "D026", "the workbook holds macros", "Save it as .xlsx.")
        if "externallinks/" in part or part.endswith((".zip", ".xlsx", ".exe")):
            raise _refused(
                name, "D026", "the workbook links or holds other files", "Keep values only."
            )


def _inside(archive: zipfile.ZipFile) -> Inside:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    sheets = tuple(
        (
            sheet.get("name", ""),
            posixpath.normpath(posixpath.join("xl", targets[sheet.get(RELATION)])).replace(
                "xl/xl/", "xl/"
            ),
            sheet.get("state", "visible") == "visible",
        )
        for sheet in book.iterfind("m:sheets/m:sheet", NS)
    )
    custom = "docProps/custom.xml"
    text = archive.read(custom).decode("utf-8") if custom in archive.namelist() else ""
    found = TEMPLATE.search(text)
    return Inside(sheets, found[0] if found else None)


def facts(name: str, archive: zipfile.ZipFile, part: str) -> SheetFacts:
    """Return what a sheet's XML says, or refuse one whose area is absurd."""
    xml = archive.read(part.lstrip("/"))
    rows = columns = 0
    for found in CELL.finditer(xml):
        rows = max(rows, int(found[2]))
        columns = max(columns, _number(found[1]))
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise _refused(
            name, "D026", f"the sheet reaches to column {columns}, row {rows}", "Delete the rest."
        )
    return SheetFacts(
        tuple((found[1].decode(), int(found[2])) for found in FORMULA.finditer(xml)),
        len(HIDDEN_ROW.findall(xml)),
        len(HIDDEN_COLUMN.findall(xml)),
        MERGED.search(xml) is not None,
    )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
