"""Hosts and blueprint meet: proven and signed in testing, the same input then in production.

Everything goes the way a person's does: through nginx and TLS, with the environment's authority.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import ssl
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hosts import environments
from hosts.lab_client import Bench
from journeys import browsing
from phaseline.files import journal
from phaseline.files.environments import group_vars, vault
from phaseline.flows import inventory
from phaseline.flows.environment import OPERATOR, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Playwright

pytestmark = [pytest.mark.hosts, pytest.mark.odoo, pytest.mark.browser]

STAGES = ("foundation", "core_operations")
TENANT = "harbour"
TESTING, PRODUCTION = f"testing/{TENANT}", f"production/{TENANT}"
LINES = 45  # of an order: more than a page
FETCH = """async path => {
    const answer = await fetch(path);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return [answer.status, answer.headers.get("content-type"), btoa(text)];
}"""
READ_PDF = """\
import io, json, sys, pypdf
pages = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages
print(json.dumps([page.extract_text() for page in pages]))
"""


@dataclass(frozen=True)
class Rollout:
    """The project of the lab, as the person has it who brings the stages to its environments."""

    project: Path

    def run(self, *words: str, env: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        answer = environments.call(self.project, *words, "--env", env)
        told = f"{' '.join(words)} in {env}: exit {answer.returncode}\n{answer.stdout}"
        assert answer.returncode == code, f"{told[-4000:]}{answer.stderr}"
        return answer

    def prove(self, stage: str, env: str) -> None:
        for words in (("apply", stage), ("verify", stage), ("sign", stage, "--person", "Ada")):
            self.run(*words, env=env)

    def persons(self, stage: str, env: str) -> set[str]:
        return {one["person"] for one in self.entries("sign", env) if one["stage"] == stage}

    def entries(self, kind: str, env: str) -> list[dict[str, Any]]:
        found = journal.read(self.project)
        return [dict(one.payload) for one in found if (one.kind, one.env) == (kind, env)]

    def signed(self, env: str) -> dict[str, str]:
        return {one["stage"]: one["input_hash"] for one in self.entries("sign", env)}

    @contextmanager
    def other_answer(self) -> Iterator[None]:
        """The project with one answer that nobody has proven, for a while."""
        file = self.project / "tenant.yml"
        before = file.read_text(encoding="utf-8")
        changed = before.replace("4 Ropewalk Yard", "5 Ropewalk Yard")
        assert changed != before
        file.write_text(changed, encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(before, encoding="utf-8")

    def address(self) -> str:
        return inventory.read(self.project).value("testing", "odoo_address")


@pytest.fixture(scope="module")
def rollout(lab_project: Path) -> Rollout:
    return Rollout(lab_project)


@pytest.fixture(scope="module")
def proven(rollout: Rollout) -> Rollout:
    """Both stages applied, proven and signed by two in testing; production had to wait for both."""
    # In a lab that is used again the signatures are there.
    if not rollout.entries("sign", TESTING):
        refused = rollout.run("apply", STAGES[0], env=PRODUCTION, code=5)
        assert "E009" in refused.stderr
    for stage in STAGES:
        rollout.prove(stage, TESTING)
    if rollout.persons(STAGES[0], TESTING) == {"Ada"}:
        refused = rollout.run("apply", STAGES[0], env=PRODUCTION, code=5)
        assert "E014" in refused.stderr
        assert "only Ada signed it in testing" in refused.stderr
    for stage in STAGES:
        rollout.run("sign", stage, "--person", "Grace", env=TESTING)
    return rollout


@pytest.fixture(scope="module")
def rolled_out(proven: Rollout) -> Rollout:
    """The same input in production."""
    for stage in STAGES:
        proven.prove(stage, PRODUCTION)
    return proven


def test_testing_proves_every_line_by_acting_in_place(proven: Rollout) -> None:
    verdicts = {one["stage"]: one for one in proven.entries("verify", TESTING)}
    assert set(verdicts) == set(STAGES)
    for one in verdicts.values():
        assert (one["verdict"], one["where"], one["skipped"]) == ("passed", "in place", [])


def test_production_refuses_an_input_that_testing_did_not_sign(proven: Rollout) -> None:
    with proven.other_answer():
        refused = proven.run("apply", STAGES[0], env=PRODUCTION, code=5)
    assert "E009" in refused.stderr
    assert "Verify and sign it in testing" in refused.stderr


def test_production_takes_the_same_hash_that_testing_signed(rolled_out: Rollout) -> None:
    here, there = rolled_out.signed(TESTING), rolled_out.signed(PRODUCTION)
    assert set(there) == set(STAGES)
    assert here == there


def test_production_is_proven_without_writing_on_it(rolled_out: Rollout) -> None:
    verdicts = {one["stage"]: one for one in rolled_out.entries("verify", PRODUCTION)}
    assert verdicts["core_operations"]["skipped"]
    assert {one["where"] for one in verdicts.values()} == {"in place, reading only"}


@pytest.mark.parametrize("env", [TESTING, PRODUCTION])
def test_nothing_is_left_to_do_and_nothing_drifts(rolled_out: Rollout, env: str) -> None:
    rolled_out.run("plan", env=env)
    rolled_out.run("drift", env=env)


class Client:
    """The web client of the testing tenant, signed in as its operator."""

    def __init__(self, watched: browsing.Watched, rollout: Rollout) -> None:
        with connect(rollout.project, TESTING) as environment:
            self.url = environment.url
        secrets = vault.load(rollout.project, "testing")["vault_tenants"][TENANT]
        self.watched, self.page = watched, watched.page
        self.page.set_default_timeout(120_000)  # ms; the first page makes Odoo build its assets
        self.page.goto(f"{self.url}/web/login")
        self.page.fill(".oe_login_form input[name=login]", OPERATOR)
        self.page.fill(".oe_login_form input[name=password]", secrets["admin_password"])
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def fetch(self, path: str) -> tuple[int, str, bytes]:
        status, kind, content = self.page.evaluate(FETCH, path)
        return status, kind, base64.b64decode(content)


@pytest.fixture(scope="module")
def secure(playwright: Playwright, rollout: Rollout) -> Iterator[browsing.Watched]:
    """A browser that finds the lab's name and trusts one key: the one the authority vouches for."""
    with connect(rollout.project, TESTING) as environment:
        domain = urlsplit(environment.url).hostname or ""
    browser = browsing.launch(
        playwright,
        f"--host-resolver-rules=MAP {domain} {rollout.address()}",
        f"--ignore-certificate-errors-spki-list={vouched_key(rollout, domain)}",
    )
    yield browsing.watched_page(browser)
    browser.close()


