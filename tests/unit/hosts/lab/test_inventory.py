"""What a lab reads out of an inventory and what it writes into it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.errors import PhaselineError
from phaseline.hosts.lab import inventory

if TYPE_CHECKING:
    from pathlib import Path

TWO = """\
# a comment that stays
[odoo]
app1 host_memory_mb=8192

[postgres]
db1 lab_suite=bookworm   # another one

[proxy]
app1

[shop:children]
odoo
postgres

[shop:vars]
environment_name=shop
environment_kind=testing
"""


def faults(text: str) -> list[str]:
    with pytest.raises(PhaselineError) as caught:
        inventory.read(text, "hosts.ini")
    return [f"{fault.place}: {fault.message}" for fault in caught.value.faults]


def test_hosts_groups_and_variables_are_read() -> None:
    source = inventory.read(TWO, "hosts.ini")
    assert source.hosts == {"app1": {"host_memory_mb": "8192"}, "db1": {"lab_suite": "bookworm"}}
    assert source.inside("shop") == ("app1", "db1")
    assert source.environments() == ("shop",)
    assert source.variables["shop"]["environment_kind"] == "testing"


def test_a_group_that_holds_itself_does_not_hang_the_reader() -> None:
    source = inventory.read("[a]\nh1\n[a:children]\nb\n[b:children]\na\n", "hosts.ini")
    assert source.inside("b") == ("h1",)


def test_every_bad_name_and_suite_is_told_with_its_line() -> None:
    found = faults("[odoo]\nApp1\nserver-of-the-shop\nh1 lab_suite=buzz\nweb[1:3]\n")
    assert [one.split(":")[1] for one in found] == ["2", "3", "4", "5"]
    assert "'App1' is no name for a host of a lab" in found[0]
    assert "a lab knows no Debian 'buzz'" in found[2]


def test_an_inventory_without_hosts_is_refused() -> None:
    assert faults("[odoo]\n# app1\n") == ["hosts.ini: the inventory names no host"]


def test_an_open_quote_is_a_fault_and_no_crash() -> None:
    assert "hosts.ini:2:1" in faults('[odoo]\napp1 x="y\n')[0]


def test_ansible_reads_what_is_written(tmp_path: Path) -> None:
    text = inventory.write(
        TWO,
        {"app1": {"ansible_host": "10.77.9.11"}, "db1": {"ansible_host": "10.77.9.12"}},
        {"ansible_ssh_common_args": '-F "/a b/ssh_config"', "sources": '["10.77.9.1/32"]'},
        {"shop": {"odoo_address": "10.77.9.11"}},
    )
    assert inventory.ours(text)
    assert "# a comment that stays" in text
    found = ansible(tmp_path, text)
    assert found["app1"]["ansible_host"] == "10.77.9.11"
    assert found["app1"]["host_memory_mb"] == 8192
    assert found["app1"]["odoo_address"] == "10.77.9.11"
    assert found["app1"]["environment_name"] == "shop"
    assert found["db1"]["ansible_ssh_common_args"] == '-F "/a b/ssh_config"'
    assert found["db1"]["sources"] == ["10.77.9.1/32"]


def test_writing_its_own_result_again_changes_no_host(tmp_path: Path) -> None:
    hosts = {"app1": {"ansible_host": "10.77.9.11"}, "db1": {"ansible_host": "10.77.9.12"}}
    once = inventory.write(TWO, hosts, {}, {})
    twice = inventory.write(once, hosts, {}, {})
    assert ansible(tmp_path, once) == ansible(tmp_path, twice)


def ansible(folder: Path, text: str) -> dict[str, Any]:
    file = folder / "inventory.ini"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ansible.cli.inventory", "-i", str(file), "--list"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    hosts: dict[str, Any] = json.loads(answer.stdout)["_meta"]["hostvars"]
    return hosts
