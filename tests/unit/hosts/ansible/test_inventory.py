"""What an inventory says is what Ansible says of it, however it is spelt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.environments import host_ranges, inventory_lines
from phaseline.flows import inventory as declared
from phaseline.flows.environments import declaration, lint

HOSTS = "[odoo]\napp1\n[postgres]\napp1\n[proxy]\napp1\n"
ENV = f"{HOSTS}[testing]\napp1\n"
NAMED = f"{ENV}[testing:vars]\nenvironment_name=testing\n"
# How a person may write that an environment is one of testing, and Ansible agrees.
SPELLINGS = {
    "bare": NAMED + "environment_kind=testing\n",
    "double quotes": NAMED + 'environment_kind="testing"\n',
    "single quotes": NAMED + "environment_kind='testing'\n",
    "spaces around": NAMED + "  environment_kind  =  testing  \n",
    "quotes and spaces around": NAMED + 'environment_kind = "testing"\n',
    "quotes and a comment": NAMED + 'environment_kind="testing" # rehearsals\n',
    "three quotes": NAMED + 'environment_kind="""testing"""\n',
    "two literals in a row": NAMED + "environment_kind='test' 'ing'\n",
    "raw literal": NAMED + "environment_kind=r'testing'\n",
    "in parentheses": NAMED + "environment_kind=('testing')\n",
    "an escape": NAMED + "environment_kind='test\\x69ng'\n",
    "quoted name as well": f"{ENV}[testing:vars]\nenvironment_name='testing'\n"
    'environment_kind="testing"\n',
    "twice, the last counts": NAMED + "environment_kind=production\nenvironment_kind='testing'\n",
    "a section with a comment": f"{ENV}[testing:vars]   # of the group\nenvironment_name=testing\n"
    "environment_kind=testing\n",
    "comments between": NAMED + "# note\n; note\n\nenvironment_kind=testing\n",
    "windows lines": (NAMED + 'environment_kind="testing"\n').replace("\n", "\r\n"),
    "a tab": NAMED + "environment_kind\t=\ttesting\n",
    "on the host's line": f"{HOSTS}[testing]\n"
    "app1 environment_kind=testing environment_name=testing\n",
    "quoted on the host's line": f"{HOSTS}[testing]\n"
    "app1 environment_kind=\"testing\" environment_name='testing' # note\n",
    "quoted twice on the host's line": f"{HOSTS}[testing]\n"
    "app1 environment_kind='\"testing\"' environment_name=testing\n",
    "the whole word quoted": f"{HOSTS}[testing]\n"
    "app1 'environment_kind=testing' \"environment_name=testing\"\n",
    "a range of hosts": HOSTS.replace("app1", "app[1:2]", 1)
    + "[testing]\napp[1:2]\n[testing:vars]\nenvironment_name=testing\nenvironment_kind='testing'\n",
    "children": f"{HOSTS}[testing:children]\nodoo\n[testing:vars]\nenvironment_name=testing\n"
    'environment_kind="testing"\n',
    "children with a comment": f"{HOSTS}[testing:children]\nodoo # all of them\n[testing:vars]\n"
    "environment_name=testing\nenvironment_kind=testing\n",
    "children of children": f"{HOSTS}[testing:children]\nmiddle\n[middle:children]\nodoo\n"
    "[testing:vars]\nenvironment_name=testing\nenvironment_kind='testing'\n",
    "variables before the group": "[testing:vars]\nenvironment_name=testing\n"
    f"environment_kind='testing'\n{ENV}",
    "for all hosts": f"{ENV}[all:vars]\nenvironment_name=testing\nenvironment_kind='testing'\n",
}
FILES = {
    "group_vars/testing.yml": 'environment_kind: "testing"\nenvironment_name: testing\n',
    "group_vars/testing": "environment_kind: testing  # note\nenvironment_name: testing\n",
    "group_vars/testing/vars.yml": "environment_kind: >-\n  testing\nenvironment_name: 'testing'\n",
    "group_vars/all.yml": '{"environment_kind": "testing", "environment_name": "testing"}\n',
    "host_vars/app1.yml": "environment_kind: testing\nenvironment_name: testing\n",
}


# Their own tool, started once: a child each for one inventory.
THEIRS = """
import os, sys
from ansible.cli.inventory import InventoryCLI
for path in sys.argv[1:]:
    if os.fork() == 0:
        InventoryCLI(["ansible-inventory", "--list", "-i", path, "--output", path + ".json"]).run()
    os.wait()
