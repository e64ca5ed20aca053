"""What is wrong with an inventory: contradictions, dangers, environments that mix or lack hosts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phaseline.core.environments.inventory import FUNCTIONS, KIND
from phaseline.core.environments.secret_detection import looks_secret
from phaseline.errors import Fault
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.core.environments.inventory import Group, Inventory
    from phaseline.errors import Place

KINDS = ("testing", "production")
NEEDED = ("odoo", "postgres", "proxy")
OTHER_GROUPS = ("all", "ungrouped", "lab", "standby", "machines")
LOOPBACK = re.compile(r"127\.|::1$|localhost$|0\.0\.0\.0$")
# A template may point at another variable; what runs programs or reads files has no place here.
DANGEROUS = re.compile(
    r"\{\{.*\b(lookup|query|q|pipe|import_playbook|__class__|__mro__|__subclasses__|__globals__)\b",
    re.DOTALL,
)
BLIND = re.compile(
    r"StrictHostKeyChecking\s*[= ]\s*[\"']?(no|off|accept-new)\b"
    r"|UserKnownHostsFile\s*[= ]\s*[\"']?/dev/null",
    re.IGNORECASE,
)
KEY_SWITCHES = ("ansible_host_key_checking", "ansible_ssh_host_key_checking")
OFF = ("false", "no", "0", "off")


def lint(inventory: Inventory) -> Iterator[Fault]:
    """Yield everything that is wrong with an inventory."""
    yield from _unknown_groups(inventory)
    yield from _addresses(inventory)
    yield from _dangers(inventory)
    environments = inventory.environments()
    if not environments:
        hint = f"Write [testing:vars] with {KIND}=testing."
        yield Fault("C008", "the inventory has no environment", _top(inventory), hint)
    for group in environments:
        yield from _environment(inventory, group)
    yield from _shared(inventory, environments)


def _top(inventory: Inventory) -> Place | None:
    return next((group.place for group in inventory.groups.values()), None)


def _unknown_groups(inventory: Inventory) -> Iterator[Fault]:
    known = {*FUNCTIONS, *OTHER_GROUPS, *(one.name for one in inventory.environments())}
    inner = {name for group in inventory.groups.values() for name in group.children}
    for group in inventory.groups.values():
        near = suggest(group.name, FUNCTIONS)
        if group.name not in known | inner and group.hosts and near:
            yield Fault("C008", f"no role runs on group '{group.name}'", group.place, near)
        for child, place in group.children.items():
            if child not in inventory.groups:
                hint = suggest(child, inventory.groups, f"Write a section [{child}].")
                yield Fault("C008", f"there is no group '{child}'", place, hint)


def _addresses(inventory: Inventory) -> Iterator[Fault]:
    for key in ("ansible_host", "private_address"):
        seen: dict[tuple[str, str], str] = {}
        for name, variables in inventory.hosts.items():
            said = variables.get(key)
            if said is None:
                continue
            port = variables["ansible_port"].text if "ansible_port" in variables else "22"
            other = seen.setdefault((said.text, port if key == "ansible_host" else ""), name)
            if other != name:
                message = f"hosts '{other}' and '{name}' have one address {said.text}"
                yield Fault("C008", message, said.place, "Give every host an address of its own.")


def _dangers(inventory: Inventory) -> Iterator[Fault]:
    for key, said in inventory.values():
        if DANGEROUS.search(said.text):
            hint = "Write the value itself: an inventory runs no programs and reads no files."
            yield Fault("C008", f"{key} holds a template that runs something", said.place, hint)
        off = key in KEY_SWITCHES and said.text.strip("\"'").lower() in OFF
        if off or BLIND.search(said.text):
            hint = "Take it out, and put the hosts' keys into known_hosts: ssh-keyscan, compared."
            yield Fault("C008", f"{key} turns off the check of SSH host keys", said.place, hint)
        if looks_secret(key, said.text):
            hint = "Take it out and change it; secrets live in group_vars/ENV/vault.yml."
            yield Fault("C012", f"{key} is a secret in clear", said.place, hint)


def _environment(inventory: Inventory, group: Group) -> Iterator[Fault]:
    kind = group.variables[KIND]
    if kind.text not in KINDS:
        hint = f"Write {KIND}={' or '.join(KINDS)}."
        yield Fault("C008", f"{KIND} of '{group.name}' is '{kind.text}'", kind.place, hint)
    if "odoo_url" in group.variables:
        return  # an Odoo that somebody else runs: no hosts of ours
    name = group.variables.get("environment_name")
    if name is None or name.text != group.name:
        said = f"is '{name.text}'" if name else "is missing"
        hint = f"Write environment_name={group.name} in [{group.name}:vars]."
        place = name.place if name else kind.place
        yield Fault("C008", f"environment_name of '{group.name}' {said}", place, hint)
    needed = (*NEEDED, "backup") if kind.text == "production" else NEEDED
    for function in needed:
        if not inventory.within(group.name, function):
            message = f"environment '{group.name}' has no host in [{function}]"
            hint = f"Name one of its hosts in [{function}]."
            yield Fault("C008", message, group.place, hint)
    yield from _one_database(inventory, group)
    yield from _loopback(inventory, group.name)
    yield from _backup_apart(inventory, group, kind.text)


def _one_database(inventory: Inventory, group: Group) -> Iterator[Fault]:
    first, *others = inventory.within(group.name, "postgres") or ("",)
    for name in others:
        message = f"environment '{group.name}' keeps its data on '{first}' and on '{name}'"
        hint = f"Leave one of its hosts in [postgres]: every tenant of '{group.name}' lies there."
        yield Fault("C008", message, inventory.place_of(name), hint)


def _loopback(inventory: Inventory, env: str) -> Iterator[Fault]:
    hosts = inventory.inside(env)
    if len(hosts) < 2:  # noqa: PLR2004 (a host alone may well call itself that)
        return
    for name in hosts:
        said = inventory.of_host(name, "private_address") or inventory.of_host(name, "ansible_host")
        if said and LOOPBACK.match(said.text):
            message = f"host '{name}' has address {said.text}, which the others cannot reach"
            yield Fault("C008", message, said.place, "Write its address in the private network.")


def _backup_apart(inventory: Inventory, group: Group, kind: str) -> Iterator[Fault]:
    if kind != "production":
        return
    serving = {name for one in NEEDED for name in inventory.within(group.name, one)}
    for name in inventory.within(group.name, "backup"):
        if name in serving:
            message = f"production keeps its backups on '{name}', which serves it"
            hint = "Take another host into [backup]: one fire must not burn both."
            yield Fault("C008", message, inventory.place_of(name), hint)


def _shared(inventory: Inventory, environments: tuple[Group, ...]) -> Iterator[Fault]:
    owner: dict[str, str] = {}
    urls: dict[tuple[str, str], str] = {}
    for group in environments:
        for host in inventory.inside(group.name):
            other = owner.setdefault(host, group.name)
            if other != group.name:
                message = f"host '{host}' is in environments '{other}' and '{group.name}'"
                hint = "Give every environment hosts of its own."
                yield Fault("C008", message, group.hosts.get(host) or group.place, hint)
        if "odoo_url" in group.variables:
            url = group.variables["odoo_url"]
            base = group.variables.get("odoo_database")
            mark = (url.text.rstrip("/"), base.text if base else group.name)
            other = urls.setdefault(mark, group.name)
            if other != group.name:
                message = f"environments '{other}' and '{group.name}' are one database"
                yield Fault("C008", message, url.place, "Give each environment its own database.")
