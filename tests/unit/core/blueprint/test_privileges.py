"""What reaches administrator-level trust, and what is ordinary business."""

from __future__ import annotations

from typing import Any

import pytest

from phaseline.core.blueprint import privilege_rules, privileges
from phaseline.core.blueprint.expressions import Ref, Secret
from phaseline.core.blueprint.records import Call, OwnedField, Record
from phaseline.errors import Place

HERE = Place("file.yml", 3, 5)


def record(model: str, values: dict[str, Any], **more: Any) -> Record:
    owned = {name: OwnedField(value, HERE) for name, value in values.items()}
    return Record("a.b", model, "one", HERE, owned, **more)


def dangers(one: Record) -> list[str]:
    return [what for _, (what, _) in privileges.of_record(one, {one.ref: one})]


ORDINARY = [
    ("product.template", {"name": "A", "default_code": "X", "list_price": "1.00"}),
    ("res.groups", {"name": "Approve purchases", "implied_ids": [Ref("stock.group_stock_user")]}),
    ("res.users", {"name": "A", "login": "a", "role_line_ids": []}),
    ("res.users.role", {"implied_ids": {"add": [Ref("account.group_account_user")]}}),
    ("ir.sequence", {"prefix": "WEB-%(year)s-", "code": "sale.order"}),
    ("ir.config_parameter", {"key": "sale.default_confirmation", "value": "5"}),
    ("ir.cron", {"active": True, "interval_number": 1, "interval_type": "days"}),
    ("base.automation", {"trigger": "on_create", "filter_domain": [["state", "=", "sale"]]}),
    ("ir.model.fields", {"name": "x_note", "ttype": "char", "related": "partner_id.ref"}),
    ("ir.ui.view", {"arch": "<form><field name='name' readonly='state == \"done\"'/></form>"}),
    ("ir.ui.view", {"arch": '<t t-foreach="docs" t-as="o"><p t-if="o.a or (o.b)">x</p></t>'}),
    ("mail.template", {"subject": "{{ object.company_id.name }} (Ref {{ object.name or 'n/a' }})"}),
    ("mail.template", {"body_html": '<p t-out="format_amount(object.total, object.currency)"/>'}),
    ("ir.actions.report", {"print_report_name": "'Order - %s' % (object.name)"}),
    ("tier.definition", {"definition_domain": [["amount_total", ">=", "1000.00"]]}),
    ("ir.default", {"json_value": '"receive"'}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "values"), ORDINARY)
def test_ordinary_business_needs_no_reason(model: str, values: dict[str, Any]) -> None:
    assert dangers(record(model, values)) == []


DANGEROUS = [
    ("base.automation", {"trigger": "on_webhook"}),
    ("ir.ui.view", {"arch": '<p t-out="object.sudo ().name"/>'}),
    ("ir.ui.view", {"arch": '<p t-out="object.sudo&#40;&#41;.name"/>'}),
    ("ir.ui.view", {"arch": "<xpath><attribute name='t-out'>o.unlink()</attribute></xpath>"}),
    ("ir.ui.view", {"arch": '<t t-set="format_date" t-value="o.x"/><t t-out="format_date()"/>'}),
    ("ir.ui.view", {"arch": '<t t-out="[format_date() for format_date in [o.unlink]]"/>'}),
    ("ir.ui.view", {"arch": '<t t-out="o.__class__"/>'}),
    ("ir.ui.view", {"arch": "<p><script>fetch('/')</script></p>"}),
    ("ir.ui.view", {"arch": '<img src="x" onerror="go"/>'}),
    ("mail.template", {"partner_to": "{{ object.env['res.users'].search([]).ids }}"}),
    ("ir.actions.report", {"attachment": "object.env['res.users'].search([]) and 'x'"}),
    ("exception.rule", {"exception_type": "by_py_code", "code": "failed = True"}),
    ("website", {"custom_code_head": "<style/>"}),
    ("res.groups", {"implied_ids": [[4, 2, 0]]}),
    ("res.groups", {"user_ids": [Ref("base.user_admin")]}),
    ("res.users.role", {"implied_ids": {"add": [Ref("base.group_erp_manager")]}}),
    ("ir.config_parameter", {"key": "auth_password_policy.minlength", "value": "1"}),
    ("ir.config_parameter", {"value": "5"}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "values"), DANGEROUS)
def test_what_administrators_decide_is_found(model: str, values: dict[str, Any]) -> None:
    assert dangers(record(model, values))


@pytest.mark.parametrize("model", privilege_rules.MODELS)
def test_even_taking_such_a_record_away_is_found(model: str) -> None:
    assert dangers(record(model, {}, absent=True)) == [model]


def test_a_password_that_we_make_is_no_danger() -> None:
    made = {"password": OwnedField(Secret("users.a"), HERE)}
    assert dangers(record("res.users", {"login": "a"}, initial=made)) == []


def test_a_line_is_judged_once_odoo_has_told_its_model() -> None:
    line = record("ir.model.access", {"perm_read": True}, parent=("group.a", "model_access"))
    (fault,) = privileges.check([line], {})
    assert (fault.code, fault.place) == ("B025", HERE)


def test_values_of_a_call_are_judged_however_deep_they_stand() -> None:
    call = Call("write", None, {"vals": {"child_ids": [[0, 0, {"group_ids": [1]}]]}}, "x", [], {})
    assert dangers(record("res.partner", {}, call=call)) == ["group_ids"]


def test_a_place_that_repeats_is_told_once() -> None:
    twice = [record("ir.rule", {"name": str(number)}) for number in (1, 2)]
    assert len(list(privileges.check(twice, {}))) == 1


def test_each_reason_goes_on_from_the_message() -> None:
    told = [*privilege_rules.MODELS.values(), *(why for why, _ in privilege_rules.FIELDS.values())]
    told += [*privilege_rules.METHODS.values(), *privilege_rules.PARAMETERS.values()]
    assert [why for why in told if why.endswith(".") or len(why.split()) < privileges.WORDS] == []
