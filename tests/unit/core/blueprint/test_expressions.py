"""Expressions, conditions, refs and secrets in marked values."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.core.blueprint.expressions import MISSING, Ref, Scope, Secret
from phaseline.files.yaml.nodes import parse

if TYPE_CHECKING:
    from phaseline.errors import Fault

NAMES = {
    "tenant": {
        "name": "Brand",
        "limit": Decimal("5000.00"),
        "none": None,
        "flag": True,
        "list": [1, 2],
        "sly": "ref:base.EUR",
    }
}


def work_out(text: str) -> tuple[Any, list[Fault]]:
    scope = Scope(NAMES, [])
    return scope.value(parse(f"x: {text}", "f.yml").entries["x"]), scope.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"${tenant.limit}"', Decimal("5000.00")),
        ('"above ${tenant.limit} of ${tenant.name}"', "above 5000.00 of Brand"),
        ('"${tenant.flag} it is"', "true it is"),
        ('"${tenant.list}"', [1, 2]),
        ('"${tenant.sly}"', "ref:base.EUR"),
        ("ref:base.EUR", Ref("base.EUR")),
        ("ref:warehouse.main/lot_stock_id", Ref("warehouse.main", "lot_stock_id")),
        ('"ref:kind.${tenant.name}"', Ref("kind.Brand")),
        ("secret:users.buyer", Secret("users.buyer")),
        ('[a, "${tenant.none}"]', ["a"]),
        ('{a: "${tenant.none}", b: 1}', {"b": 1}),
        ('"{{ 7 * 7 }}"', "{{ 7 * 7 }}"),
    ],
)
def test_a_value_is_worked_out(text: str, value: Any) -> None:
    assert work_out(text) == (value, [])


@pytest.mark.parametrize("text", ['"${tenant.none}"', '"${tenant.none.deeper}"'])
def test_an_unanswered_option_is_missing(text: str) -> None:
    assert work_out(text) == (MISSING, [])


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ('"${tenant.nmae}"', "B013", "Did you mean 'name'?"),
        ('"${other}"', "B013", "Known here: tenant."),
        ('"so ${tenant.none}"', "B013", "has no text"),
        ('"so ${tenant.list}"', "B013", "has no text"),
        ("ref:base", "B014", "is no ref"),
        ("ref:../../etc", "B014", "is no ref"),
    ],
)
def test_what_names_nothing_is_a_fault(text: str, code: str, told: str) -> None:
    (fault,) = work_out(text)[1]
    assert fault.code == code
    assert told in f"{fault.message} {fault.hint}"
    assert str(fault.place) == "f.yml:1:4"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('"${tenant.flag}"', True),
        ('"${tenant.none}"', False),
        ("{is: ['${tenant.name}', Brand]}", True),
        ("{is_not: ['${tenant.name}', Brand]}", False),
        ("{in: ['${tenant.name}', [Other, Brand]]}", True),
        ("{not: '${tenant.none}'}", True),
        ("['${tenant.flag}', {is: ['${tenant.name}', Other]}]", False),
    ],
)
def test_a_condition_holds_or_not(condition: str, holds: bool) -> None:
    scope = Scope(NAMES, [])
    assert scope.holds(parse(f"x: {condition}", "f.yml").entries["x"]) is holds
    assert scope.faults == []


def test_an_unknown_condition_is_a_fault() -> None:
    scope = Scope(NAMES, [])
    assert not scope.holds(parse("x: {equals: [1, 1]}", "f.yml").entries["x"])
    assert scope.faults[0].code == "B005"


def test_without_a_condition_it_holds() -> None:
    assert Scope({}, []).holds(None)
