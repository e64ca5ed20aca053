"""Did you mean: the known word nearest to a misspelt one, alone or as a sentence for a hint."""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 5000  # comparing takes time with each word: of a long list the first ones must do


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a misspelt one, or None when none is near."""
    words = list(itertools.islice(known, MOST))
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return found[0] if found else None


def suggest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "Did you mean 'x'?" for the nearest known word, or the other sentence."""
    found = nearest(word, known)
    return f"Did you mean '{found}'?" if found else otherwise
