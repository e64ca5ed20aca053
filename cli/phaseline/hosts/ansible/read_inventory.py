"""A program for an own process: prints an inventory as JSON, read by Ansible's own classes.

`python -m phaseline.hosts.ansible.read_inventory INVENTORY [PASSWORD_FILE]`. Only the variables in
`NAMES` are printed, so that nothing of the vault travels.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.helpers import get_group_vars
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.utils.vars import combine_vars
from ansible.vars.manager import VariableManager
from ansible.vars.plugins import get_vars_from_inventory_sources

NAMES = (
    "ansible_host", "environment_kind", "environment_name", "host_memory_mb", "host_vcpus",
    "odoo_address", "odoo_database", "odoo_login", "odoo_url",
)  # fmt: skip
VARS_SECTION = re.compile(r"^\s*\[([^:\]\s]+):vars\]", re.MULTILINE)


class _Reading:
    """One inventory with what its variables are made of."""

    def __init__(self, sources: list[str], password: str) -> None:
        self.loader = DataLoader()
        if password:
            secret = VaultSecret(Path(password).read_bytes().strip())
            self.loader.set_vault_secrets([("default", secret)])
        self.inventory = InventoryManager(loader=self.loader, sources=sources)
        self.variables = VariableManager(loader=self.loader, inventory=self.inventory)

    def group(self, name: str) -> dict[str, Any]:
        """Return a group's own variables; of files that cannot be opened nothing is taken."""
        group = self.inventory.groups[name]
        own = group.get_vars()
        sources = self.inventory._sources
        try:
            files = get_vars_from_inventory_sources(self.loader, sources, [group], "all")
        except AnsibleError:
            return _named(own)
        return _named(combine_vars(own, files))

    def host(self, name: str) -> dict[str, Any]:
        """Return what a host ends with."""
        host = self.inventory.get_host(name)
        try:
            found = self.variables.get_vars(host=host, include_hostvars=False, stage="all")
        except AnsibleError:
            found = combine_vars(get_group_vars(host.get_groups()), host.get_vars())
        return _named(found)

    def whole(self) -> dict[str, Any]:
        """Return groups and hosts."""
        inside = self.inventory.hosts
        return {
            "groups": {name: self.group(name) for name in self.inventory.groups},
            "hosts": {
                name: {
                    "groups": [group.name for group in inside[name].get_groups()],
                    "variables": self.host(name),
                }
                for name in inside
            },
        }


def _named(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: variables[name] for name in NAMES if name in variables}


def read(path: str, password: str = "") -> dict[str, Any]:
    """Return an inventory; Ansible alone would refuse variables of a group without hosts."""
    text = Path(path).read_text(encoding="utf-8-sig")
    with tempfile.TemporaryDirectory() as folder:
        declared = Path(folder) / "groups.ini"
        declared.write_text("".join(f"[{name}]\n" for name in VARS_SECTION.findall(text)))
        return _Reading([str(declared), path], password).whole()


if __name__ == "__main__":
    json.dump(read(*sys.argv[1:]), sys.stdout, default=str)