"""


def ansible(*paths: Path) -> list[dict[str, Any]]:
    """Return the variables of every host of each inventory as `ansible-inventory` tells them."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-c", THEIRS, *map(str, paths)]
    subprocess.run(command, capture_output=True, text=True, check=True, env=kept)
    return [json.loads(Path(f"{path}.json").read_text())["_meta"]["hostvars"] for path in paths]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Every inventory of the tables with what Ansible says of it."""
    paths = {}
    for number, (name, text) in enumerate(SPELLINGS.items()):
        paths[name] = tmp_path_factory.mktemp(f"spelling{number}") / "inventory.ini"
        paths[name].write_bytes(text.encode())
    for place, text in FILES.items():
        paths[place] = tmp_path_factory.mktemp("file") / "inventory.ini"
        paths[place].write_text(ENV)
        file = paths[place].parent / place
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return dict(zip(paths, zip(paths.values(), ansible(*paths.values()), strict=True), strict=True))


@pytest.mark.parametrize("name", [*SPELLINGS, *FILES])
def test_every_spelling_of_a_kind_that_ansible_takes_is_taken(
    told: dict[str, tuple[Path, dict[str, Any]]], name: str
) -> None:
    path, theirs = told[name]
    ours = declared.read(path.parent)
    assert {one["environment_kind"] for one in theirs.values()} == {"testing"}
    assert {host.name for host in ours.inside("testing")} == set(theirs)
    assert (ours.environments(), ours.kind("testing")) == (("testing",), "testing")
    assert [one.message for one in lint.check(path.parent)] == []
    declaration.refuse_unknown(path.parent, "testing")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("environment_kind=testing # note", "testing # note"), ("environment_kind=Testing", "Testing"),
     ('environment_kind="testing', '"testing'), ("environment_kind=", ""),
     ("environment_kind=['testing']", "['testing']"), ("environment_kind=None", "None")],
)  # fmt: skip
def test_what_is_another_kind_for_ansible_is_refused(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "inventory.ini"
    path.write_text(f"{NAMED}{text}\n")
    theirs = ansible(path)[0]["app1"]["environment_kind"]
    assert str(theirs or "") in {kind, ""}
    assert declared.read(path.parent).kind("testing") == kind
    with pytest.raises(PhaselineError, match="environment_kind of 'testing' is"):
        declaration.refuse_unknown(tmp_path, "testing")


def test_hosts_of_two_kinds_make_an_environment_of_none(tmp_path: Path) -> None:
    path = tmp_path / "inventory.ini"
    path.write_text(NAMED.replace("[testing]\napp1", "[testing]\napp1 environment_kind=production")
                    + "environment_kind=testing\n[testing]\napp2\n")  # fmt: skip
    with pytest.raises(PhaselineError, match="environment_kind of 'testing' is ''"):
        declaration.refuse_unknown(tmp_path, "testing")


def test_an_environment_that_others_run_needs_no_hosts(tmp_path: Path) -> None:
    path = tmp_path / "inventory.ini"
    path.write_text(
        "[elsewhere:vars]\nodoo_url='https://x.example'\nenvironment_kind=\"testing\"\n"
    )
    assert declared.read(path.parent).value("elsewhere", "odoo_url") == "https://x.example"
    assert declared.read(path.parent).environments() == ("elsewhere",)


def test_what_ansible_cannot_read_is_a_fault_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "inventory.ini"
    path.write_text("[testing]\napp1 junk\n")
    with pytest.raises(PhaselineError, match="Expected key=value") as caught:
        declared.read(path.parent)
    assert caught.value.faults[0].code == "C002"


@pytest.mark.parametrize("kind", ["testing", "production"])
def test_a_vault_that_does_not_open_hides_nothing_of_what_is_beside_it(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "inventory.ini"
    path.write_text(NAMED + "environment_kind='testing'\n")
    folder = tmp_path / "group_vars" / "testing"
    folder.mkdir(parents=True)
    (folder / "vault.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    (folder / "vars.yml").write_text(f"environment_kind: {kind}\n")
    assert declared.read(tmp_path).kind("testing") == kind


def test_a_file_of_variables_that_ansible_cannot_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "inventory.ini").write_text(NAMED + "environment_kind=testing\n")
    file = tmp_path / "group_vars" / "testing.yml"
    file.parent.mkdir()
    file.write_text("environment_kind: [production\n")
    with pytest.raises(PhaselineError, match=r"group_vars/testing\.yml: YAML parsing failed"):
        declared.read(tmp_path)


def test_a_plug_in_of_the_project_is_not_run_by_reading(tmp_path: Path) -> None:
    (tmp_path / "inventory.ini").write_text(NAMED + "environment_kind=testing\n")
    (tmp_path / "ansible.cfg").write_text("[defaults]\nvars_plugins = own\n")
    (tmp_path / "own").mkdir()
    ran = tmp_path / "ran"
    (tmp_path / "own" / "more.py").write_text(f"open({str(ran)!r}, 'w')\n")
    assert declared.read(tmp_path).kind("testing") == "testing"
    assert not ran.exists()


def test_a_byte_order_mark_is_told_with_what_to_do(tmp_path: Path) -> None:
    text = NAMED + "environment_kind=testing\n"
    (tmp_path / "inventory.ini").write_text(text, encoding="utf-8-sig")
    with pytest.raises(PhaselineError, match="byte-order mark") as caught:
        declared.read(tmp_path)
    assert "without" in caught.value.faults[0].hint
    assert tuple(lint.check(tmp_path)) == caught.value.faults


def test_a_range_is_the_hosts_that_ansible_makes_of_it(tmp_path: Path) -> None:
    ranges = ("app[1:3]", "app[01:10:3]", "db[a:c]-x", "n[:2]", "a[1:2]b[x:y]", "z[08:10]", "one")
    path = tmp_path / "inventory.ini"
    path.write_text("[odoo]\n" + "".join(f"{name} x=1\n" for name in ranges))
    (theirs,) = ansible(path)
    assert {one for name in ranges for one in host_ranges.expand(name)} == set(theirs)
    lines, faults = inventory_lines.read(path, "inventory.ini")
    assert (set(lines.hosts), faults) == (set(theirs), ())


@pytest.mark.parametrize("name", ["app[3:x]", "app[c:a]", "app[01:100]", "app[1:100000]", "app[1]"])
def test_a_range_that_is_none_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "inventory.ini"
    path.write_text(f"[odoo]\n{name}\n")
    _, faults = inventory_lines.read(path, "inventory.ini")
    assert [fault.place.line for fault in faults if fault.place] == [2]
