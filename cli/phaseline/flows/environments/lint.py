"""Whether a project's inventory, tenants and variables may be built from; all faults at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.core.environments import inventory_rules, tenant_line
from phaseline.core.environments.declared import NAME as ENV_NAME
from phaseline.core.environments.inventory import KIND, InventoryValue
from phaseline.errors import Fault, PhaselineError
from phaseline.files.environments import (
    inventory_lines,
    plaintext_secrets,
    tenants,
    unsafe_templates,
)
from phaseline.flows import inventory as declared_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phaseline.core.environments.inventory import Inventory
    from phaseline.errors import Place

NAME = "inventory.ini"


def refuse(project_dir: Path) -> None:
    """Raise everything that is wrong; what is raised here was not yet sent to any host."""
    faults = tuple(dict.fromkeys(check(project_dir)))
    if faults:
        raise PhaselineError(*faults)


def check(project_dir: Path) -> Iterator[Fault]:
    """Yield everything that is wrong with a project's environments."""
    inventory, unreadable = inventory_lines.read(project_dir / NAME, NAME)
    yield from unreadable
    refused = () if unreadable else complete(inventory, project_dir)
    wrong = tuple(inventory_rules.lint(inventory)) if inventory.groups else ()
    yield from wrong or refused
    yield from judge_tenants(project_dir, inventory)
    yield from plaintext_secrets.scan(project_dir)
    yield from unsafe_templates.scan(project_dir)


def complete(inventory: Inventory, project_dir: Path) -> tuple[Fault, ...]:
    """Add what makes a group an environment where no line of its section says it.

    Ansible takes it from group_vars and from a host's own line as well; its place is the group.
    Returned is why Ansible refuses the inventory, which the rules may say better.
    """
    try:
        declared = declared_inventory.read(project_dir)
    except PhaselineError as error:
        return error.faults
    for env in declared.environments():
        group = inventory.groups.get(env)
        for key, text in ((KIND, declared.kind(env)), (ENV_NAME, declared.value(env, ENV_NAME))):
            if group and text and key not in group.variables:
                group.variables[key] = InventoryValue(text, group.place)
    return ()


def judge_tenants(project_dir: Path, inventory: Inventory) -> Iterator[Fault]:
    """Yield what is wrong with the tenants of all environments; a domain leads to one of them."""
    seen: dict[str, Place] = {}
    for env in inventory.environments():
        path = tenants.path_of(project_dir, env.name)
        if not path.is_file():
            continue
        try:
            node = tenants.load(path, tenants.shown(project_dir, path))
        except PhaselineError as error:
            yield from error.faults
            continue
        yield from tenant_line.lint(node)
        for item in node.items:
            domain = item.entries.get("domain")
            if domain is None or not isinstance(domain.value, str):
                continue
            other = seen.setdefault(domain.value, domain.place)
            if other.file != domain.place.file:
                message = f"domain {domain.value} is in {other} as well"
                hint = "Give every environment domains of its own."
                yield Fault("C009", message, domain.place, hint)
