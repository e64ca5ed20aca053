"""A tenant on a prepared host: added beside others, printing, sandboxed, gone when it leaves."""

from __future__ import annotations

import base64
import json
import struct
import subprocess
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from hosts import environments, hostile_database
from hosts.lab_client import Bench
from phaseline.files.environments import group_vars, vault
from phaseline.flows import environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.hosts

HOST, GUEST = "test1", "lightship"
EXPOSURE = 3.5
WHEN = "systemctl show odoo@{} --property ActiveEnterTimestampMonotonic --value"
BRAND = {
    "--company": "Lightship & Söhne",
    "--logo": "brand/logo.png",
    "--primary-color": "#0b3d5c",
    "--secondary-color": "#c0ffee",
    "--mail-sender": f"shop@{GUEST}.testing.lab.test",
}
# Whatever of a tenant could be left on its host, a line each.
LEFT = """
getent passwd odoo-{0}; getent group odoo-{0}
find / -xdev ! -path '/proc/*' ! -path '/var/backups/*' ! -path '/var/log/*' ! -path '/tmp/*' \
  -name '*{0}*' -print
runuser -u postgres -- psql -Atc "SELECT datname FROM pg_database WHERE datname LIKE '%{0}%'"
runuser -u postgres -- psql -Atc "SELECT rolname FROM pg_roles WHERE rolname LIKE '%{0}%'"
systemctl list-units --all --plain --no-legend 'odoo@{0}*'
grep -rlF --exclude='*-' {0} /etc
"""


@pytest.fixture(scope="module")
def bench(lab_project: Path) -> Bench:
    return Bench(lab_project)


@pytest.fixture(scope="module")
def guest(bench: Bench, before: dict[str, str]) -> Iterator[None]:
    """A third tenant, added to a host where two run as they did `before`."""
    logo = bench.project / BRAND["--logo"]
    logo.parent.mkdir(exist_ok=True)
    logo.write_bytes(plain_png(64, 32))
    started = time.monotonic()
    words = ["tenant", "add", GUEST, "--env", "testing", "--domain", f"{GUEST}.testing.lab.test"]
    words += [word for pair in BRAND.items() for word in pair]
    answer = environments.call(bench.project, *words)
    seconds = time.monotonic() - started
    assert answer.returncode == 0, answer.stderr
    print(f"tenant add: {seconds:.1f} s")
    yield
    words = ["tenant", "retire", GUEST, "--env", "testing", "--confirm", GUEST]
    environments.call(bench.project, *words)


@pytest.fixture(scope="module")
def before(bench: Bench) -> dict[str, str]:
    """When each tenant that is there was started."""
    return {name: bench.ssh(HOST, WHEN.format(name)) for name in ("harbour", "quayside")}


@pytest.mark.usefixtures("guest")
def test_no_other_tenant_was_restarted(before: dict[str, str], bench: Bench) -> None:
    now = {name: bench.ssh(HOST, WHEN.format(name)) for name in before}
    assert now == before


@pytest.mark.usefixtures("guest")
def test_nothing_deviates_once_it_came(bench: Bench) -> None:
    said = environments.call(bench.project, "env", "verify", "testing")
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.usefixtures("guest")
def test_the_new_tenant_answers_with_its_key(bench: Bench) -> None:
    with environment.connect(bench.project, f"testing/{GUEST}") as opened:
        assert opened.database == GUEST
        assert opened.port.call("res.users", "search_count", domain=[["login", "=", "admin"]]) == 0


@pytest.mark.usefixtures("guest")
def test_the_new_tenant_looks_like_its_owner(bench: Bench) -> None:
    fields = ["name", "primary_color", "secondary_color", "logo"]
    with environment.connect(bench.project, f"testing/{GUEST}") as opened:
        (company,) = opened.port.call("res.company", "search_read", domain=[], fields=fields)
        (sender,) = opened.port.call(
            "mail.alias.domain", "search_read", domain=[], fields=["name", "default_from_email"]
        )
    assert company["name"] == BRAND["--company"]
    assert company["primary_color"] == BRAND["--primary-color"]
    assert company["secondary_color"] == BRAND["--secondary-color"]
    assert base64.b64decode(company["logo"])[16:24] == struct.pack(">II", 64, 32)
    assert sender["default_from_email"] == BRAND["--mail-sender"]


