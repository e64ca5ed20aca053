"""Two Odoo nodes behind one proxy: a node is lost, a session and a file are not.

The lab has no NFS in its kernel, so the shared files are proven with GlusterFS only.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hosts import environments
from hosts.lab_client import Bench
from phaseline.files.environments import tenants, vault
from phaseline.flows.machines import lab as flow
from phaseline.hosts.lab import host as lab_host

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("scale_out")]

INVENTORY = """\
[odoo]
app1
app2
[postgres]
db1
[proxy]
db1
[backup]
db1
[testing]
app1
app2
db1
[testing:vars]
environment_name=testing
environment_kind=testing
"""
UNIT = "odoo@harbour.service"
NODE_LOST = 40.0  # seconds: the proxy's connection, then the file system's, are given up
DARK = 120.0  # seconds: both nodes start, and each mounts what both keep
HEALED = 120.0  # seconds: a new copy is filled in the background


class Browser:
    """What a browser keeps of a session: one cookie; it knows the site by its authority."""

    def __init__(self, address: str, domain: str, authority: str) -> None:
        self.address, self.domain, self.cookie = address, domain, ""
        self.trust = ssl.create_default_context(cadata=authority)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """Return status and body of one request over a new connection."""
        raw = socket.create_connection((self.address, 443), timeout=60)
        line = http.client.HTTPSConnection(self.domain, timeout=60)
        line.sock = self.trust.wrap_socket(raw, server_hostname=self.domain)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Cookie": self.cookie} if self.cookie else {}
        sent = None if body is None else json.dumps({"jsonrpc": "2.0", "params": body})
        line.request("GET" if body is None else "POST", path, sent, headers)
        answer = line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("session_id="):
                self.cookie = cookie.partition(";")[0]
        found = answer.status, answer.read()
        line.close()
        return found

    def call(self, path: str, body: dict[str, Any]) -> Any:
        """Return the result of a JSON call."""
        status, said = self.ask(path, body)
        assert status == 200, said[:300]
        answer = json.loads(said)
        assert "error" not in answer, answer["error"]
        return answer["result"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An environment with two Odoo nodes, provisioned from nothing."""
    if reused := os.environ.get("PHASELINE_TEST_SCALE_PROJECT"):
        yield Bench(Path(reused))
        return
    folder = tmp_path_factory.mktemp("scale") / "project"
    made = environments.project(folder, {"testing": ("harbour",)})
    try:
        made.up(INVENTORY)
        environments.provision(folder, "testing")
        yield made
    finally:
        made.run("down")


@pytest.fixture(scope="module")
def browser(bench: Bench) -> Browser:
    """Somebody who is signed in."""
    authority = bench.ssh("db1", "cat /etc/phaseline/tls/ca.crt")
    secrets = vault.load(bench.project, "testing")["vault_tenants"]["harbour"]
    address = next(one["address"] for one in bench.status()["hosts"] if one["name"] == "db1")
    (tenant,) = tenants.read(bench.project, "testing")
    made = Browser(address, tenant.domain, authority)
    order = {"db": "harbour", "login": "operator", "password": secrets["admin_password"]}
    made.call("/web/session/authenticate", order)
    return made


def who(browser: Browser) -> str:
    return str(browser.call("/web/session/get_session_info", {})["username"])


def served(bench: Bench, node: str) -> int:
    """Return how many requests a node has answered since it started."""
    command = f"journalctl -u {UNIT} -o cat | grep -c 'HTTP/1' || true"
    return int(bench.ssh(node, command))


def until(what: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.5)


def test_both_nodes_answer_the_same_session(bench: Bench, browser: Browser) -> None:
    before = {node: served(bench, node) for node in ("app1", "app2")}
    assert {who(browser) for _ in range(20)} == {"operator"}
    assert all(served(bench, node) > before[node] for node in before)


def test_several_nodes_have_no_deviation(bench: Bench) -> None:
    answer = environments.call(bench.project, "env", "verify", "testing", "--format", "json")
    said = json.loads(answer.stdout)
    bad = [
        (host["name"], check["id"], check["verdict"], check["expected"], check["found"])
        for host in said["hosts"]
        for check in host["checks"]
        if check["verdict"] in ("deviates", "could not be read")
    ]
    assert bad == []
    assert (said["verdict"], answer.returncode) == ("passed", 0)


