"""The environment as Ansible sees it: hosts, groups, variables with every template worked out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.checks.model import Host

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# what checks and connections look at; nothing of the vault is among it
NAMES = (
    "ansible_host", "ansible_port", "ansible_user", "ansible_ssh_private_key_file",
    "ansible_ssh_common_args", "environment_name", "environment_kind",
    "environment_ca_certificate", "host_address", "host_functions", "host_memory_mb",
    "host_platform", "host_vcpus", "odoo_address", "odoo_releases", "odoo_tenants",
    "firewall_inbound", "firewall_outbound", "proxy_rpc_sources", "postgres_address",
    "host_base_admins", "odoo_hosts", "postgres_hosts", "proxy_hosts", "monitoring_hosts",
    "odoo_sizes", "postgres_sizing",
)  # fmt: skip
SAID = re.compile(r"^(\S+) \| SUCCESS => \{", re.MULTILINE)
TIMEOUT = 120


def resolve(
    project_dir: Path, env: str, playbooks: Path, surroundings: Mapping[str, str]
) -> tuple[Host, ...]:
    """Return the hosts of an environment; what Ansible refuses is a fault."""
    wanted = ", ".join(f"'{name}': {name} | default(none)" for name in NAMES)
    message = "{{ {" + wanted + ", 'groups': group_names} | to_json }}"
    with tempfile.NamedTemporaryFile("w", suffix=".json") as extra:
        json.dump({"__said": message}, extra)
        extra.flush()
        done = subprocess.run(
            [
                sys.executable, "-m", "ansible", "adhoc", env,
                "--inventory", str(project_dir / "inventory.ini"),
                "--playbook-dir", str(playbooks),
                "--extra-vars", f"@{extra.name}",
                "--module-name", "ansible.builtin.debug", "--args", "msg={{ __said }}",
            ],
            capture_output=True, text=True, check=False, timeout=TIMEOUT, cwd=project_dir,
            stdin=subprocess.DEVNULL, env=environment(surroundings),
        )  # fmt: skip
    found = hosts(done.stdout)
    if done.returncode or not found:
        why = [line for line in (done.stderr + done.stdout).splitlines() if "rror" in line]
        said = why[0].strip() if why else "it names no host"
        place = Place(str(project_dir / "inventory.ini"))
        hint = "Run: phaseline env provision, or look at the inventory."
        raise PhaselineError(Fault("C002", f"environment '{env}': {said}", place, hint))
    return found


def environment(surroundings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the child: nothing of ours leaks into it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
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
