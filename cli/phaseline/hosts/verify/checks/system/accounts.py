"""Accounts, passwords and who becomes root."""

from __future__ import annotations

import json

from phaseline.hosts.verify.checks.model import Check, Facts, Finding, Subject, nothing
from phaseline.hosts.verify.checks.system.ssh import login


def lines(facts: Facts, name: str) -> list[list[str]]:
    """Return the fields of each line of passwd or group."""
    return [line.split(":") for line in facts.text(name).splitlines() if line]


def root_alone(subject: Subject) -> Finding:
    """Return the accounts beside root that are root."""
    return nothing(
        [one[0] for one in lines(subject.facts, "passwd") if one[2] == "0" and one[0] != "root"],
        "only root has the number 0",
    )


def people(subject: Subject) -> Finding:
    """Return the accounts with a shell that nobody declared."""
    allowed = {"root", "postgres", *known_people(subject)}
    found = {
        line.split(":")[0] for line in subject.facts.text("passwd").splitlines() if login(line)
    }
    return nothing(found - allowed, f"logins for {', '.join(sorted(allowed))} only")


def known_people(subject: Subject) -> set[str]:
    """Return the accounts people log in with, as the inventory says."""
    given = subject.host.variables
    admins = {str(one["name"]) for one in given.get("host_base_admins") or []}
    return admins | ({str(given["ansible_user"])} if given.get("ansible_user") else set())


def no_passwords(subject: Subject) -> Finding:
    """Return the accounts a password opens."""
    fields = [line.split() for line in subject.facts.text("accounts").splitlines()]
    return nothing([one[0] for one in fields if one[1] != "L"], "every password is locked")


def sudo(subject: Subject) -> Finding:
    """Return what sudo allows beyond root, the group sudo and declared people."""
    rules = json.loads(subject.facts.text("sudoers")).get("User_Specs", [])
    allowed = {"root", "%sudo", *known_people(subject)}
    found = []
    for rule in rules:
        for user in rule.get("User_List", []):
            name = user.get("username") or f"%{user.get('usergroup', '?')}"
            commands = [one.get("command", "?") for spec in rule.get("Cmnd_Specs", [])
                        for one in spec.get("Commands", [])]  # fmt: skip
            if name not in allowed:
                found.append(f"{name}: {' '.join(map(str, commands))}")
    return nothing(found, f"sudo for {', '.join(sorted(allowed))} only")


def sudo_group(subject: Subject) -> Finding:
    """Return the members of groups that make root, beyond declared people."""
    groups = {one[0]: one[3].split(",") for one in lines(subject.facts, "group") if len(one) > 3}  # noqa: PLR2004
    powerful = ("sudo", "root", "wheel", "adm", "disk", "shadow", "docker", "lxd")
    found = [f"{name}: {user}" for name in powerful for user in groups.get(name, [])
             if user and user not in known_people(subject)]  # fmt: skip
    return nothing(found, "no unknown member of a powerful group")


def tenants_alone(subject: Subject) -> Finding:
    """Return the groups beyond its own that a tenant's account is in."""
    user = f"odoo-{subject.who.name}"
    entry = next((one for one in lines(subject.facts, "passwd") if one[0] == user), None)
    if entry is None:
        return Finding("an account of its own", f"no account {user}", holds=False)
    groups = {one[0] for one in lines(subject.facts, "group") if user in one[3].split(",")}
    wrong = sorted(groups - {user}) + ([entry[6]] if login(":".join(entry)) else [])
    return nothing(wrong, f"{user} without a shell and in no other group")


CHECKS = (
    Check("host.root_alone", "Nobody else is root", "all", root_alone),
    Check("host.people", "Only declared accounts log in", "all", people),
    Check("host.passwords", "No account opens by a password", "all", no_passwords),
    Check("host.sudo", "Only declared people become root", "all", sudo),
    Check("host.powerful_groups", "No unknown member of a powerful group", "all",
          sudo_group),
    Check("host.tenant_account", "A tenant's account stands alone", "odoo",
          tenants_alone, "tenant"),
)  # fmt: skip
