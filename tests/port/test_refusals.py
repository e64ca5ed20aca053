from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("model", "method", "arguments", "code", "said"),
    [
        ("no.such", "search", {"domain": []}, "O004", "no.such"),
        ("res.partner", "no_such", {}, "O004", "no_such"),
        ("res.partner", "_private", {}, "O003", "Private"),
        ("res.partner", "search", {"domain": [["no_such", "=", 1]]}, "O005", "no_such"),
        ("res.partner", "search", {"domain": [["name", "~", 1]]}, "O005", "~"),
        ("res.partner", "search", {"domain": 5}, "O005", "5"),
        ("res.partner", "search", {"domain": [], "no_such": 1}, "O005", "no_such"),
        ("res.partner", "create", {"vals_list": [{"no_such": 1}]}, "O005", "no_such"),
        ("res.partner", "create", {"vals_list": [{"name": "K", "type": "x"}]}, "O005", "type"),
        ("res.partner", "create", {"vals_list": [{"name": "K", "color": "x"}]}, "O005", "x"),
    ],
)
def test_what_odoo_does_not_know_is_refused_by_name(
    port, refusal, model, method, arguments, code, said
):
    fault = refusal(port, model, method, **arguments)
    assert fault.code == code
    assert said in fault.message
    assert "Traceback" not in fault.message


def test_a_validation_error_names_the_record(port, refusal):
    rows = [{"name": "GBP", "symbol": "£"}] if port.url[:4] == "http" else [{"name": "GBP"}]
    fault = refusal(port, "res.currency", "create", vals_list=rows)
    assert fault.code == "O005"
    assert "'GBP'" in fault.message
    assert "unique" in fault.message


def test_a_refused_write_names_its_records(port, partners, refusal):
    (one,) = partners("Kettle")
    fault = refusal(port, "res.partner", "write", [one], vals={"type": "no such type"})
    assert fault.code == "O005"
    assert f"on {one}" in fault.message


def test_a_write_to_a_record_that_is_gone_is_told(port, partners, refusal):
    (one,) = partners("Gone")
    port.call("res.partner", "unlink", [one])
    fault = refusal(port, "res.partner", "write", [one], vals={"name": "x"})
    assert fault.code == "O004"
    assert str(one) in fault.message


def test_a_refused_batch_leaves_nothing(port, mark, refusal):
    rows = [{"name": "Good", "ref": mark}, {"name": "Bad", "ref": mark, "type": "no such type"}]
    assert refusal(port, "res.partner", "create", vals_list=rows).code == "O005"
    assert port.call("res.partner", "search_count", domain=[["ref", "=", mark]]) == 0


def test_who_may_not_write_is_refused(doors, refusal):
    clerk = doors.clerk(("res.company", "write"))
    fault = refusal(clerk, "res.company", "write", [1], vals={"name": "Mine"})
    assert fault.code == "O003"
    assert fault.hint


def test_a_password_among_the_values_never_shows(port, refusal):
    values = {"name": "x", "login": "x", "password": "hunter2-hunter2", "no_such": 1}
    fault = refusal(port, "res.users", "create", vals_list=[values])
    assert "hunter2" not in repr(fault)
