"""A bare Debian becomes a host that only keys open and only its own environment provisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hosts import role_hosts
from phaseline.hosts.lab import ssh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hosts.role_hosts import Ground

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("host_base")]

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvQbYkJ4i9Wb6i4Y5Mtlk0Yx8zZk2nq3vQe1cS7p0aB {}"

BROKEN = """
set -e
cd /tmp && mkdir -p unfinished/DEBIAN
printf 'Package: unfinished\\nVersion: 1\\nArchitecture: all\\n' > unfinished/DEBIAN/control
printf 'Maintainer: x <x@x>\\nDescription: x\\n' >> unfinished/DEBIAN/control
printf '#!/bin/sh\\ntest -e /tmp/whole\\n' > unfinished/DEBIAN/postinst
chmod 755 unfinished/DEBIAN/postinst
dpkg-deb -b unfinished unfinished.deb
dpkg -i unfinished.deb || true
touch /tmp/whole
"""
HOLD = """
import fcntl, time
lock = open("/var/lib/dpkg/lock-frontend", "ab")
fcntl.lockf(lock, fcntl.LOCK_EX)
time.sleep(60)
"""


def test_check_mode_passes_on_a_fresh_host_and_predicts(ground: Ground) -> None:
    predicted = ground.play(*role_hosts.ROLES, check=True)
    assert predicted.failures == {}
    assert all(changed > 5 for changed, _ in predicted.ended.values()), predicted.ended


def test_the_examples_of_the_readmes_make_a_host_and_a_second_run_changes_nothing(
    ready: Ground,
) -> None:
    again = ready.play(*role_hosts.ROLES)
    assert (again.failures, again.changes) == ({}, [])


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_only_a_key_opens_ssh(ready: Ground, name: str) -> None:
    said = ready.host(name).check_output("sshd -T")
    for line in ("passwordauthentication no", "permitrootlogin without-password"):
        assert line in said
    knock = "ssh -o BatchMode=yes -o StrictHostKeyChecking=no localhost true || echo refused"
    assert ready.host(name).check_output(knock) == "refused"


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_no_unit_failed_and_the_clock_counts_utc(ready: Ground, name: str) -> None:
    host = ready.host(name)
    assert host.check_output("systemctl --failed --no-legend --plain") == ""
    assert host.check_output("date +%Z") == "UTC"


def test_the_host_of_another_environment_is_refused(ready: Ground) -> None:
    said = ready.play("preflight", preflight_environment="production")
    assert set(said.failures) == set(role_hosts.HOSTS)
    assert "belongs to environment 'testing'" in said.failures["new13"]


def test_an_interrupted_dpkg_is_finished(ready: Ground) -> None:
    host = ready.host("new12")
    host.run(BROKEN)
    assert "unfinished" in host.check_output("dpkg --audit")
    assert ready.play("preflight", limit="new12").failures == {}
    assert host.check_output("dpkg --audit") == ""


def test_who_holds_the_package_manager_is_named(ready: Ground) -> None:
    holder = ready.host("new13")
    holder.run("systemd-run --quiet --collect --unit=holder python3 -c %s", HOLD)
    said = ready.play("preflight", limit="new13", preflight_lock_wait=1)
    holder.run("systemctl stop holder")
    assert "python3 (process " in said.failures["new13"]


def test_a_host_with_another_firewall_is_refused(ready: Ground) -> None:
    host = ready.host("new13")
    host.run("mkdir -p /etc/ufw && echo ENABLED=yes > /etc/ufw/ufw.conf")
    said = ready.play("preflight", limit="new13")
    host.run("rm -r /etc/ufw")
    assert "ufw is in force on new13" in said.failures["new13"]


def test_an_administrator_who_leaves_is_shut_out(ready: Ground) -> None:
    three = [{"name": name, "keys": [KEY.format(name)]} for name in ("maria", "noor", "olga")]
    assert ready.play("host_base", limit="new13", host_base_admins=three).failures == {}
    host = ready.host("new13")
    lines = {name: f"{host.user(name).home}/.ssh/authorized_keys" for name in ("maria", "noor")}
    assert host.file(lines["noor"]).exists
    host.run("userdel -r olga")
    assert ready.play("host_base", limit="new13", host_base_admins=three[:1]).failures == {}
    assert not host.file(lines["noor"]).exists
    assert host.file(lines["maria"]).exists
    assert host.user("noor").shell == "/usr/sbin/nologin"
    assert not host.user("olga").exists
    rules = host.check_output("cat /etc/sudoers.d/phaseline")
    assert "maria" in rules
    assert "noor" not in rules
    again = ready.play("host_base", limit="new13", host_base_admins=three[:1])
    assert (again.failures, again.changes) == ({}, [])


@pytest.fixture(params=["ansible_user", "ssh_config"])
def wanda(request: pytest.FixtureRequest, ready: Ground) -> Iterator[Ground]:
    """The hosts as wanda comes in: Ansible knows the account, or SSH alone does."""
    if request.param == "ansible_user":
        yield replace(ready, secrets={**ready.secrets, "ansible_user": "wanda"})
        return
    inventory = ready.bench.project / "inventory.ini"
    before = inventory.read_text(encoding="utf-8")
    words = "ansible_ssh_common_args="
    after = before.replace("ansible_user=root\n", "").replace(words, f"{words}-o User=wanda ")
    inventory.write_text(after, encoding="utf-8")
    yield ready
    inventory.write_text(before, encoding="utf-8")


def test_who_comes_in_cannot_shut_itself_out(ready: Ground, wanda: Ground) -> None:
    key = (ready.bench.home / f"{ssh.KEY}.pub").read_text(encoding="utf-8").strip()
    both = [{"name": "maria", "keys": [KEY.format("maria")]}, {"name": "wanda", "keys": [key]}]
    root = replace(ready, secrets={**ready.secrets, "ansible_user": "root"})
    assert root.play("host_base", limit="new13", host_base_admins=both).failures == {}
    said = wanda.play("host_base", limit="new13", host_base_admins=both[:1])
    assert "wanda is no longer in host_base_admins" in said.failures["new13"]
    assert wanda.play("host_base", limit="new13", host_base_admins=both).failures == {}
    assert root.play("host_base", limit="new13", host_base_admins=both[:1]).failures == {}
    refused = wanda.play("host_base", limit="new13", host_base_admins=both[:1])
    assert refused.failures or refused.recap["new13"]["unreachable"]
