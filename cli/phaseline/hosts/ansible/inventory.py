"""The environment as Ansible sees it: hosts, groups, variables with every template worked out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.environments.declared import DeclaredInventory, Host
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.ansible.playbook import KEPT
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
SAID = re.compile(r"^(\S+) \| SUCCESS => \{", re.MULTILINE)
TIMEOUT = 120


def read(path: Path, password: Path | None) -> DeclaredInventory:
    """Return what an inventory says, as Ansible reads it; what Ansible refuses is a fault."""
    words = [str(path), *([str(password)] if password else [])]
    passed = {name: value for name, value in os.environ.items() if name.startswith("ANSIBLE_")}
    fixed = {
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
        "ANSIBLE_INVENTORY_ENABLED": "ini",
        "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "ignore",
    }
    done = run.run(
        [sys.executable, "-m", "phaseline.hosts.ansible.read_inventory", *words],
        cwd=path.parent, env=environment({**passed, **fixed}), timeout=TIMEOUT,
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


def resolve(
    project_dir: Path, env: str, playbooks: Path, surroundings: Mapping[str, str]
) -> tuple[Host, ...]:
    """Return the hosts of an environment; what Ansible refuses is a fault.

    Where the inventory does not say how large a host is, the host is asked: its sizes need that.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = {
            **surroundings,
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": folder,
        }
        ask = _Ask(project_dir, env, playbooks, kept)
        found = ask.variables()
        if any(unsized(host) for host in found):
            facts = "gather_subset=!all,!min,hardware,virtual,distribution,python"
            ask.run("ansible.builtin.setup", facts)
            found = ask.variables()
    return found


def unsized(host: Host) -> bool:
    """Return whether a host that runs Odoo has no size yet."""
    return "odoo" in host.groups and "odoo_sizes" not in host.variables


@dataclass(frozen=True, slots=True)
class _Ask:
    """Asks Ansible about one environment."""

    project_dir: Path
    env: str
    playbooks: Path
    surroundings: Mapping[str, str]

    def variables(self) -> tuple[Host, ...]:
        """Return the hosts with their variables."""
        wanted = ", ".join(f"'{name}': {name} | default(none)" for name in NAMES)
        message = "{{ {" + wanted + ", 'groups': group_names} | to_json }}"
        done = self.run("ansible.builtin.debug", "msg={{ __said }}", {"__said": message})
        found = hosts(done.stdout)
        if done.returncode or not found:
            why = [line for line in (done.stderr + done.stdout).splitlines() if "rror" in line]
            said = why[0].strip() if why else "it names no host"
            place = Place(str(self.project_dir / "inventory.ini"))
            hint = "Look at the inventory; `phaseline env provision` says more."
            raise PhaselineError(Fault("C002", f"environment '{self.env}': {said}", place, hint))
        return found

    def run(
        self, module: str, arguments: str, extra: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one module on the environment's hosts."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(extra or {}, file)
            file.flush()
            return subprocess.run(
                [
                    sys.executable, "-m", "ansible", "adhoc", self.env,
                    "--inventory", str(self.project_dir / "inventory.ini"),
                    "--playbook-dir", str(self.playbooks), "--extra-vars", f"@{file.name}",
                    "--module-name", module, "--args", arguments,
                ],
                capture_output=True, text=True, check=False, timeout=TIMEOUT,
                cwd=self.project_dir, stdin=subprocess.DEVNULL,
                env=environment(self.surroundings),
            )  # fmt: skip


def environment(surroundings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the child: nothing of ours leaks into it."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    quiet = {
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
    }
    return {**kept, **quiet, **surroundings}


def hosts(said: str) -> tuple[Host, ...]:
    """Return the hosts in what Ansible printed."""
    found = []
    for match in SAID.finditer(said):
        body, _ = json.JSONDecoder().raw_decode(said[match.end() - 1 :])
        raw = body["msg"]
        answer: dict[str, Any] = json.loads(raw) if isinstance(raw, str) else raw
        groups = frozenset(answer.pop("groups"))
        variables = {name: value for name, value in answer.items() if value is not None}
        found.append(Host(match[1], groups, variables))
    return tuple(sorted(found, key=lambda host: host.name))
