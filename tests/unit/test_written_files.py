"""Whatever ends a run, every file it was writing holds what it held before."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from phaseline.files import journal, signing
from phaseline.files.data import specs
from phaseline.files.environments import group_vars, secret_store, tenants, vault
from phaseline.files.paths import kit_dir
from phaseline.files.releases import recipe
from phaseline.files.render import evidence_html
from phaseline.flows import init
from phaseline.flows.data import migrate, template, validate
from phaseline.flows.data.data_files import DataFile
from phaseline.flows.evidence import report
from phaseline.hosts.lab import claims, disk, ssh
from phaseline.hosts.lab.disk import Place
from phaseline.hosts.local import state_file
from phaseline.hosts.releases import archive
from phaseline.masterdata.migration.mapping import MigratedTable
from unit import interrupted_writes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RESULT = {
    "environment": "testing", "kind": "testing", "tenant": "", "deep": False, "verdict": "passed",
    "counts": {"ok": 0}, "checks": 0, "written": "", "version": "1", "seconds": 3.2,
    "unreachable": [], "hosts": [], "tenants": [],
}  # fmt: skip
ENDS = (interrupted_writes.killed_before_the_rename, interrupted_writes.with_a_disk_that_fills_up)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


def tenant(home: Path, age: str) -> None:
    tenants.begin(home, "testing")
    port = {"old": 8069, "new": 8079}[age]
    line = {"name": age, "domain": f"{age}.example.com", "plan": "s", "port": port}
    tenants.add(home, "testing", line)


def page(home: Path, age: str) -> None:
    if age == "old":
        init.run(home)
    else:
        time.sleep(1)  # a page says in which second it was written
    report.write(home)


def rejected(home: Path, age: str) -> None:
    source = home.parent / age / "products.csv"
    source.parent.mkdir(exist_ok=True)
    source.write_text(f"sku,name,list_price\nA,{age},abc\n")
    data_file = DataFile(specs.lookup(kit_dir(), "products"), source)
    (verdict,) = validate.evaluate([data_file], validate.ReadOptions(), None)
    validate.write_rejects(home, data_file, verdict)


def migrated(home: Path, age: str) -> None:
    table = MigratedTable(
        "products", ("sku", "name"), tuple((age, str(n)) for n in range(9)), "", ""
    )
    migrate.write(home / "data", (table,), replace=True)


def known_hosts(home: Path, age: str) -> None:
    disk.own_key(home / "app1" / "host_key")
    ssh.write(home, [Place("app1", "lab-app1", f"10.0.0.{ord(age[0])}", home / "app1")])


def claimed(home: Path, age: str) -> None:
    (home / age).mkdir(exist_ok=True)
    claims.claim(home / age, lambda _: None)


def packed(home: Path, age: str) -> None:
    tree = home.parent / f"tree-{age}"
    tree.mkdir(exist_ok=True)
    (tree / "file").write_text(age * 100)
    archive.write(tree, home / "odoo.tar.gz", 0)


WRITERS: dict[str, Callable[[Path, str], object]] = {
    "tenants.yml": tenant,
    "release.yml": lambda home, age: group_vars.write_releases(home, "testing", {"3.11": age}, []),
    "ca.yml": lambda home, age: group_vars.write_certificate(
        home, "testing", CERTIFICATE.format(age)
    ),
    "vault.yml": lambda home, age: vault.save(home, "testing", {"vault_key": age}),
    "secrets.json": lambda home, age: secret_store.Secrets(home / "secrets.json", "testing").put(
        "key", age * 20
    ),
    "signing.key": lambda home, _: signing.sign(home, dict.fromkeys(signing.SIGNED, "")),
    "artifacts": lambda home, age: journal.store(home, {"says": age, "more": "x" * 50}),
    "lock of a release": lambda home, age: recipe.write_lock(home, "addons.lock", age * 20),
    "manifest of a release": lambda home, age: archive.put(home / "odoo.json", age * 20),
    "archive of a release": packed,
    "page of an environment": lambda home, age: evidence_html.write(
        home / "page.html", {**RESULT, "environment": age}
    ),
    "report": page,
    "template": lambda home, age: template.run(
        "units" if age == "old" else "all", home, replace=True
    ),
    "project": lambda home, age: init.run(home / f"{age}{len(list(home.iterdir()))}"),
    "migrated tables": migrated,
    "rejected lines": rejected,
    "claims of labs": claimed,
    "state of a sandbox or lab": lambda home, age: state_file.write(home, {"number": age * 20}),
    "known hosts": known_hosts,
    "key of a lab": lambda home, _: disk.own_key(home / "key"),
}


def content(home: Path) -> dict[str, bytes]:
    """Return what files hold; an empty one says nothing, nor does what a killed writer left."""
    found = {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not re.fullmatch(r"\.(.*\.)?(part|lock)", path.name)
    }
    return {name: body for name, body in found.items() if body}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(claims, "CLAIMS", folder / "claims")
    monkeypatch.setattr(claims, "SETTINGS", {})
    return folder


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("name", [name for name in WRITERS if "key" not in name])
def test_an_interrupted_run_leaves_what_a_file_held(
    home: Path, name: str, end: Callable[..., None]
) -> None:
    write = WRITERS[name]
    write(home, "old")
    before = content(home)
    assert before
    status = interrupted_writes.run(lambda: end(lambda: write(home, "new")))
    assert status in (-signal.SIGKILL, interrupted_writes.FAILED)
    assert content(home) == before
    write(home, "new")
    assert content(home) != before


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("name", [name for name in WRITERS if "key" in name])
def test_an_interrupted_run_leaves_no_half_key(
    home: Path, name: str, end: Callable[..., None]
) -> None:
    write = WRITERS[name]
    status = interrupted_writes.run(lambda: end(lambda: write(home, "new")))
    assert status in (-signal.SIGKILL, interrupted_writes.FAILED)
    assert content(home) == {}
    write(home, "new")
    assert content(home)


@pytest.mark.parametrize("end", interrupted_writes.ENDS, ids=lambda end: end.__name__)
def test_an_interrupted_entry_leaves_a_journal_that_goes_on(
    home: Path, end: Callable[..., None]
) -> None:
    journal.append(home, "old", "testing", {})
    interrupted_writes.run(lambda: end(lambda: journal.append(home, "new", "testing", {})))
    assert {fault.code for fault in journal.check(home)} <= {"J004"}
    assert [entry.kind for entry in journal.read(home)][:1] == ["old"]
    journal.append(home, "next", "testing", {})
    assert journal.check(home) == ()
    assert [entry.kind for entry in journal.read(home)][-1] == "next"
