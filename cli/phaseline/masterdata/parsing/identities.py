"""Codes and addresses that others define: countries, currencies, e-mail, phone, barcodes."""

from __future__ import annotations

import re

from stdnum import ean
from stdnum.exceptions import ValidationError

from phaseline.masterdata.findings import CellError
from phaseline.masterdata.parsing import iso

EMAIL = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,24}", re.ASCII)


def country(value: str) -> str:
    """Return an ISO 3166 code."""
    if value.upper() in iso.COUNTRIES:
        return value.upper()
    raise CellError("D023", "this is no ISO country code", "Use two letters, as GB or DE.")


def currency(value: str) -> str:
    """Return an ISO 4217 code in use."""
    if value in iso.CURRENCIES:
        return value
    raise CellError("D018", "this is no ISO currency code in use", "Use three letters, as GBP.")


def email(value: str) -> str:
    """Return one e-mail address."""
    if EMAIL.fullmatch(value):
        return value
    raise CellError("D023", "this is no e-mail address", "Write one address, as name@example.com.")


def phone(value: str) -> str:
    """Return one phone number as written."""
    if PHONE.fullmatch(value):
        return value
    raise CellError("D023", "this is no phone number", "Write it as +44 20 7946 0000.")


def gtin(value: str) -> str:
    """Return a GTIN whose check digit is right."""
    try:
        if value.isascii() and value.isdigit():
            ean.validate(value)
            return value
    except ValidationError as error:
        raise CellError(
            "D010", "the barcode's length or check digit is wrong", "Scan the barcode again."
        ) from error
    raise CellError("D010", "a barcode has digits only", "Format the column as text; scan again.")
