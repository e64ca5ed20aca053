"""Connections that break, on a real Odoo behind a proxy that breaks them."""

from __future__ import annotations

import time

import pytest

from phaseline.errors import Exit, PhaselineError
from phaseline.odoo import lost_calls
from phaseline.odoo.drivers.connect import Credentials, connect
from port.proxy import STALLED, proxied

pytestmark = pytest.mark.odoo
DRIVERS = ("json2", "session", "rpc")
OLD_ROUTES = ("/xmlrpc", "/jsonrpc")


@pytest.fixture
def proxy(real_odoo):
    with proxied(real_odoo.url) as found:
        yield found


@pytest.fixture(params=DRIVERS)
def through(request, real_odoo, proxy):
    """A port whose every byte passes the proxy."""
    port = real_odoo.port(request.param, url=proxy.url)
    yield port
    port.close()


@pytest.fixture
def straight(real_odoo):
    port = real_odoo.port()
    yield port
    port.close()


def count(port, mark):
    return port.call("res.partner", "search_count", domain=[["ref", "=", mark]])


def create(port, mark, **options):
    rows = [{"name": "Kettle", "ref": mark}]
    return port.call("res.partner", "create", vals_list=rows, **options)


@pytest.mark.parametrize(("mode", "there"), [("lose", 1), ("half", 1), ("cut", 0)])
def test_a_write_whose_answer_is_lost_is_unknown_and_never_sent_again(
    through, straight, proxy, mark, mode, there
):
    proxy.mode, proxy.only = mode, mark
    before = len(proxy.seen)
    with pytest.raises(PhaselineError) as caught:
        create(through, mark)
    assert caught.value.faults[0].code == "O007"
    assert caught.value.exit_code is Exit.UNKNOWN
    assert "'Kettle'" in caught.value.faults[0].message
    assert len(proxy.seen) == before + 1
    assert count(straight, mark) == there


def test_a_read_whose_answer_is_lost_is_asked_once_more(through, proxy):
    proxy.mode, proxy.only = "cut", "search_count"
    before = len(proxy.seen)
    with pytest.raises(PhaselineError) as caught:
        count(through, "x")
    assert caught.value.faults[0].code == "O001"
    assert len(proxy.seen) == before + 2


def test_an_answer_that_takes_too_long_is_unknown_after_the_timeout(through, proxy, mark):
    proxy.mode, proxy.only = "stall", mark
    started = time.monotonic()
    with pytest.raises(PhaselineError) as caught:
        create(through, mark, timeout=1.0)
    assert time.monotonic() - started < STALLED
    assert caught.value.faults[0].code == "O007"
    assert "within 1 s" in caught.value.faults[0].message


def test_nothing_listening_is_unreachable_and_safe(real_odoo):
    with proxied(real_odoo.url) as gone:
        port = real_odoo.port("json2", url=gone.url)
    with pytest.raises(PhaselineError) as caught:
        port.call("res.partner", "create", vals_list=[{"name": "x"}])
    port.close()
    assert caught.value.faults[0].code == "O001"
    assert caught.value.exit_code is Exit.UNREACHABLE


@pytest.mark.parametrize(("mode", "there"), [("lose", True), ("cut", False)])
def test_a_lost_batch_is_reconciled_by_external_id(through, straight, proxy, mark, mode, there):
    names = [f"phaseline_test.{mark}-{number}" for number in range(3)]
    rows = [[name, "Kettle", mark] for name in names]
    proxy.mode, proxy.only = mode, mark
    with pytest.raises(PhaselineError) as caught:
        through.call("res.partner", "load", fields=["id", "name", "ref"], data=rows)
    assert caught.value.faults[0].code == "O007"
    settled = lost_calls.settle(straight, names, patience=1.0)
    assert set(settled) == (set(names) if there else set())
    missing = [row for row in rows if row[0] not in settled]
    if missing:
        straight.call("res.partner", "load", fields=["id", "name", "ref"], data=missing)
    assert count(straight, mark) == len(names)


@pytest.mark.parametrize("credentials", ["key", "password"], ids=["with a key", "with a password"])
def test_everything_works_with_the_old_routes_blocked(real_odoo, proxy, mark, credentials):
    proxy.blocked = OLD_ROUTES
    whole = real_odoo.credentials
    chosen = {
        "key": Credentials(whole.login, None, whole.api_key),
        "password": Credentials(whole.login, whole.password, None),
    }[credentials]
    port = connect(proxy.url, real_odoo.database, chosen)
    made = create(port, mark)
    assert port.call("res.partner", "write", made, vals={"name": "Pot"}) is True
    assert port.call("res.partner", "read", made, fields=["name"])[0]["name"] == "Pot"
    assert port.call("res.partner", "unlink", made) is True
    port.close()
    assert not [path for path in proxy.seen if path.startswith(OLD_ROUTES)]


def test_the_last_resort_says_so_when_its_route_is_blocked(real_odoo, proxy):
    proxy.blocked = OLD_ROUTES
    with pytest.raises(PhaselineError) as caught:
        real_odoo.port("rpc", url=proxy.url)
    assert caught.value.faults[0].code == "O010"


def test_the_last_resort_warns(real_odoo, caplog):
    real_odoo.port("rpc").close()
    assert "/jsonrpc" in caplog.text


@pytest.mark.parametrize(
    ("credentials", "driver"),
    [
        (Credentials("admin", None, "0123456789abcdef0123"), "json2"),
        (Credentials("admin", "wrong-password", None), "session"),
        (Credentials("admin", "wrong-password", None), "rpc"),
    ],
)
def test_a_wrong_key_or_password_is_told_and_not_shown(real_odoo, credentials, driver):
    with pytest.raises(PhaselineError) as caught:
        connect(real_odoo.url, real_odoo.database, credentials, driver=driver)
    assert caught.value.exit_code is Exit.SECRET
    shown = repr(caught.value.faults) + repr(credentials)
    assert "wrong-password" not in shown
    assert "0123456789abcdef0123" not in shown


def test_no_secret_is_logged_at_any_level(real_odoo, proxy, caplog):
    caplog.set_level("DEBUG")
    for driver in DRIVERS:
        port = real_odoo.port(driver, url=proxy.url)
        port.call("res.partner", "search_count", domain=[])
        assert real_odoo.credentials.api_key not in repr(port)
        port.close()
    assert real_odoo.credentials.api_key not in caplog.text
    assert f"'{real_odoo.credentials.password}'" not in caplog.text
    assert "session_id" not in caplog.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_database_that_is_not_there_is_named(real_odoo, driver):
    with pytest.raises(PhaselineError) as caught:
        connect(real_odoo.url, "no_such_database", real_odoo.credentials, driver=driver)
    assert caught.value.faults[0].code == "O012"
    assert "no_such_database" in caught.value.faults[0].message


def test_a_session_that_ended_is_opened_anew(real_odoo, mark):
    port = real_odoo.port("session")
    port._transport._client.cookies.clear()
    made = create(port, mark)
    assert count(port, mark) == 1
    port.call("res.partner", "unlink", made)
    port.close()


@pytest.mark.parametrize("driver", ["json2", "session"])
def test_two_databases_of_one_server_do_not_meet(real_odoo, mark, driver):
    if real_odoo.second is None:
        pytest.skip("the server has one database only")
    name, credentials = real_odoo.second
    first = real_odoo.port(driver)
    other = connect(real_odoo.url, name, credentials, driver=driver)
    made = create(first, mark)
    assert (count(first, mark), count(other, mark)) == (1, 0)
    first.call("res.partner", "unlink", made)
    first.close()
    other.close()
