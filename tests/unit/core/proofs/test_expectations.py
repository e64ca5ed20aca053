"""What a proof expects, judged on values as Odoo gives them."""

from __future__ import annotations

from typing import Any

import pytest

from phaseline.core.proofs.expectations import UnclearError, evaluate

HOLDS: list[tuple[list[Any], Any]] = [
    (["purchase"], "purchase"),
    ([3, 3], 3),
    ([10.0], "10.00"),
    ([False], False),
    ([], False),
    ([""], None),
    ([[1, 2]], [2, 1]),
    ([1, 2], [2, 1]),
    ([True], True),
    ([12], {"at_least": "12"}),
    ([12], {"at_least": 10, "at_most": 12}),
    (["2026-11-30 10:00:00"], {"at_least": "2026-11-30"}),
    ([21.995], {"near": ["22.00", "0.01"]}),
    (["a"], {"one_of": ["b", "a"]}),
    (["Needs Validation"], {"contains": "validat"}),
    ([[4, 5]], {"contains": 4}),
    (["A-01-02"], {"matches": "^[A-Z]-[0-9]{2}-[0-9]{2}$"}),
    ([0], {"set": True}),
    ([False], {"set": False}),
    ([], {"set": False}),
    (["draft"], {"not": "done"}),
    ([1.0, 2.0], {"every": {"at_least": 1}}),
    ([1, 2], {"any": 2}),
    ([1.1, 2.2], {"sum": "3.3"}),
    ([1, 2], {"count": {"at_most": 2}}),
]
FAILS: list[tuple[list[Any], Any]] = [
    ([], "purchase"),
    ([3, 4], 3),
    ([10.01], "10.00"),
    ([7], False),
    ([1, 2, 2], [1, 2]),
    ([1], [1, 2]),
    ([False], True),
    ([], {"at_least": 0}),
    ([13], {"at_least": 10, "at_most": 12}),
    (["2026-11-29"], {"at_least": "2026-11-30"}),
    ([22.02], {"near": ["22.00", "0.01"]}),
    (["draft"], {"not": "draft"}),
    ([], {"every": 1}),
    (["x"], 1),
]


@pytest.mark.parametrize(("found", "expected"), HOLDS)
def test_what_is_as_expected_holds(found: list[Any], expected: Any) -> None:
    assert evaluate(found, expected)


@pytest.mark.parametrize(("found", "expected"), FAILS)
def test_what_is_otherwise_fails(found: list[Any], expected: Any) -> None:
    assert not evaluate(found, expected)


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"atleast": 3}, "Did you mean 'at_least'"),
        ({"every": 1, "any": 2}, "Use one word"),
        ({"near": 3}, "write {near"),
        ({"at_least": "many"}, "is no number"),
    ],
)
def test_an_unclear_expectation_is_told(expected: Any, told: str) -> None:
    with pytest.raises(UnclearError, match=told):
        evaluate([3], expected)