def test_sessions_are_in_the_database_and_not_in_files(bench: Bench) -> None:
    query = (
        "runuser -u postgres -- psql -AtU harbour harbour -c 'select count(*) from http_sessions'"
    )
    assert int(bench.ssh("db1", query)) > 0
    for node in ("app1", "app2"):
        assert bench.ssh(node, "find /var/lib/odoo/harbour/sessions -type f | wc -l") == "0"


def test_a_file_of_one_node_is_read_on_the_other(bench: Bench, browser: Browser) -> None:
    path, name = attach(browser, b"from any node")
    for node in ("app1", "app2"):
        store = "/var/lib/odoo/harbour/filestore/harbour"
        assert bench.ssh(node, f"sha1sum < {store}/{name}").split()[0] == Path(name).name
    assert browser.ask(path)[1] == b"from any node"


def attach(browser: Browser, content: bytes) -> tuple[str, str]:
    values = {"name": "note.txt", "datas": base64.b64encode(content).decode()}
    order = {"model": "ir.attachment", "method": "create", "args": [values], "kwargs": {}}
    made = browser.call("/web/dataset/call_kw", order)
    order |= {"method": "read", "args": [[made], ["store_fname"]]}
    stored = browser.call("/web/dataset/call_kw", order)[0]["store_fname"]
    return f"/web/content/{made}?download=true", str(stored)


def test_a_node_that_is_stopped_costs_no_session(bench: Bench, browser: Browser) -> None:
    bench.ssh("app1", f"systemctl stop {UNIT}")
    try:
        assert {who(browser) for _ in range(10)} == {"operator"}
    finally:
        bench.ssh("app1", f"systemctl start {UNIT}")


def test_a_node_that_loses_its_power_costs_no_session_and_no_file(
    bench: Bench, browser: Browser
) -> None:
    path, _ = attach(browser, b"written before the loss")
    lab_host.power_off(flow.running(bench.project).host("app1"))
    try:
        started = time.monotonic()
        until(lambda: browser.ask(path) == (200, b"written before the loss"), NODE_LOST)
        print(f"file read {time.monotonic() - started:.1f} s after the power was cut")
        assert {who(browser) for _ in range(10)} == {"operator"}
        later, _ = attach(browser, b"written by the other alone")
    finally:
        bench.up()
    until(lambda: bench.ssh("app1", f"systemctl is-active {UNIT} || true") == "active", 90)
    bench.ssh("app2", f"systemctl stop {UNIT}")
    try:
        until(lambda: browser.ask(later) == (200, b"written by the other alone"), NODE_LOST)
    finally:
        bench.ssh("app2", f"systemctl start {UNIT}")


def test_nodes_that_all_lose_their_power_come_back_by_themselves(
    bench: Bench, browser: Browser
) -> None:
    path, _ = attach(browser, b"written before it was dark")
    for node in ("app1", "app2"):
        lab_host.power_off(flow.running(bench.project).host(node))
    bench.up()
    began = time.monotonic()
    until(lambda: browser.ask(path) == (200, b"written before it was dark"), DARK)
    print(f"served {time.monotonic() - began:.0f} s after the lab was up")
    for node in ("app1", "app2"):
        until(lambda at=node: bench.ssh(at, f"systemctl is-active {UNIT} || true") == "active", 90)


def test_a_node_that_comes_later_gets_a_copy_of_what_is_there(
    bench: Bench, browser: Browser
) -> None:
    _, name = attach(browser, b"written before it came")
    bench.up(INVENTORY.replace("app2\n", "app2\napp3\n"))
    environments.provision(bench.project, "testing")
    copy = f"/srv/phaseline/filestore/brick/harbour/filestore/harbour/{name}"
    for number in range(6):  # on whatever node
        content = b"written after it came %d" % number
        assert browser.ask(attach(browser, content)[0]) == (200, content)
    held = f"sha1sum < {copy} 2>/dev/null || true"
    until(lambda: bench.ssh("app3", held).startswith(Path(name).name), HEALED)
    assert environments.changed(environments.provision(bench.project, "testing")) == []
    said = environments.call(bench.project, "env", "verify", "testing")
    assert said.returncode == 0, said.stdout + said.stderr
