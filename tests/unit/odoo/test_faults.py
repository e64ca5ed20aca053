from __future__ import annotations

import pytest

from phaseline.odoo import faults
from phaseline.odoo.faults import (
    CallRequest,
    call_request,
    clean,
    lost_answer,
    refusal,
    secret_values,
)

WRITE = CallRequest("res.partner", "write", "on 7")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("odoo.exceptions.AccessDenied", None, "O002"),
        ("werkzeug.exceptions.Unauthorized", 401, "O002"),
        ("odoo.exceptions.AccessError", 403, "O003"),
        ("werkzeug.exceptions.Forbidden", 403, "O003"),
        ("odoo.exceptions.MissingError", 404, "O004"),
        ("werkzeug.exceptions.NotFound", 404, "O004"),
        ("odoo.exceptions.UserError", 422, "O005"),
        ("odoo.exceptions.ValidationError", 422, "O005"),
        ("odoo.exceptions.RedirectWarning", 422, "O005"),
        ("werkzeug.exceptions.UnprocessableEntity", 422, "O005"),
        ("builtins.ValueError", 500, "O005"),
        ("builtins.TypeError", 500, "O005"),
        ("psycopg2.errors.InvalidTextRepresentation", 500, "O005"),
        ("psycopg2.errors.SerializationFailure", 500, "O011"),
        ("odoo.exceptions.LockError", 409, "O011"),
        ("builtins.ZeroDivisionError", 500, "O006"),
        ("some.addon.OwnError", 500, "O006"),
        ("some.addon.OwnUserError", 422, "O005"),
        ("", 413, "O005"),
        ("", None, "O006"),
    ],
)
def test_the_exception_name_decides_and_the_status_only_where_it_is_unknown(name, status, code):
    assert refusal(WRITE, name, "text", status=status).faults[0].code == code


def test_a_message_names_the_call_and_its_records():
    (fault,) = refusal(WRITE, "odoo.exceptions.UserError", "This is closed.").faults
    assert fault.message == "res.partner.write on 7 was refused: This is closed"


def test_rows_to_create_are_named_by_the_first_and_their_number():
    rows = [{"name": "Kettle"}, {"name": "Pot"}, {"name": "Pan"}]
    assert str(call_request("product.template", "create", None, {"vals_list": rows})) == (
        "product.template.create of 'Kettle' and 2 more"
    )


def test_many_ids_are_cut_short():
    assert str(call_request("res.partner", "write", list(range(1, 9)), {})) == (
        "res.partner.write on 1, 2, 3, 4, 5, ..."
    )


def test_the_servers_traceback_is_cut():
    text = "It failed.\nTraceback (most recent call last):\n  File x\nValueError: password"
    assert clean(text) == "It failed"


def test_an_endless_message_is_cut():
    assert len(clean("x" * 100_000)) < faults.LONGEST_MESSAGE + 10


def test_secrets_are_masked_also_where_json_escapes_them():
    secret = 'pa"ss\\word'
    assert clean(f"bad {secret}!", frozenset({secret})) == "bad ***!"
    assert clean('bad pa\\"ss\\\\word!', frozenset({secret})) == "bad ***!"


def test_values_below_a_key_that_sounds_secret_are_secrets():
    found = secret_values(
        {"vals_list": [{"login": "anna", "password": "hunter22"}, {"smtp": {"api_key": "k-123"}}]}
    )
    assert found == {"hunter22", "k-123"}


def test_a_refusal_does_not_show_a_secret_of_its_own_call():
    secrets = frozenset({"hunter22"})
    error = refusal(WRITE, "builtins.ValueError", "bad value 'hunter22'", secrets=secrets)
    assert "hunter22" not in str(error)
    assert "hunter22" not in repr(error.faults)


@pytest.mark.parametrize(("method", "code"), [("write", "O007"), ("search_read", "O001")])
def test_a_lost_answer_is_unknown_for_a_write_and_harmless_for_a_read(method, code):
    error = lost_answer(CallRequest("res.partner", method), "http://x", "it broke")
    assert error.faults[0].code == code


@pytest.mark.parametrize("method", ["button_confirm", "load", "run", "execute", "copy", "no_idea"])
def test_a_method_nobody_listed_counts_as_writing(method):
    assert not CallRequest("x", method).reads