def test_the_unit_is_sandboxed(bench: Bench) -> None:
    said = bench.ssh(HOST, "systemd-analyze security odoo@harbour --no-pager | tail -1")
    assert float(said.split(":")[1].split()[0]) <= EXPOSURE, said


def test_the_sandboxed_unit_prints_a_pdf(bench: Bench) -> None:
    """Over loopback as wkhtmltopdf does it: an order, its PDF, and the number of its pages."""
    password = vault.load(bench.project, "testing")["vault_tenants"]["harbour"]["admin_password"]
    said = json.loads(send(bench, PRINT, {"database": "harbour", "password": password}))
    assert said["start"] == "%PDF-"
    assert said["pages"] >= 1


def test_the_websocket_is_upgraded(bench: Bench) -> None:
    port = port_of(bench, "harbour") + 1
    assert send(bench, UPGRADE, {"port": port}).startswith("HTTP/1.1 101")


def test_the_database_belongs_to_a_role_that_cannot_log_in(bench: Bench) -> None:
    query = (
        "SELECT pg_get_userbyid(datdba), rolcanlogin FROM pg_database JOIN pg_roles r"
        " ON r.oid = datdba WHERE datname = 'harbour'"
    )
    said = bench.ssh(HOST, f'runuser -u postgres -- psql -Atc "{query}"')
    assert said == "harbour_owner|f"


def test_two_tenants_share_no_secret_of_their_template(bench: Bench) -> None:
    query = (
        "SELECT value FROM ir_config_parameter WHERE key IN ('database.secret', 'database.uuid')"
    )
    found = [
        bench.ssh(HOST, f'runuser -u postgres -- psql -AtU {name} {name} -c "{query}"').split()
        for name in ("harbour", "quayside")
    ]
    assert len({value for values in found for value in values}) == 4


@pytest.mark.usefixtures("guest")
def test_no_job_of_a_new_tenant_is_older_than_its_database(bench: Bench) -> None:
    query = (
        "SELECT count(*) FROM ir_cron JOIN ir_config_parameter p ON p.key = 'database.create_date'"
        " WHERE active AND nextcall < p.value::timestamp"
    )
    assert bench.ssh(HOST, f'runuser -u postgres -- psql -AtU {GUEST} {GUEST} -c "{query}"') == "0"


def test_a_release_that_was_changed_on_the_host_is_told(bench: Bench) -> None:
    release = group_vars.releases(bench.project, "testing")["3.13"]
    file = f"/opt/odoo/releases/{release}/server/odoo/release.py"
    bench.ssh(HOST, f"cp -p {file} /srv/kept && echo '# planted' >> {file}")
    try:
        # the role that provisioning plays, too, without what comes before it
        answer = environments.call(bench.project, "env", "deploy", "testing")
    finally:
        bench.ssh(HOST, f"cp -p /srv/kept {file} && rm /srv/kept")
    assert answer.returncode != 0
    assert "not as released" in answer.stdout + answer.stderr


@pytest.mark.usefixtures("guest")
def test_a_site_without_its_odoo_asks_to_come_back(bench: Bench) -> None:
    bench.ssh(HOST, f"systemctl stop odoo@{GUEST}")
    try:
        said = json.loads(send(bench, VISIT, {"domain": f"{GUEST}.testing.lab.test"}))
    finally:
        bench.ssh(HOST, f"systemctl start odoo@{GUEST}")
    assert (said["status"], said["wait"], said["keep"]) == (503, "30", "no-store")


@pytest.fixture(scope="module")
def hostile(guest: None, bench: Bench) -> dict[str, str]:
    """Who ran what the guest planted in its database, by what an operator did meanwhile."""
    bench.ssh(HOST, hostile_database.plant(GUEST))
    found = {"verify": environments.call(bench.project, "env", "verify", "testing").stdout}
    bench.ssh(HOST, "systemctl start phaseline-collector-database.service || true")
    # the roles of a provisioning that enter a tenant's database, once more
    words = ["tenant", "add", GUEST, "--env", "testing", "--domain", f"{GUEST}.testing.lab.test"]
    answer = environments.call(bench.project, *words)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return {**found, "ran": bench.ssh(HOST, hostile_database.SPIES)}


