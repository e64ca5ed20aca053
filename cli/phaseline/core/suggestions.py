"""Did you mean: the known word nearest to a misspelt one, as a sentence for a hint."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "Did you mean 'x'?" for the nearest known word, or the other sentence."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean '{found[0]}'?" if found else otherwise
