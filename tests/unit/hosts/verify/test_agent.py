"""The agent reads and tells; what is secret stays where it is."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

from phaseline import kit
from phaseline.core.environments.declared import DeclaredEnvironment, DeclaredTenant, Host
from phaseline.hosts.releases.archive import canonical, list_files, make_id
from phaseline.hosts.verify import facts, readings
from phaseline.hosts.verify.agent import main, odoo, prometheus

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_secret_settings_are_blotted_out(tmp_path: Path) -> None:
    file = tmp_path / "a.conf"
    file.write_text("user = eve\ndb_password = hunter2\nAPI_KEY=abcdef\n")
    said = main.text(str(file))
    assert "eve" in said
    assert "hunter2" not in said
    assert "abcdef" not in said


def test_of_the_master_password_only_its_kind_is_told(tmp_path: Path) -> None:
    file = tmp_path / "odoo.conf"
    kinds = {"$pbkdf2-sha512$600000$salt$hash": "(hashed)", "admin": "(plain)", "": ""}
    for value, told in kinds.items():
        file.write_text(f"[options]\nadmin_passwd = {value}\nlist_db = False\n")
        assert odoo.conf(str(file)) == {"admin_passwd": told, "list_db": "False"}


def test_a_missing_file_has_no_state_and_a_pattern_finds_its_files(tmp_path: Path) -> None:
    (tmp_path / "one.conf").write_text("x")
    (tmp_path / "one.conf").chmod(0o640)
    found = main.states([f"{tmp_path}/*.conf", f"{tmp_path}/none"])
    assert found[f"{tmp_path}/one.conf"]["mode"] == "0640"
    assert found[f"{tmp_path}/none"] is None


def test_what_certbot_links_is_read(tmp_path: Path) -> None:
    archive, sites = tmp_path / "archive", tmp_path / "sites"
    archive.mkdir()
    sites.mkdir()
    for name, mode in (("shop.key", 0o600), ("shop.crt", 0o644)):
        (archive / name).write_text(name)
        (archive / name).chmod(mode)
        (sites / name).symlink_to(archive / name)
    assert main.certificates([str(sites)]) == {f"{sites}/shop.crt": "shop.crt"}
    found = main.states([f"{sites}/shop.key"])[f"{sites}/shop.key"]
    assert (found["kind"], found["leads_to"]["mode"]) == ("link", "0600")
    (archive / "shop.key").unlink()
    assert main.states([f"{sites}/shop.key"])[f"{sites}/shop.key"]["leads_to"] is None


CERTIFICATE = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-subj", "/CN=host", "-addext", "keyUsage=digitalSignature",
               "-keyout", "host.key", "-out", "host.crt"]  # fmt: skip


def serve(home: Path, answers: list[Any]) -> HTTPServer:
    """Return a server that gives these answers in turn, to who shows a certificate."""
    subprocess.run(CERTIFICATE, cwd=home, check=True, capture_output=True)
    (home / "ca.crt").write_bytes((home / "host.crt").read_bytes())

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answers.pop(0)).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(home / "ca.crt"))
    own.verify_mode = ssl.CERT_REQUIRED
    own.load_cert_chain(home / "host.crt", home / "host.key")
    server.socket = own.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def asked(*targets: tuple[str, str, str]) -> dict[str, Any]:
    """Return what Prometheus says of targets: address, health, when it asked."""
    keys = ("scrapeUrl", "health", "lastScrape")
    found = [{"scrapePool": "site", **dict(zip(keys, one, strict=True))} for one in targets]
    return {"data": {"activeTargets": found}}


def test_a_target_is_believed_when_it_was_asked_again_and_all_are_known(tmp_path: Path) -> None:
    answers = [
        asked(("a.test", "down", "12:00"), ("b.test", "down", "12:01"), ("c.test", "up", "12:01")),
        asked(("a.test", "down", "12:00"), ("b.test", "up", "12:02"), ("c.test", "down", "12:02")),
        asked(("a.test", "down", "12:03"), ("b.test", "up", "12:02"), ("c.test", "down", "12:02")),
        last := asked(("a.test", "down", "12:03"), ("d.test", "up", "12:04")),
    ]
    server = serve(tmp_path, answers)
    try:
        found = prometheus.targets(
            f"https://127.0.0.1:{server.server_port}/", str(tmp_path), ["a.test", "d.test"]
        )
    finally:
        server.shutdown()
        server.server_close()
    assert (found, answers) == (last, [])


def test_prometheus_gets_time_to_know_whom_it_tells(tmp_path: Path) -> None:
    answers = [{"data": {"activeAlertmanagers": found}} for found in ([], [], [{"url": "here"}])]
    last = answers[-1]
    server = serve(tmp_path, answers)
    try:
        found = prometheus.managers(f"https://127.0.0.1:{server.server_port}/", str(tmp_path))
    finally:
        server.shutdown()
        server.server_close()
    assert (found, answers) == (last, [])


def test_a_reading_that_fails_is_an_error_and_never_a_value() -> None:
    assert "error" in main.answer(["run", {"argv": ["false"]}])
    assert "error" in main.answer(["text", {"path": "/nowhere"}])
    assert "error" in main.answer(["dance", {}])


def test_a_changed_file_of_a_release_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, odoo.RELEASE, kit.load("odoo_release", "release"))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text("1")
    (tree / "b.py").write_text("2")
    listed, inputs = list_files(tree), {"odoo": "19"}
    id_ = make_id("19.0", "3.13", listed, inputs)
    (tree / "files.sha256").write_text(listed)
    (tree / "manifest.json").write_text(canonical({"inputs": inputs}))
    home = tree.rename(tmp_path / id_)
    whole = odoo.release(str(home), 0)
    assert (whole["id"], whole["made_id"], whole["wrong"]) == (id_, id_, [])
    (home / "b.py").write_text("3")
    assert odoo.release(str(home), 0)["wrong"] == ["b.py has changed"]
    (home / "a.py").unlink()
    assert "a.py is missing" in odoo.release(str(home), 0)["wrong"]


def test_the_agent_runs_alone_from_one_command() -> None:
    order = {"os": ["text", {"path": "/etc/os-release"}], "gone": ["text", {"path": "/gone"}]}
    line = facts.command(order).replace("/usr/bin/python3", sys.executable)
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
    answers = json.loads(said)
    assert "Debian" in answers["os"]["value"] or answers["os"]["value"]
    assert "error" in answers["gone"]


def test_the_agent_carries_the_check_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "files.sha256").write_text(f"{'0' * 64}  a.py\n")
    (tmp_path / "manifest.json").write_text('{"inputs": {}}')
    order = {"release": ["release", {"link": str(tmp_path), "sample": 0}]}
    line = facts.command(order).replace("/usr/bin/python3", sys.executable)
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert json.loads(said)["release"]["value"]["wrong"] == ["a.py is missing"]


def test_the_command_fits_a_line_of_the_shell_with_twenty_tenants() -> None:
    tenants = tuple(DeclaredTenant(f"tenant{number}", f"t{number}.test") for number in range(20))
    host = Host("test1", frozenset({"odoo", "postgres", "proxy", "monitoring", "backup"}))
    declared = DeclaredEnvironment("testing", "testing", (host,), tenants)
    assert len(facts.command(readings.orders(declared, host))) < 100_000


def test_every_order_names_a_verb_the_agent_has() -> None:
    host = Host("test1", frozenset({"odoo", "postgres", "proxy", "monitoring", "backup"}))
    declared = DeclaredEnvironment(
        "testing", "testing", (host,), (DeclaredTenant("harbour", "h.test"),)
    )
    for verb, _ in readings.orders(declared, host).values():
        assert verb in main.VERBS
