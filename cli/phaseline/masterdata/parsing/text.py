"""What is allowed in a text, what is mended and counted, and what text looks like another."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from phaseline.masterdata.findings import CellError

if TYPE_CHECKING:
    from collections import Counter

SPACES = re.compile("[\u00a0\u2007\u202f]")
LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\u0085")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf\u0152-\u2122]")
CYRILLIC = (
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0430"
    "\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455"
)
GREEK = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
LOOKALIKES = str.maketrans(CYRILLIC + GREEK, "ABEKMHOPCTXaceopxyijs" + "ABEZHIKMNOPTYXo")


def tidy(value: str, mended: Counter[str]) -> str:
    """Return the text without outer blanks, odd blanks and odd line ends; each repair counted."""
    if value.isascii() and value == value.strip() and "\r" not in value:
        return value
    for name, pattern, better in (
        ("no-break space", SPACES, " "),
        ("line end", LINE_ENDS, "\n"),
    ):
        value, times = pattern.subn(better, value)
        if times:
            mended[name] += 1
    if value != value.strip():
        mended["outer blanks"] += 1
        value = value.strip()
    composed = unicodedata.normalize("NFC", value)
    if composed != value:
        mended["composed letters"] += 1
    return composed


def inspect(value: str, *, strict: bool) -> None:
    """Refuse text with invisible or broken characters; `strict` for codes."""
    if value.isascii() and value.isprintable():
        return
    if CONTROLS.search(value) or (strict and ("\n" in value or "\t" in value)):
        raise CellError("D004", "the text holds control characters", "Type the text again.")
    if BIDI.search(value) or (strict and ZERO_WIDTH.search(value)):
        raise CellError("D004", "the text holds invisible characters", "Type the text again.")
    broken = mojibake(value)
    if broken:
        raise CellError(
            "D003",
            "the text was read with a wrong encoding once",
            f"It probably means '{broken}'; export the file again as UTF-8.",
        )
    if strict and mixes_scripts(value):
        raise CellError(
            "D019", "the code mixes letters that only look Latin", "Type the code again."
        )


def mojibake(value: str) -> str | None:
    """Return what a text probably was before it was read with a wrong encoding, else None."""
    if not MOJIBAKE.search(value):
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            better = value.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if better != value:
            return better
    return None


def mixes_scripts(value: str) -> bool:
    """Whether a text holds Latin letters beside letters of another script that look Latin."""
    latin = any(sign.isascii() and sign.isalpha() for sign in value)
    return latin and value != value.translate(LOOKALIKES)


def has_digits_of_other_scripts(value: str) -> bool:
    """Whether a text holds digits other than 0 to 9."""
    return any(sign.isdigit() and not sign.isascii() for sign in value)


def skeleton(value: str) -> str:
    """Return what two keys that look alike have in common."""
    if value.isascii():
        return " ".join(value.casefold().split())
    plain = unicodedata.normalize("NFKC", value).translate(LOOKALIKES)
    return " ".join(ZERO_WIDTH.sub("", plain).casefold().split())


def column_name(title: str) -> str:
    """Return the column that a head means: `List price *` is `list_price`."""
    return "_".join(title.strip().rstrip("*").strip().casefold().replace("-", " ").split())
