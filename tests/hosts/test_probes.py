"""From outside: what nobody has business with is refused at the proxy, however it is spelled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from hosts.external_client import Site, controller, stranger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.hosts

# the database manager
MANAGER = (
    "GET /web/database/manager",
    "GET /web/database/selector",
    "POST /web/database/create",
    "POST /web/database/duplicate",
    "POST /web/database/drop",
    "POST /web/database/backup",
    "POST /web/database/restore",
    "POST /web/database/change_password",
    "POST /web/database/list",
    "GET //web//database//manager",
    "GET /web/%64atabase/manager",
    "GET /web/database%2fmanager",
    "GET /web/./database/manager",
    "GET /odoo/../web/database/manager",
    "GET /WEB/Database/manager",
    "GET /fr/web/database/manager",
)
# remote calls, and who says which version runs here
CALLS = (
    "POST /xmlrpc/common",
    "POST /xmlrpc/2/common",
    "POST /xmlrpc/2/object",
    "POST /xmlrpc/2/db",
    "POST /xmlrpc/db",
    "POST /jsonrpc",
    "POST //jsonrpc",
    "POST /%6asonrpc",
    "POST /JsonRpc",
    "GET /json/1/res.partner",
    "POST /json/2/res.partner/search_read",
    "GET /web/version",
    "POST /web/webclient/version_info",
    "GET /website/info",
    "GET /hw_proxy/hello",
)
# documentation and tests
PAPERS = (
    "GET /doc",
    "GET /doc/index.json",
    "GET /doc-bearer/res.partner.json",
    "GET /web/tests",
    "GET /web/tests/mobile",
    "GET /web/static/tests/setup.js",
)
# hidden, left over, not Odoo's
FILES = (
    "GET /.git/config",
    "GET /.git/HEAD",
    "GET /.env",
    "GET /.ssh/id_ed25519",
    "GET /web/static/.htaccess",
    "GET /%2egit/config",
    "GET /odoo.conf",
    "GET /backup.sql",
    "GET /dump.zip",
    "GET /phpmyadmin/index.php",
    "GET /wp-login.php",
    "GET /web/static/src/start.py",
    "GET /web/filestore/harbour/00/0000",
)
# Odoo takes a language off the front of a path: its own have such codes, an editor's are any text
LANGUAGES = (
    "fr",
    "fr_BE",
    "mya",
    "kab",
    "sr@latin",
    "sr%40latin",
    "x-1",
    "caf%C3%A9",
    "a b",
    "A.B",
)
BEHIND = tuple(
    probe.replace(" /", f" /{quote(language, safe='%')}/", 1)
    for language in LANGUAGES
    for probe in (
        "GET /web/database/manager",
        "POST /jsonrpc",
        "POST /xmlrpc/2/common",
        "POST /json/2/res.partner/search_read",
        "GET /web/version",
        "POST /web/webclient/version_info",
        "GET /website/info",
        "GET /doc",
        "GET /web/tests",
    )
)
PROBES = (*MANAGER, *CALLS, *PAPERS, *FILES, *BEHIND)


@pytest.fixture(scope="module")
def site(lab_project: Path) -> Iterator[Site]:
    with stranger(lab_project, 250) as visitor:
        yield visitor


def test_there_are_at_least_forty_probes() -> None:
    assert len(set(PROBES)) >= 40


@pytest.mark.parametrize("probe", PROBES)
def test_a_stranger_is_refused(site: Site, probe: str) -> None:
    method, path = probe.split()
    status, body, _ = site.ask(path, method, "{}" if method == "POST" else "")
    assert status in {403, 404}, body[:200]
    # the proxy said it, not an Odoo that happened to know no such page
    assert "<center>nginx</center>" in body


def test_a_stranger_gets_the_log_in_page(site: Site) -> None:
    status, body, cookies = site.ask("/web/login")
    assert status == 200
    assert 'name="login"' in body
    for cookie in cookies:
        assert "secure" in cookie.lower()
        assert "samesite=lax" in cookie.lower()


def test_a_stranger_cannot_choose_the_database(site: Site) -> None:
    headers = {"X-Odoo-Database": "postgres", "X-Forwarded-For": "127.0.0.1"}
    status, body, _ = site.ask("/web/login?db=postgres", **headers)
    assert status == 200
    assert 'name="login"' in body


def test_a_listed_source_reaches_what_a_stranger_does_not(lab_project: Path, site: Site) -> None:
    known = controller(lab_project)
    status, body, _ = known.ask("/web/version")
    assert status == 200, body[:200]
    assert json.loads(body)["version"].startswith("19.0")
    assert known.ask("/web/database/manager")[0] == 404
    assert site.ask("/web/version")[0] == 404
