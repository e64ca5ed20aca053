"""A mapping is read as strictly as a blueprint: every fault with its place, and never a bug."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phaseline.errors import PhaselineError
from phaseline.files.migration import mappings
from phaseline.files.paths import kit_dir
from phaseline.masterdata.migration import mapping

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.masterdata.migration.mapping import SourceMap

GOOD = """\
format: 1
source: shop
about: Orders become products.
input: orders.csv
columns: [No, Code, Pieces, Price]
days: "30"
rules:
  - {id: a, says: A, when: {test: matches, column: No, pattern: "A.*"}, do: leave_out}
  - {id: b, says: B, when: {test: below, column: Pieces, number: "0"}, do: mark, mark: back}
  - {id: c, says: C, when: {test: not_empty, column: Code}, do: mend, column: Code, with: upper}
tables:
  vendors:
    - {vendor: V-1, days: "7"}
    - {vendor: V-2, days: "9"}
outputs:
  - {object: suppliers, from_table: vendors, columns: [vendor]}
  - object: products
    per: Code
    without: [back]
    columns:
      sku: {key: true}
      list_price: {median: Price}
      cost: {share_of: list_price, share: "0.5"}
  - object: rules
    per: Code
    among: products
    columns:
      sku: {key: true}
      cost: {from: products, column: cost}
      minimum: {cover: Pieces, days_from: vendors, gives: days, more_days: "7"}
"""


def read(folder: Path, text: str) -> SourceMap:
    (folder / "mapping.yml").write_text(text)
    return mappings.read(folder)


def test_a_good_mapping_and_those_of_the_kit_are_read(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    for path in mappings.folder(kit_dir()).glob("*/mapping.yml"):
        assert mappings.read(path.parent).outputs


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("source: shop", "source: shop\nsource: other", "3:1 B003 key 'source' is duplicated"),
        ("about: Orders become products.\n", "", "1:1 B006 key 'about' is missing"),
        ("input:", "inptu:", "4:1 B004 unknown key 'inptu'"),
        ("rules:\n", "rules: none\n", "1:1 B001"),
        ("[No, Code, Pieces, Price]", "7", "5:10 B005 a list wanted, a whole number found"),
        ('"30"', '"0"', "6:7 B005 a number above zero wanted, a text found"),
        ("do: leave_out", "do: leave", "8:77 D041 there is no effect 'leave'"),
        ("test: matches", "test: match", "8:35 D041 there is no test 'match'"),
        ("column: No,", "column: Number,", "8:52 D041 there is no column 'Number'"),
        ('"A.*"', '"A(*"', "8:65 D041 the pattern cannot be read"),
        (", mark: back", "", "9:5 D041 a rule that does 'mark' needs 'mark'"),
        ("with: upper", "with: uper", "10:91 D041 there is no transform 'uper'"),
        ('V-2, days: "9"', 'V-2, day: "9"', "14:7 D041 the columns are not vendor, days"),
        ('"9"', "soon", "30:59 D041 'days' is not a number on every line"),
        ("from_table: vendors", "from_table: vendor", "16:37 D041 there is no table 'vendor'"),
        ("median: Price", "medain: Price", "22:19 D041 a column is made by exactly one"),
        ("share_of: list_price", "share_of: price", "23:24 D041 there is no column before"),
        ("    among: products\n", "", "28:13 D041 a column of 'products' wants 'among"),
        ("among: products", "among: suppliers", "26:12 D041 there is no output before"),
        ("column: cost}", "column: costs}", "29:38 D041 there is no column of 'products'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in GOOD
    with pytest.raises(PhaselineError) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    found = [f"{one.place} {one.code} {one.message}" for one in error.value.faults]
    if "B001" in told:
        assert any("B001" in one for one in found), found
        return
    assert any(one.split("mapping.yml:")[1].startswith(told) for one in found), found
    assert error.value.exit_code == 4


LINES = GOOD.splitlines()
# Which line, and what becomes of it: gone, without a value, or with another word in a place.
CHANGES = st.lists(
    st.tuples(
        st.integers(0, len(LINES) - 1),
        st.sampled_from(["gone", "null", "7", "[a]", "{a: b}", "x", '""']),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda change: change[0],
)


def changed(line: str, kind: str, place: int) -> list[str]:
    if kind == "gone":
        return []
    if kind == "null":
        return [line.partition(":")[0] + ": null"]
    words = line.split(" ")
    words[place % len(words)] = kind
    return [" ".join(words)]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_a_mapping_with_any_line_gone_or_changed_is_never_a_bug(
    tmp_path: Path, changes: list[tuple[int, str, int]]
) -> None:
    at = {line: (kind, place) for line, kind, place in changes}
    tried = [
        text
        for number, line in enumerate(LINES)
        for text in (changed(line, *at[number]) if number in at else [line])
    ]
    with suppress(PhaselineError):
        found = read(tmp_path, "\n".join(tried))
        width = len(found.columns)
        kept, _ = mapping.sift(found, [["1"] * width, ["2"] * width])
        mapping.make(found, kept)
