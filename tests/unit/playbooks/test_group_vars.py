"""What groups of the inventory become: inputs of roles, worked out by Ansible itself."""

from __future__ import annotations

from typing import Any

import pytest

from phaseline.files.paths import kit_dir
from phaseline.hosts.ansible import inventory as ansible_inventory
from phaseline.hosts.ansible.playbook import AnsibleContext

TENANTS = [{"name": "small", "plan": "s"}, {"name": "large", "plan": "l"}]
Inputs = dict[str, dict[str, Any]]
# environment: nodes of Odoo, proxies; hosts carry the environment's letter
ENVIRONMENTS = {
    "a": ("1", "1"),
    "b": ("1", "2"),
    "c": ("1", "1 2"),
    "d": ("1 2", "1"),
    "e": ("1 2", "3"),
    "f": ("1 2", "1 2"),
}
NAMES = ("tenant_service_interface", "tenant_service_x_sendfile", "tenant_site_nodes",
         "tenant_site_local_files", "host_base_ssh_root", "tenant_database_limits")  # fmt: skip


def hosts(env: str, numbers: str) -> list[str]:
    return [f"{env}{number}" for number in numbers.split()]


def address(host: str) -> str:
    return f"10.0.{ord(host[0])}.{host[1]}"


def inventory() -> str:
    """Return one inventory with every environment; the database lies on a host of its own."""
    lines = [f"{env}{number} ansible_host={address(f'{env}{number}')}"
             for env in ENVIRONMENTS for number in "1239"]  # fmt: skip
    lines += ["a1 ansible_user=admin", "b1 ansible_user=root"]
    groups: dict[str, list[str]] = {"odoo": [], "proxy": [], "postgres": []}
    for env, (nodes, proxies) in ENVIRONMENTS.items():
        here = {"odoo": hosts(env, nodes), "proxy": hosts(env, proxies), "postgres": [f"{env}9"]}
        for group, names in here.items():
            groups[group] += names
        groups[env] = list(dict.fromkeys(name for names in here.values() for name in names))
        lines += [f"[{env}:vars]", f"environment_name={env}", "environment_kind=testing"]
    lines += ["[all:vars]", "host_vcpus=16", "host_memory_mb=65536"]
    for group, names in groups.items():
        lines += [f"[{group}]", *names]
    return "\n".join(["[all]", *lines]) + "\n"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """What the inputs of each host are."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "inventory.ini").write_text(inventory())
    context = AnsibleContext(folder, kit_dir(), folder / "collections", None)
    found = ansible_inventory.variables(context, "odoo:proxy", NAMES, {"odoo_tenants": TENANTS})
    return {host.name: dict(host.variables) for host in found}


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=lambda env: " behind ".join(ENVIRONMENTS[env]))
def test_every_proxy_asks_every_node_where_it_listens(inputs: Inputs, env: str) -> None:
    nodes, proxies = (hosts(env, numbers) for numbers in ENVIRONMENTS[env])
    for proxy in proxies:
        reached = []
        for node in nodes:
            listens = inputs[node]["tenant_service_interface"]
            away = listens == "127.0.0.1" and node != proxy
            reached.append("nowhere from here" if away else listens)
        assert inputs[proxy]["tenant_site_nodes"] == reached


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=lambda env: " behind ".join(ENVIRONMENTS[env]))
def test_nginx_sends_files_only_where_node_and_proxy_are_one_host(inputs: Inputs, env: str) -> None:
    nodes, proxies = (hosts(env, numbers) for numbers in ENVIRONMENTS[env])
    one = nodes == proxies and len(nodes) == 1
    assert {inputs[node]["tenant_service_x_sendfile"] for node in nodes} == {one}
    assert {inputs[proxy]["tenant_site_local_files"] for proxy in proxies} == {one}


def test_root_is_shut_out_once_ansible_comes_in_as_somebody_else(inputs: Inputs) -> None:
    assert [inputs[host]["host_base_ssh_root"] for host in ("a1", "b1", "c1")] == [
        "no", "prohibit-password", "prohibit-password",
    ]  # fmt: skip


def test_a_role_may_hold_what_its_processes_on_all_nodes_open(inputs: Inputs) -> None:
    one, two = (inputs[host]["tenant_database_limits"] for host in ("a1", "d1"))
    assert one == {"small": 43, "large": 196}
    assert two == {name: 2 * most for name, most in one.items()}
