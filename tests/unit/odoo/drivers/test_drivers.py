from __future__ import annotations

import pytest

from phaseline.errors import PhaselineError
from phaseline.odoo.drivers.connect import Credentials, connect, major_version
from phaseline.odoo.drivers.http import Transport
from phaseline.odoo.drivers.json2 import Json2
from unit.odoo.drivers.fake_server import scripted

WHO = "/json/2/res.users/context_get"
CREATE = "/json/2/res.partner/create"
SEARCH = "/json/2/res.partner/search"
KEY = "k3y-of-the-tests-0001"
NO_DATABASE = "<html><p>No database is selected and the requested URL was not found</p></html>"
VERSION = (200, {"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]})


@pytest.fixture
def server():
    with scripted() as script:
        script.answers |= {WHO: (200, {"uid": 2}), "/web/version": VERSION}
        yield script


@pytest.fixture
def port(server):
    found = Json2(Transport(server.url, timeout=5), "shop", KEY)
    yield found
    found.close()


def caught(call, *arguments, **named):
    with pytest.raises(PhaselineError) as error:
        call(*arguments, **named)
    return error.value.faults[0]


def create(port):
    return port.call("res.partner", "create", vals_list=[{"name": "Kettle"}])


def test_a_call_carries_key_database_ids_context_and_named_arguments(server, port):
    server.answers["/json/2/res.partner/write"] = (200, True)
    assert port.call("res.partner", "write", [7], context={"lang": "en_GB"}, vals={"a": 1}) is True
    _, headers, body = server.seen[-1]
    assert headers["Authorization"] == f"bearer {KEY}"
    assert headers["X-Odoo-Database"] == "shop"
    assert body == {"ids": [7], "context": {"lang": "en_GB"}, "vals": {"a": 1}}


def test_the_key_shows_in_no_repr(port):
    assert KEY not in repr(port) + repr(port._transport) + repr(Credentials("admin", "pw", KEY))


@pytest.mark.parametrize("answer", [None, (502, "<html>bad gateway"), (504, "<html>timeout")])
def test_a_write_that_breaks_off_or_meets_a_gateway_is_unknown_and_sent_once(server, port, answer):
    server.answers[CREATE] = answer
    assert caught(create, port).code == "O007"
    assert [path for path, _, _ in server.seen].count(CREATE) == 1


def test_a_write_refused_for_being_one_of_too_many_is_sent_again(server, port):
    server.answers[CREATE] = [(429, "<html>Too Many Requests"), (200, [7])]
    assert create(port) == [7]


def test_an_answer_cut_short_by_a_page_is_unknown_for_a_write(server, port):
    server.answers[CREATE] = (200, "<html>hello")
    assert caught(create, port).code == "O007"


def test_a_read_that_breaks_off_is_asked_once_more(server, port):
    server.answers[SEARCH] = [None, (200, [1, 2])]
    assert port.call("res.partner", "search", domain=[]) == [1, 2]


def test_a_read_that_breaks_off_twice_is_unreachable(server, port):
    server.answers[SEARCH] = [None, None]
    assert caught(port.call, "res.partner", "search", domain=[]).code == "O001"


def test_a_server_error_with_status_500_is_not_asked_again(server, port):
    told = {"name": "builtins.ValueError", "message": "no field", "debug": "Traceback x"}
    server.answers[SEARCH] = (500, told)
    fault = caught(port.call, "res.partner", "search", domain=[])
    assert fault.code == "O005"
    assert [path for path, _, _ in server.seen].count(SEARCH) == 1


def test_a_database_that_is_away_for_a_moment_is_asked_again(server, port):
    server.answers[CREATE] = [(404, NO_DATABASE), (200, [3])]
    assert create(port) == [3]


def test_a_database_that_stays_away_is_named(server, port):
    server.answers[CREATE] = (404, NO_DATABASE)
    fault = caught(create, port)
    assert (fault.code, "'shop'" in fault.message) == ("O012", True)


def test_a_redirect_is_not_followed_with_the_key(server, port):
    server.answers[CREATE] = (301, "", ("Location", "https://elsewhere.example/json/2"))
    fault = caught(create, port)
    assert fault.code == "O010"
    assert "elsewhere.example" in fault.message


def test_a_body_too_large_is_told_as_a_refusal(server, port):
    server.answers[CREATE] = (413, "<html>too large")
    assert caught(create, port).code == "O005"


def test_what_is_not_json_is_our_mistake_before_anything_is_sent(server, port):
    with pytest.raises(ValueError, match="not JSON compliant"):
        port.call("res.partner", "create", vals_list=[{"credit": float("nan")}])
    assert CREATE not in [path for path, _, _ in server.seen]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('{"version": "19.0"}', 19),
        ('{"version": "saas~18.4"}', 18),
        ('{"version": "20.0-20270101"}', 20),
        ("<html>", None),
    ],
)
def test_the_version_is_read_from_web_version(server, text, version):
    server.answers["/web/version"] = (200, text)
    assert major_version(server.url) == version


def test_a_key_on_odoo_19_chooses_json2(server):
    port = connect(server.url, "shop", Credentials("admin", "pw", KEY))
    assert isinstance(port, Json2)
    port.close()


def test_a_password_logs_in_like_a_browser(server):
    server.answers["/web/session/authenticate"] = (
        200,
        {"jsonrpc": "2.0", "result": {"uid": 2, "user_context": {}}},
        ("Set-Cookie", "session_id=abc; Path=/"),
    )
    server.answers["/web/dataset/call_kw"] = (200, {"jsonrpc": "2.0", "result": [5]})
    port = connect(server.url, "shop", Credentials("admin", "pw-of-admin"))
    assert type(port).__name__ == "Session"
    assert create(port) == [5]
    _, headers, body = server.seen[-1]
    assert "session_id=abc" in headers["Cookie"]
    assert body["params"]["args"] == [[{"name": "Kettle"}]]
    assert "pw-of-admin" not in repr(body) + repr(port)
    port.close()


def test_an_older_odoo_without_json2_is_reached_by_session_although_a_key_is_there(server):
    server.answers["/web/version"] = (200, {"version": "16.0"})
    answer = {"jsonrpc": "2.0", "result": {"uid": 2, "user_context": {}}}
    server.answers["/web/session/authenticate"] = (200, answer)
    port = connect(server.url, "shop", Credentials("admin", "pw", KEY))
    assert type(port).__name__ == "Session"
    assert WHO not in [path for path, _, _ in server.seen]
    port.close()


def test_a_login_that_wants_a_second_factor_says_to_use_a_key(server):
    answer = {"jsonrpc": "2.0", "result": {"uid": None}}
    server.answers["/web/session/authenticate"] = (200, answer)
    fault = caught(connect, server.url, "shop", Credentials("admin", "pw"))
    assert fault.code == "O002"
    assert "API key" in fault.message


def test_without_key_and_password_nothing_is_tried(server):
    assert caught(connect, server.url, "shop", Credentials("admin")).code == "O010"


def test_a_driver_nobody_wrote_is_named(server):
    assert (
        "carrier-pigeon"
        in caught(
            connect, server.url, "shop", Credentials("admin", "pw"), driver="carrier-pigeon"
        ).message
    )


def test_nobody_listening_is_unreachable():
    with scripted() as gone:
        url = gone.url
    fault = caught(connect, url, "shop", Credentials("admin", None, KEY))
    assert fault.code == "O001"
    assert url in fault.message
