"""The firewall lets through what is listed, and whoever may not lose the way in keeps it."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from hosts import role_hosts
from phaseline.hosts.local import apt_mirror

if TYPE_CHECKING:
    from hosts.role_hosts import Ground

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("firewall")]

MIRROR = urlsplit(apt_mirror.lookup()).hostname
OUT = f"timeout 5 bash -c 'exec 3<>/dev/tcp/{MIRROR}/80'"
LOADED = "nft list chain inet phaseline loaded_by_phaseline"


def address(ground: Ground, name: str) -> str:
    text = (ground.bench.project / "inventory.ini").read_text(encoding="utf-8")
    found = re.search(rf"^{name} ansible_host=(\S+)", text, re.MULTILINE)
    assert found
    return found[1]


def answers_again(where: str) -> bool:
    """Return whether SSH answers within a minute."""
    for _ in range(30):
        with socket.socket() as client:
            client.settimeout(2)
            if client.connect_ex((where, 22)) == 0:
                return True
    return False


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_from_outside_only_what_is_listed_answers(ready: Ground, name: str) -> None:
    host = ready.host(name)
    host.run("systemd-run --quiet --collect --unit=loud python3 -m http.server 8069")
    open_ports = []
    for port in (22, 5432, 8069):
        with socket.socket() as client:
            client.settimeout(1)
            if client.connect_ex((address(ready, name), port)) == 0:
                open_ports.append(port)
    host.run("systemctl stop loud")
    assert open_ports == [22]


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_only_those_who_fetch_packages_get_out(ready: Ground, name: str) -> None:
    host = ready.host(name)
    assert host.run(f"runuser -u _apt -- {OUT}").rc == 0
    assert host.run(f"runuser -u nobody -- {OUT}").rc != 0


def test_rules_that_lock_ansible_out_do_not_stay(ready: Ground) -> None:
    host = ready.host("new13")
    before = host.check_output(LOADED)
    said = ready.play(
        "firewall",
        limit="new13",
        firewall_ssh_sources=["192.0.2.77"],
        firewall_confirm_seconds=14,
    )
    assert said.recap["new13"]["failures"] + said.recap["new13"]["unreachable"] == 1
    assert answers_again(address(ready, "new13"))
    assert host.check_output(LOADED) == before
    assert "192.0.2.77" not in host.check_output("cat /etc/nftables.conf")
    assert ready.play("firewall", limit="new13").failures == {}


def test_rules_that_somebody_flushed_are_loaded_again(ready: Ground) -> None:
    host = ready.host("new12")
    before = host.check_output(LOADED)
    host.check_output("nft delete table inet phaseline")
    assert ready.play("firewall", limit="new12").failures == {}
    assert host.check_output(LOADED) == before