def vouched_key(rollout: Rollout, domain: str) -> str:
    """The hash of the site's key, as shown where the authority's certificate proves it."""
    context = ssl.create_default_context(cadata=group_vars.certificate(rollout.project, "testing"))
    with (
        socket.create_connection((rollout.address(), 443), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=domain) as wire,
    ):
        shown = x509.load_der_x509_certificate(wire.getpeercert(binary_form=True) or b"")
    key = shown.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


@pytest.fixture(scope="module")
def client(secure: browsing.Watched, proven: Rollout) -> Client:
    return Client(secure, proven)


def test_the_web_client_opens_through_nginx_and_tls(client: Client) -> None:
    client.page.goto(f"{client.url}/odoo/sales")
    client.page.wait_for_selector(".o_content >> .o_data_row, .o_view_nocontent, .o_list_renderer")
    client.watched.shot("hosts-web-client")
    assert client.url.startswith("https://")
    assert client.watched.complaints == []


@pytest.fixture
def order(proven: Rollout) -> Iterator[int]:
    """A quotation of more than one page."""
    with connect(proven.project, TESTING) as environment:
        port = environment.port
        (goods,) = port.call(
            "product.product",
            "create",
            vals_list=[{"name": "Printed article", "default_code": "PRINT-1", "list_price": 3.5}],
        )
        lines = [
            [0, 0, {"product_id": goods, "name": f"Line {number} on paper"}]
            for number in range(1, LINES + 1)
        ]
        (partner,) = port.call("res.partner", "create", vals_list=[{"name": "Paper reader"}])
        values = {"partner_id": partner, "order_line": lines}
        (made,) = port.call("sale.order", "create", vals_list=[values])
        yield made
        port.call("sale.order", "unlink", [made])
        port.call("product.product", "unlink", [goods])
        port.call("res.partner", "unlink", [partner])


def test_an_order_is_printed_with_header_footer_and_page_numbers(
    client: Client, proven: Rollout, order: int
) -> None:
    status, kind, content = client.fetch(f"/report/pdf/sale.report_saleorder/{order}")
    assert (status, kind, content[:5]) == (200, "application/pdf", b"%PDF-")
    browsing.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (browsing.SCREENSHOTS / "hosts-order.pdf").write_bytes(content)
    pages = text_of(proven, content)
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert re.search(rf"\b{number}\s*/\s*{len(pages)}\b", text), text
        assert "Harbour & Pine" in text
    assert "Line 1 on paper" in pages[0]
    assert f"Line {LINES} on paper" in pages[-1]


def text_of(rollout: Rollout, content: bytes) -> list[str]:
    """The text of a PDF's pages, read on the host by the library that Odoo has there."""
    bench = Bench(rollout.project)
    (host,) = (
        one["name"] for one in bench.status()["hosts"] if one["address"] == rollout.address()
    )
    read = f"PYTHONPATH=/opt/odoo/tenants/{TENANT}/python python3 -B -c '{READ_PDF}'"
    command = ["ssh", "-F", str(bench.home / "ssh_config"), host, read]
    answer = subprocess.run(command, check=True, capture_output=True, input=content, timeout=60)
    found: list[str] = json.loads(answer.stdout)
    return found