def test_what_a_tenant_plants_runs_with_its_rights_only(hostile: dict[str, str]) -> None:
    ran = set(hostile["ran"].splitlines())
    assert ran == {f"spy {GUEST} of {GUEST}"}


@pytest.mark.parametrize(
    "what",
    ["operator", "function", "relation", "code under", "policy", "table replaced by a view"],
)
def test_verify_lists_what_a_tenant_planted(hostile: dict[str, str], what: str) -> None:
    assert "Nothing lies before what the system and Odoo have" in hostile["verify"]
    assert f"{what} " in hostile["verify"]


@pytest.mark.usefixtures("guest", "hostile")
def test_a_retired_tenant_leaves_its_backup_and_nothing_else(
    before: dict[str, str], bench: Bench
) -> None:
    words = ["tenant", "retire", GUEST, "--env", "testing", "--confirm", GUEST]
    answer = environments.call(bench.project, *words)
    assert answer.returncode == 0, answer.stderr
    assert bench.ssh(HOST, LEFT.format(GUEST) + "\ntrue") == ""
    folder = f"/var/backups/phaseline/testing/{GUEST}"
    manifest = json.loads(bench.ssh(HOST, f"cat {folder}/*/manifest.json"))
    for name, told in manifest["files"].items():
        assert bench.ssh(HOST, f"sha256sum {folder}/*/{name}").split()[0] == told["sha256"]
    assert set(manifest["files"]) == {"database.dump", "filestore.tar.zst"}
    assert {name: bench.ssh(HOST, WHEN.format(name)) for name in before} == before
    ran = set(bench.ssh(HOST, hostile_database.SPIES).splitlines())
    assert ran == {f"spy {GUEST} of {GUEST}"}


def plain_png(width: int, height: int) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = (b"\0" + b"\x0b\x3d\x5c" * width) * height
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return head + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def port_of(bench: Bench, tenant: str) -> int:
    return int(bench.ssh(HOST, f"sed -n 's/^http_port = //p' /etc/odoo/{tenant}.conf"))


def send(bench: Bench, program: str, order: dict[str, Any]) -> str:
    """Run a small Python program on the host; the order goes with it, never as an argument."""
    order = {"port": port_of(bench, "harbour"), **order}
    text = f"ORDER = {order!r}\n{program}"
    words = ["ssh", "-F", str(bench.home / "ssh_config"), "-o", "BatchMode=yes", HOST, "python3 -"]
    done = subprocess.run(
        words, check=True, input=text, capture_output=True, text=True, timeout=300
    )
    return done.stdout


PRINT = r"""
import http.cookiejar, json, re, urllib.request
jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
base = f"http://127.0.0.1:{ORDER['port']}"
def call(path, params):
    body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
    request = urllib.request.Request(base + path, body, {"Content-Type": "application/json"})
    return json.load(opener.open(request, timeout=60))["result"]
def make(model, values):
    order = {"model": model, "method": "create", "args": [values], "kwargs": {}}
    return call("/web/dataset/call_kw", order)
call("/web/session/authenticate",
     {"db": ORDER["database"], "login": "operator", "password": ORDER["password"]})
partner = make("res.partner", {"name": "A customer"})
product = make("product.product", {"name": "A thing", "list_price": 5})
lines = [[0, 0, {"product_id": product}]]
order = make("sale.order", {"partner_id": partner, "order_line": lines})
pdf = opener.open(f"{base}/report/pdf/sale.report_saleorder/{order}", timeout=120).read()
print(json.dumps({"start": pdf[:5].decode(), "pages": len(re.findall(rb"/Type\s*/Page\b", pdf))}))
"""
VISIT = r"""
import http.client, json, socket, ssl
know = ssl._create_unverified_context()
plain = socket.create_connection(("127.0.0.1", 443), 20)
site = http.client.HTTPSConnection(ORDER["domain"])
site.sock = know.wrap_socket(plain, server_hostname=ORDER["domain"])
site.request("GET", "/shop")
found = site.getresponse()
head = found.headers
told = {"status": found.status, "wait": head["Retry-After"], "keep": head["Cache-Control"]}
print(json.dumps(told))
"""
UPGRADE = r"""
import socket
line = socket.create_connection(("127.0.0.1", ORDER["port"]), 30)
line.sendall(b"GET /websocket?version=19.0-1 HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
             b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n")
print(line.recv(100).decode().splitlines()[0])
"""
