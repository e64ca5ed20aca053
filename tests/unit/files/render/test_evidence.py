"""The verdict on an environment as text, JUnit XML and a page."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Xml

from phaseline.files.render import evidence, evidence_html

SOURCES = {"ssh.port": "SSH-9", "odoo.list_db": "ODOO-2"}


def check(id_: str, verdict: str, found: str = "x", tenant: str = "") -> dict[str, Any]:
    return {
        "id": id_, "says": f"Says {id_}", "source": SOURCES.get(id_, "NONE-1"), "group": "all",
        "host": "app1",
        "tenant": tenant, "verdict": verdict, "expected": "right", "found": found,
    }  # fmt: skip


def result(*checks: dict[str, Any], lost: tuple[str, ...] = ()) -> dict[str, Any]:
    hosts = [{"name": "app1", "address": "10.0.0.5", "functions": ["odoo"], "read": True,
              "checks": list(checks)}]  # fmt: skip
    hosts += [{"name": name, "address": "", "functions": [], "read": False, "checks": []}
              for name in lost]  # fmt: skip
    return {
        "environment": "testing", "kind": "testing", "tenant": "", "deep": False,
        "verdict": "failed", "counts": evidence.counted(checks), "checks": len(checks),
        "written": "2026-11-24T02:00:00+00:00", "version": "1", "seconds": 3.2,
        "unreachable": [{"host": name, "reason": "timed out"} for name in lost],
        "hosts": hosts, "tenants": [{"name": "harbour", "domain": "harbour.test"}],
    }  # fmt: skip


MIXED = (
    check("ssh.port", "ok"),
    check("odoo.list_db", "deviates", "True <script>", "harbour"),
    check("kernel.links", "not applicable"),
    check("host.cron", "could not be read", "no answer"),
)


def test_only_what_deviates_is_told_at_length() -> None:
    text = evidence.render(result(*MIXED), colour=False)
    assert "odoo.list_db app1/harbour" in text
    assert "found    True <script>" in text
    assert "could not be read: Says host.cron" in text
    assert "ssh.port" not in text
    assert "1 of 3 in order, 1 not applicable" in text


def test_one_reason_that_hides_many_checks_is_told_once() -> None:
    hidden = [check(f"postgres.{n}", "could not be read", "it does not run") for n in range(9)]
    text = evidence.render(result(*hidden), colour=False)
    assert text.count("it does not run") == 1
    assert "9 checks want it does not run" in text


def test_a_host_that_is_not_reachable_is_told() -> None:
    assert "backup1  not reachable: timed out" in evidence.render(
        result(lost=("backup1",)), colour=False
    )


def test_junit_counts_what_the_verdict_counts() -> None:
    root = Xml.fromstring(evidence.junit(result(*MIXED, lost=("backup1",))).encode())  # noqa: S314
    app, backup = root.findall("testsuite")
    assert [app.get(key) for key in ("tests", "failures", "errors", "skipped")] == list("4111")
    assert [len(app.findall(f".//{kind}")) for kind in ("failure", "error", "skipped")] == [1] * 3
    assert backup.get("errors") == "1"


def test_the_page_stands_alone_and_escapes_what_it_found() -> None:
    page = evidence_html.render(result(*MIXED, lost=("backup1",)))
    assert "<script" not in page
    assert "True &lt;script&gt;" in page
    loaded = re.sub(r'<a href="https://[^"]+" rel="noreferrer">', "", page)  # a person follows it
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in loaded


def test_the_page_says_what_a_line_of_the_baseline_asks_and_who_says_so() -> None:
    page = evidence_html.render(result(*MIXED))
    assert '<a href="#ODOO-2">ODOO-2</a> <code>odoo.list_db</code>' in page
    row = page.partition('<tr id="ODOO-2">')[2].partition("</tr>")[0]
    assert "no database manager" in row
    assert "www.odoo.com/documentation" in row
    assert '<tr id="NONE-1">' in page  # of a line that this kit does not know


def test_the_same_verdict_makes_the_same_page() -> None:
    assert evidence_html.render(result(*MIXED)) == evidence_html.render(result(*MIXED))
