"""The words of a mapping: which tests and transforms there are, and what each is told."""

from __future__ import annotations

TESTS: dict[str, tuple[str, ...]] = {  # what each test of a rule is told
    "broken": ("columns",), "repeated": (), "empty": ("column",), "not_empty": ("column",),
    "matches": ("column", "pattern"), "not_matches": ("column", "pattern"),
    "below": ("column", "number"), "at_most": ("column", "number"),
}  # fmt: skip
WAYS: dict[str, tuple[str, ...]] = {  # what each transform is told beside its own key
    "key": (),
    "constant": (),
    "text": (),
    "most_frequent": (),
    "median": (),
    "median_of_large": ("quantity", "at_least", "below", "fewest"),
    "share_of": ("share",),
    "word_of": ("table", "gives", "otherwise"),
    "assigned": ("gives",),
    "from": ("column",),
    "cover": ("more_days",),
}
MORE = {"cover": ("days_from", "gives"), "below": ("unless",), "at_most": ("unless",)}
OF_SOURCE = frozenset({"most_frequent", "median", "median_of_large", "quantity", "cover"})
OF_TABLES = frozenset({"table", "assigned", "days_from"})
OF_ROW = frozenset({"share_of", "word_of"})
OF_NUMBERS = frozenset({"at_least", "fewest", "share", "more_days"})
