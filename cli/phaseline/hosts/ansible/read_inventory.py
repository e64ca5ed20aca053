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
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import AnsibleVaultError, AnsibleVaultFormatError, VaultSecret
from ansible.utils.vars import combine_vars
from ansible.vars.manager import VariableManager
from ansible.vars.plugins import get_vars_from_inventory_sources

NAMES = (
    "ansible_host", "environment_kind", "environment_name", "host_memory_mb", "host_vcpus",
    "odoo_address", "odoo_database", "odoo_login", "odoo_url",
)  # fmt: skip
VARS_SECTION = re.compile(r"^\s*\[([^:\]\s]+):vars\]", re.MULTILINE)


class _Loader(DataLoader):  # type: ignore[misc]  # Ansible has no types
    """Reads files of variables; of a vault that does not open nothing is taken."""

    def load_from_file(self, file_name: str, *args: Any, **named: Any) -> Any:
        """Return what a file holds; an error names the file."""
        try:
            return super().load_from_file(file_name, *args, **named)
        except (AnsibleVaultError, AnsibleVaultFormatError):
            return {}
        except AnsibleError as error:
            message = f"{file_name}: {error.message}"
            raise AnsibleError(message) from error


class _Reading:
    """One inventory with what its variables are made of."""

    def __init__(self, sources: list[str], password: str) -> None:
        self.loader = _Loader()
        if password:
            secret = VaultSecret(Path(password).read_bytes().strip())
            self.loader.set_vault_secrets([("default", secret)])
        self.inventory = InventoryManager(loader=self.loader, sources=sources)
        self.variables = VariableManager(loader=self.loader, inventory=self.inventory)

    def group(self, name: str) -> dict[str, Any]:
        """Return a group's own variables."""
        group = self.inventory.groups[name]
        sources = self.inventory._sources
        files = get_vars_from_inventory_sources(self.loader, sources, [group], "all")
        return _named(combine_vars(group.get_vars(), files))

    def host(self, name: str) -> dict[str, Any]:
        """Return what a host ends with."""
        host = self.inventory.get_host(name)
        return _named(self.variables.get_vars(host=host, include_hostvars=False, stage="all"))

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
        lines = "".join(f"[{name}]\n" for name in VARS_SECTION.findall(text))
        declared.write_text(lines, encoding="utf-8")
        return _Reading([str(declared), path], password).whole()


if __name__ == "__main__":
    json.dump(read(*sys.argv[1:]), sys.stdout, default=str)
