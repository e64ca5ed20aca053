"""The services that have to run, and how tightly Odoo's unit is closed."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from phaseline.hosts.verify.checks.model import (
    Check,
    DoesNotApplyError,
    Finding,
    Subject,
    UnreadableError,
    contained,
    equals,
    nothing,
)

if TYPE_CHECKING:
    from phaseline.core.environments.declared import DeclaredEnvironment, Host

SHOW = (
    "systemctl",
    "show",
    "--property=Id,LoadState,ActiveState,UnitFileState,FragmentPath,Restart",
)
MOST_EXPOSED = 3.5
# id, what it is, unit, group
SERVICES = (
    ("ssh", "SSH", "ssh.service", "all"),
    ("updates", "The timer of updates", "apt-daily-upgrade.timer", "all"),
    ("node_exporter", "The exporter of the host", "prometheus-node-exporter.service", "all"),
    ("postgres_exporter", "The exporter of PostgreSQL", "prometheus-postgres-exporter.service",
     "postgres"),
    ("database_numbers", "The timer that looks at jobs and mails",
     "phaseline-collector-database.timer", "postgres"),
    ("odoo_numbers", "The timer that counts what Odoo tells", "phaseline-collector-odoo.timer",
     "odoo"),
    ("site_numbers", "The timer that counts answers", "phaseline-collector-sites.timer", "proxy"),
    ("nginx", "nginx", "nginx.service", "proxy"),
    ("nginx_exporter", "The exporter of nginx", "prometheus-nginx-exporter.service", "proxy"),
    ("fail2ban", "The guard against guessing", "fail2ban.service", "proxy"),
    ("prometheus", "Prometheus", "prometheus.service", "monitoring"),
    ("alertmanager", "Alertmanager", "prometheus-alertmanager.service", "monitoring"),
    ("blackbox_exporter", "The prober", "prometheus-blackbox-exporter.service", "monitoring"),
)  # fmt: skip
LAB_MASKED = ("apt-daily-upgrade.timer",)
SANDBOX = (
    ("NoNewPrivileges", "It gains no rights", ("yes",)),
    ("ProtectSystem", "The system is read-only for it", ("strict",)),
    ("ProtectHome", "It sees no homes", ("yes", "tmpfs")),
    ("PrivateTmp", "It has its own /tmp", ("yes", "disconnected")),
    ("PrivateDevices", "It sees no devices", ("yes",)),
    ("ProtectKernelTunables", "It changes no kernel settings", ("yes",)),
    ("ProtectKernelModules", "It loads no modules", ("yes",)),
    ("ProtectKernelLogs", "It reads no kernel messages", ("yes",)),
    ("ProtectControlGroups", "It changes no control groups", ("yes", "strict", "private")),
    ("ProtectClock", "It sets no clock", ("yes",)),
    ("ProtectHostname", "It renames nothing", ("yes", "private")),
    ("PrivateUsers", "It sees no other account", ("yes", "self")),
    ("ProtectProc", "It sees its own processes only", ("invisible", "noaccess", "ptraceable")),
    ("RestrictRealtime", "It takes no real-time priority", ("yes",)),
    ("RestrictSUIDSGID", "It lends nobody its rights", ("yes",)),
    ("LockPersonality", "It keeps its personality", ("yes",)),
    ("RemoveIPC", "It leaves no shared memory", ("yes",)),
    ("CapabilityBoundingSet", "It has no capability", ("",)),
    ("UMask", "Its files are closed to others", ("0027", "0077", "0026")),
    ("KillMode", "Its workers end with it", ("mixed", "control-group")),
    ("Restart", "It comes back when it falls", ("on-failure", "always")),
)


def names(declared: DeclaredEnvironment, host: Host) -> list[str]:
    """Return the units whose state is read on a host."""
    found = [unit for _, _, unit, group in SERVICES if group in {"all", *host.groups}]
    if "odoo" in host.groups:
        found += [f"odoo@{tenant.name}.service" for tenant in declared.tenants]
        found.append("glusterd.service")
    if "postgres" in host.groups:
        found += ["postgresql.service", "postgresql@*-main.service"]
    found.append("nftables.service")
    return found


def blocks(text: str) -> dict[str, dict[str, str]]:
    """Return the properties of each unit that `systemctl show` told."""
    found = {}
    for block in text.strip().split("\n\n"):
        pairs = dict(line.partition("=")[::2] for line in block.splitlines())
        found[pairs.get("Id", "?")] = pairs
    return found


def runs(unit: str, subject: Subject) -> Finding:
    """Return whether a unit runs and comes back after a restart of the host."""
    name = unit.replace("TENANT", subject.tenant.name if subject.tenant else "")
    state = blocks(subject.facts.text("units")).get(name, {})
    if contained(subject) and name in LAB_MASKED and state.get("LoadState") == "masked":
        message = "the machine below this container updates it"
        raise DoesNotApplyError(message)
    found = f"{state.get('ActiveState', 'unknown')}, {state.get('UnitFileState') or 'no file'}"
    good = found in ("active, enabled", "active, enabled-runtime", "active, generated",
                     "active, static", "active, alias", "active, indirect")  # fmt: skip
    return Finding("active, enabled", found, good)


def returns(subject: Subject) -> Finding:
    """Return whether each cluster of PostgreSQL comes back after a crash."""
    states = blocks(subject.facts.text("units"))
    found = {name: one.get("Restart", "") for name, one in states.items()
             if name.startswith("postgresql@")}  # fmt: skip
    good = bool(found) and set(found.values()) <= {"on-failure", "always"}
    return Finding("on-failure", ", ".join(sorted(set(found.values()))) or "no cluster", good)


def firewall(subject: Subject) -> Finding:
    """Return whether the firewall is loaded at every start; what is loaded now, others judge."""
    state = blocks(subject.facts.text("units")).get("nftables.service", {})
    return equals("enabled", state.get("UnitFileState", "no file"))


def properties(subject: Subject) -> dict[str, str]:
    """Return every property of a tenant's unit."""
    text = subject.facts.text(f"unit/{subject.who.name}")
    found = dict(line.partition("=")[::2] for line in text.splitlines())
    if found.get("LoadState") != "loaded":
        message = f"the unit of {subject.who.name} is not there"
        raise UnreadableError(message)
    return found


