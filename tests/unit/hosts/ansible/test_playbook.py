"""A playbook's end becomes a recap or faults, and no secret reaches the log or a message."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from ansible.constants import config

from phaseline.errors import Exit, PhaselineError
from phaseline.files.paths import kit_dir
from phaseline.hosts.ansible import playbook, process
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "canary-7f3a9b"
INVENTORY = """\
[testing]
here ansible_connection=local ansible_python_interpreter={python}
[lost]
gone ansible_host=127.0.0.1 ansible_port=1 ansible_python_interpreter=/usr/bin/python3
[lost:vars]
ansible_ssh_common_args=-o BatchMode=yes -o ConnectTimeout=5
"""
PLAY = """\
- name: Try it
  hosts: all
  gather_facts: false
  become: false
  tasks:
    - name: Say a thing
      ansible.builtin.debug:
        msg: "{{ said }}"
    - name: Change a thing
      ansible.builtin.copy:
        content: "{{ said }}"
        dest: "{{ folder }}/made"
        mode: "0600"
    - name: Break if told to
      ansible.builtin.fail:
        msg: "broken by {{ said }}"
      when: broken
"""


@pytest.fixture
def ground(tmp_path: Path) -> playbook.AnsibleContext:
    kit, project = tmp_path / "kit", tmp_path / "project"
    for name in ("playbooks", "roles"):
        (kit / name).mkdir(parents=True)
    source = kit_dir() / "playbooks" / "callback_plugins"
    shutil.copytree(source, kit / "playbooks" / "callback_plugins")
    (kit / "playbooks" / "try.yml").write_text(PLAY)
    project.mkdir()
    (project / "inventory.ini").write_text(INVENTORY.format(python="/usr/bin/python3"))
    password = tmp_path / "password"
    password.write_text("x\n")
    return playbook.AnsibleContext(project, kit, tmp_path / "collections", password)


def run(ground: playbook.AnsibleContext, limit: str = "testing", **more: object) -> playbook.Recap:
    variables = {"said": SECRET, "folder": str(ground.project_dir), "broken": False, **more}
    order = playbook.Play("try", limit, variables, hide=[SECRET])
    return playbook.play(ground, order, ground.project_dir / "logs" / "log", SILENT)


def test_a_run_is_counted_and_its_log_is_private(ground: playbook.AnsibleContext) -> None:
    recap = run(ground)
    assert (recap.hosts["here"]["ok"], recap.hosts["here"]["changed"]) == (2, 1)
    assert [one["task"] for one in recap.changes] == ["Change a thing"]
    log = ground.project_dir / "logs" / "log"
    assert log.stat().st_mode & 0o777 == 0o600
    assert "Change a thing" in log.read_text()
    assert SECRET not in log.read_text()
    assert run(ground).hosts["here"]["changed"] == 0


def test_a_failed_task_is_told_with_its_host_and_without_secrets(
    ground: playbook.AnsibleContext,
) -> None:
    with pytest.raises(PhaselineError) as error:
        run(ground, broken=True)
    fault = error.value.faults[0]
    assert (fault.code, str(fault.place), error.value.exit_code) == ("H043", "here", Exit.FAILED)
    assert fault.message == f"Break if told to failed: broken by {playbook.HIDDEN}"
    assert SECRET not in (ground.project_dir / "logs" / "log").read_text()


def test_a_host_that_does_not_answer_is_unreachable(ground: playbook.AnsibleContext) -> None:
    with pytest.raises(PhaselineError) as error:
        run(ground, limit="lost")
    assert (error.value.faults[0].code, error.value.exit_code) == ("H040", Exit.UNREACHABLE)


@pytest.mark.parametrize(
    "said", ["Host key verification failed.", "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!"]
)
def test_a_host_with_another_key_is_not_entered(ground: playbook.AnsibleContext, said: str) -> None:
    ssh = ground.project_dir / "ssh"
    ssh.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 255\n")
    ssh.chmod(0o755)
    inventory = ground.project_dir / "inventory.ini"
    inventory.write_text(f"{inventory.read_text()}ansible_ssh_executable={ssh}\n")
    with pytest.raises(PhaselineError, match="the SSH key of gone is unknown or has ch") as error:
        run(ground, limit="lost")
    assert (error.value.faults[0].code, error.value.exit_code) == ("H041", Exit.SECRET)


def test_a_playbook_that_cannot_begin_says_why(ground: playbook.AnsibleContext) -> None:
    (ground.kit / "playbooks" / "try.yml").write_text("- hosts: all\n  rolls: []\n")
    with pytest.raises(PhaselineError, match="rolls") as error:
        run(ground)
    assert error.value.faults[0].code == "H042"


def test_nothing_of_our_surroundings_leaks_into_the_child(
    ground: playbook.AnsibleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASELINE_SECRET_TESTING_ODOO_API_KEY", SECRET)
    monkeypatch.setenv("ANSIBLE_HOST_KEY_CHECKING", "False")
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", "/somebody/elses")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    found = ground.surroundings()
    assert SECRET not in found.values()
    assert found["ANSIBLE_HOST_KEY_CHECKING"] == "True"
    assert found["ANSIBLE_VAULT_PASSWORD_FILE"] == str(ground.vault_password)
    assert found["SSH_AUTH_SOCK"] == "/run/agent"


def test_every_setting_of_ours_is_one_that_ansible_knows(
    ground: playbook.AnsibleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in os.environ if one.startswith("ANSIBLE_")]:
        monkeypatch.delenv(name)
    tables = config.get_configuration_definitions().values()
    known = {one["name"] for table in tables for one in table.get("env") or ()}
    ours = {**ground.surroundings(), **process.INVENTORY}
    assert {name for name in ours if name.startswith("ANSIBLE_")} - known == set()


def test_an_inventory_that_may_be_executed_is_read_and_not_run(
    ground: playbook.AnsibleContext,
) -> None:
    inventory, ran = ground.project_dir / "inventory.ini", ground.project_dir / "ran"
    # For lint the first line is a comment; for Ansible's plug-in of scripts it is a program.
    inventory.write_text(f"#!/usr/bin/env -S sh -c 'touch {ran}'\n{inventory.read_text()}")
    inventory.chmod(0o755)
    assert run(ground).hosts["here"]["ok"] == 2
    assert not ran.exists()
