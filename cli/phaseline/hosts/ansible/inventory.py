"""The environment as Ansible sees it: hosts, groups, variables with every template worked out."""

from __future__ import annotations

import codecs
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline.core.environments.declared import DeclaredInventory, Host
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.ansible import adhoc
from phaseline.hosts.ansible.playbook import KEPT
from phaseline.hosts.ansible.process import INVENTORY
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phaseline.hosts.ansible.playbook import AnsibleContext
    from phaseline.hosts.local.run import CommandResult

# what checks and connections look at; nothing of the vault is among it
NAMES = (
    "ansible_host", "ansible_port", "ansible_user", "ansible_ssh_private_key_file",
    "ansible_ssh_common_args", "environment_name", "environment_kind",
    "environment_ca_certificate", "host_address", "host_functions", "host_memory_mb",
    "host_platform", "host_vcpus", "odoo_address", "odoo_releases", "odoo_tenants",
    "firewall_inbound", "firewall_outbound", "proxy_rpc_sources", "postgres_address",
    "host_base_admins", "odoo_hosts", "postgres_hosts", "proxy_hosts", "monitoring_hosts",
    "odoo_sizes", "postgres_sizing", "shared_filestore_kind", "firewall_ssh_sources",
    "firewall_ssh_port", "firewall_dns_servers", "firewall_ntp_servers", "machine_ssh_keys",
)  # fmt: skip
TIMEOUT = 120


def read(path: Path, password: Path | None) -> DeclaredInventory:
    """Return what an inventory says, as Ansible reads it; what Ansible refuses is a fault.

    Nothing of the project runs: its `ansible.cfg` counts for runs on hosts only, as a plug-in that
    it names would be a program that a plan starts.
    """
    if path.read_bytes().startswith(codecs.BOM_UTF8):
        message = "the inventory begins with a byte-order mark, which Ansible does not take"
        hint = "Save the file as UTF-8 without a byte-order mark."
        raise PhaselineError(Fault("C002", message, Place(str(path), 1, 1), hint))
    words = [str(one.absolute()) for one in (path, password) if one]
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith("ANSIBLE_")
    }
    done = run.run(
        [sys.executable, "-P", "-m", "phaseline.hosts.ansible.read_inventory", *words],
        cwd=Path("/"), env={**kept, **INVENTORY}, timeout=TIMEOUT,
    )  # fmt: skip
    if done.status:
        message = f"the inventory cannot be read: {_reason(done)}"
        raise PhaselineError(Fault("C002", message, Place(str(path))))
    said = json.loads(done.output)
    hosts = (
        Host(name, frozenset(one["groups"]), one["variables"])
        for name, one in said["hosts"].items()
    )
    return DeclaredInventory(said["groups"], tuple(hosts))


def _reason(done: CommandResult) -> str:
    """Return the line that says why: Ansible's innermost cause, else the last one."""
    lines = [" ".join(line.split()) for line in done.errors.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Failed to parse inventory: ")]
    return (causes or lines or [f"exit status {done.status}"])[-1]


def resolve(context: AnsibleContext, env: str) -> tuple[Host, ...]:
    """Return an environment's hosts with templates worked out; what Ansible refuses is a fault.

    Where the inventory does not say how large a host is, the host is asked: its sizes need that.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": folder}
        found = variables(context, env, settings=kept)
        if any(unsized(host) for host in found):
            facts = "gather_subset=!all,!min,hardware,virtual,distribution,python"
            setup = adhoc.Question(env, "ansible.builtin.setup", facts, settings=kept)
            adhoc.ask(context, setup)
            found = variables(context, env, settings=kept)
    return found


def variables(
    context: AnsibleContext,
    hosts: str,
    names: Iterable[str] = NAMES,
    more: Mapping[str, Any] | None = None,
    settings: Mapping[str, str] | None = None,
) -> tuple[Host, ...]:
    """Return hosts with the named variables, worked out with `more` extra ones."""
    wanted = ", ".join(f"'{name}': {name} | default(none)" for name in names)
    message = "{{ {" + wanted + ", 'groups': group_names} | to_json }}"
    replies = adhoc.ask(
        context,
        adhoc.Question(
            hosts=hosts,
            module="ansible.builtin.debug",
            arguments="msg={{ __said }}",
            variables={**(more or {}), "__said": message},
            playbooks=context.kit / "playbooks",
            settings=settings or {},
        ),
    )
    hint = "Look at the inventory; `phaseline env provision` says more."
    replies.refuse_silence("C002", f"environment '{hosts}'", hint)
    return tuple(_host(name, replies.of_hosts[name]["msg"]) for name in sorted(replies.of_hosts))


def _host(name: str, said: Any) -> Host:
    answer: dict[str, Any] = json.loads(said) if isinstance(said, str) else dict(said)
    groups = frozenset(answer.pop("groups"))
    return Host(name, groups, {key: value for key, value in answer.items() if value is not None})


def unsized(host: Host) -> bool:
    """Return whether a host that runs Odoo has no size yet."""
    return "odoo" in host.groups and "odoo_sizes" not in host.variables