def closed(name: str, wanted: tuple[str, ...], subject: Subject) -> Finding:
    """Return whether a property of Odoo's unit is as it has to be."""
    found = properties(subject).get(name, "not known")
    expected = " or ".join(wanted) if any(wanted) else "nothing"
    return Finding(expected, found or "nothing", found in wanted)


def families(subject: Subject) -> Finding:
    """Return the protocols Odoo's unit may speak beyond the three it needs."""
    text = properties(subject).get("RestrictAddressFamilies", "")
    wanted = {"AF_UNIX", "AF_INET", "AF_INET6"}
    good = not text.startswith("~") and bool(text) and set(text.split()) <= wanted
    return Finding(" ".join(sorted(wanted)), text or "every protocol", good)


def calls(subject: Subject) -> Finding:
    """Return whether the calls to the kernel are filtered."""
    text = properties(subject).get("SystemCallFilter", "")
    bad = {"mount", "ptrace", "reboot", "init_module", "bpf", "kexec_load"} & set(text.split())
    good = bool(text) and not text.startswith("~") and not bad
    return Finding("the calls of an ordinary service", f"{len(text.split())} calls", good)


def architecture(subject: Subject) -> Finding:
    """Return whether programs of other architectures are refused."""
    return equals("native", properties(subject).get("SystemCallArchitectures", ""))


def paths(subject: Subject) -> Finding:
    """Return the folders Odoo's unit may write beyond its own."""
    found = properties(subject)
    words = " ".join(found.get(name, "") for name in ("ReadWritePaths", "BindPaths")).split()
    own = f"/var/lib/odoo/{subject.who.name}"
    shared = str(subject.host.variables.get("shared_filestore_kind") or "none") != "none"
    may = {own, "/var/lib/odoo"} if shared else {own}
    beyond = [one for word in words if (one := word.lstrip("-+")) not in may
              and not one.startswith(f"{own}/")]  # fmt: skip
    return nothing(beyond, f"{own} only")


def who(subject: Subject) -> Finding:
    """Return whether the unit runs as the tenant's own account."""
    return equals(f"odoo-{subject.who.name}", properties(subject).get("User", ""))


def memory(subject: Subject) -> Finding:
    """Return whether the unit's memory has the limit the sizing computed."""
    found = properties(subject).get("MemoryMax", "")
    wanted = subject.sizing.get("memory_max_mb")
    if wanted is None:
        return Finding("a limit", found, found.isdigit())
    return equals(int(wanted) * 1024 * 1024, found)


def tasks(subject: Subject) -> Finding:
    """Return whether the number of the unit's processes has a limit."""
    found = properties(subject).get("TasksMax", "")
    return Finding("at most 4096", found, found.isdigit() and int(found) <= 4096)  # noqa: PLR2004


def exposure(subject: Subject) -> Finding:
    """Return whether systemd's own measure of how open the unit is stays small."""
    text = subject.facts.text(f"exposure/{subject.who.name}")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", text)
    level = float(found[1]) if found else 10.0
    return Finding(f"at most {MOST_EXPOSED}", str(level), level <= MOST_EXPOSED)


CHECKS = (
    *(Check(f"service.{id_}", f"{what} runs", group,
            partial(runs, unit)) for id_, what, unit, group in SERVICES),
    Check("service.firewall", "The firewall comes back at every start", "all", firewall),
    Check("service.postgres", "PostgreSQL runs", "postgres",
          partial(runs, "postgresql.service")),
    Check("service.postgres_returns", "PostgreSQL comes back after a crash", "postgres", returns),
    Check("service.odoo", "Its Odoo runs", "odoo", partial(runs, "odoo@TENANT.service"),
          "tenant"),
    *(Check(f"unit.{name}", says, "odoo", partial(closed, name, wanted), "tenant")
      for name, says, wanted in SANDBOX),
    *(Check(f"unit.{id_}", says, "odoo", judge, "tenant") for id_, says, judge in (
        ("User", "It runs as the tenant's account", who),
        ("RestrictAddressFamilies", "It speaks no strange protocols", families),
        ("SystemCallFilter", "Its calls to the kernel are filtered", calls),
        ("SystemCallArchitectures", "It runs no foreign programs", architecture),
        ("ReadWritePaths", "It writes to its own folder only", paths),
        ("MemoryMax", "Its memory is limited as the sizing says", memory),
        ("TasksMax", "The number of its processes is limited", tasks),
        ("exposure", "It is exposed at most 3.5 by systemd's measure", exposure),
    )),
)  # fmt: skip
