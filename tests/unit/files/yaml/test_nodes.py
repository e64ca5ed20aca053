"""YAML reading: values by YAML 1.2, a place for everything, and nothing dangerous."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from phaseline.core.node import to_python
from phaseline.errors import PhaselineError
from phaseline.files.yaml import nodes


def faults(text: str) -> list[str]:
    with pytest.raises(PhaselineError) as error:
        nodes.parse(text, "f.yml")
    return [f"{fault.place} {fault.code} {fault.message}" for fault in error.value.faults]


def test_plain_scalars_follow_yaml_1_2() -> None:
    text = "[no, yes, on, 012, 0o12, 12:30, 1_000, 0x1F, .inf, 1e5, ~, true, 7, -1.50, '7', \"\"]"
    assert to_python(nodes.parse(text, "f.yml")) == [
        "no", "yes", "on", "012", "0o12", "12:30", "1_000", "0x1F", ".inf", "1e5",
        None, True, 7, Decimal("-1.50"), "7", "",
    ]  # fmt: skip


def test_every_value_and_key_knows_its_place() -> None:
    root = nodes.parse("a:\n  - b: 1\n    c: two\n", "f.yml")
    inner = root.entries["a"].items[0]
    assert str(inner.entries["c"].place) == "f.yml:3:8"
    assert str(inner.keys["c"]) == "f.yml:3:5"


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert to_python(nodes.parse("", "f.yml")) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: !!python/object/apply:os.system [ls]", "f.yml:1:4 B002 tag"),
        ("a: !secret x", "f.yml:1:4 B002 tag !secret"),
        ("a: &x 1", "f.yml:1:4 B002 anchor &x"),
        ("a: [1]\nb: *x", "f.yml:2:4 B002 alias *x"),
        ("a: &x [*x]", "f.yml:1:4 B002 anchor &x"),
        ("a: 1\n---\nb: 2", "f.yml:2:1 B002 a second document"),
        ("[" * 60 + "]" * 60, "f.yml:1:51 B002 deeper than 50 levels"),
        ("{[1]: 2}", "f.yml:1:2 B002 a key that is a list"),
        ("a:\n\tb: 1", "f.yml:2:1 B001"),
        ("a: 'open", "f.yml:1:9 B001"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_place(text: str, told: str) -> None:
    assert faults(text)[0].startswith(told), faults(text)


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    lines = ["a: &a [x, x]", *(f"{new}: &{new} [*{old}, *{old}]" for old, new in pairs)]
    assert len(faults("\n".join(lines))) <= 3


def test_three_thousand_levels_do_not_overflow() -> None:
    assert "deeper than" in faults("[" * 3000)[0]


def test_all_keys_that_stand_twice_are_told_at_once() -> None:
    assert faults("a: 1\na: 2\nb: {c: 1, c: 2}") == [
        "f.yml:2:1 B003 key 'a' is duplicated, first in line 1",
        "f.yml:3:11 B003 key 'c' is duplicated, first in line 3",
    ]


def test_a_file_that_is_too_big_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yml"
    path.write_bytes(b"a: " + b"x" * (nodes.SIZE_LIMIT + 1))
    with pytest.raises(PhaselineError, match="more than"):
        nodes.load(path)


def test_bytes_that_are_not_utf_8_are_told_by_their_offset(tmp_path: Path) -> None:
    path = tmp_path / "latin.yml"
    path.write_bytes(b"a: M\xfcller")
    with pytest.raises(PhaselineError, match="byte 4 is not UTF-8"):
        nodes.load(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "bom.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert to_python(nodes.load(path)) == {"a": 1}


def test_a_missing_file_is_told() -> None:
    with pytest.raises(PhaselineError, match="cannot be read"):
        nodes.load(Path("/nowhere/at/all.yml"))
