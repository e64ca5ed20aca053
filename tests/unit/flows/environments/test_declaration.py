"""A run reads what an environment declares once, and hands it down."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from phaseline.files.environments import group_vars, tenants, vault
from phaseline.flows import inventory
from phaseline.flows.environments import ansible_run, provision

INVENTORY = (
    "[odoo]\napp1\n[postgres]\napp1\n[proxy]\napp1\n[testing]\napp1\n"
    "[testing:vars]\nenvironment_name=testing\nenvironment_kind='testing'\n"
)
READ = Counter[str]()


def count(event: str, args: tuple[object, ...]) -> None:
    """Count every file that this process opens; a hook stays, so it only counts."""
    if event == "open" and isinstance(args[0], str):
        READ[Path(args[0]).name] += 1


@pytest.fixture(scope="module", autouse=True)
def counting() -> None:
    sys.addaudithook(count)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "inventory.ini").write_text(INVENTORY)
    line = {"name": "harbour", "domain": "harbour.example.com", "plan": "s", "port": 8069}
    tenants.add(folder, "testing", line)
    group_vars.write_releases(folder, "testing", {"3.13": "odoo-19.0-py313-0"}, ["base"])
    declared, made = ansible_run.ensure_secrets(provision.sound(folder, "testing"), ["harbour"])
    assert (len(made), list(declared.built)) == (5, ["harbour"])
    return folder


def test_provision_opens_each_file_once_before_it_calls_ansible(project: Path) -> None:
    inventory.read(project)  # a process of Ansible's own, as long as no file changes once
    READ.clear()
    declared = provision.sound(project, "testing")
    declared, made = ansible_run.ensure_secrets(declared, ["harbour"])
    names = ("vault.yml", "tenants.yml", "release.yml", "ca.yml", "inventory.ini")
    assert ({name: READ[name] for name in names}, made) == (
        {"vault.yml": 1, "tenants.yml": 1, "release.yml": 1, "ca.yml": 1, "inventory.ini": 0}, (),
    )  # fmt: skip
    assert declared.certificate == group_vars.certificate(project, "testing")


def test_what_was_made_is_handed_down_as_it_was_kept(project: Path) -> None:
    declared, made = ansible_run.ensure_secrets(provision.sound(project, "testing"), ["quayside"])
    assert len(made) == 4
    assert declared.secrets == vault.load(project, "testing")
    assert set(declared.built) == {"harbour", "quayside"}


def test_no_secret_is_in_the_text_of_a_declaration(project: Path) -> None:
    declared = provision.sound(project, "testing")
    assert not [text for text in vault.texts(declared.secrets) if text in repr(declared)]


def test_an_inventory_is_read_again_when_a_file_changed(project: Path) -> None:
    first = inventory.read(project)
    assert inventory.read(project) is first
    file = project / "group_vars" / "testing" / "vars.yml"
    file.write_text("odoo_address: 192.0.2.7\n")
    assert inventory.read(project).value("testing", "odoo_address") == "192.0.2.7"
