"""What is read on a host of each group: orders for the agent, by the names the judges ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.hosts.verify.checks.monitoring import collectors
from phaseline.hosts.verify.checks.postgres import queries
from phaseline.hosts.verify.checks.system import modes, units

if TYPE_CHECKING:
    from phaseline.core.environments.declared import DeclaredEnvironment, DeclaredTenant, Host

Order = list[Any]
RESOLVED = "/run/systemd/resolve/resolv.conf"
SAMPLE = 400  # files of a release whose hashes are compared unless all are asked for
CRON = ["/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly",
        "/etc/cron.monthly", "/etc/cron.yearly"]  # fmt: skip


def orders(declared: DeclaredEnvironment, host: Host) -> dict[str, Order]:
    """Return everything to read on a host, in one trip."""
    found = of_every_host()
    found["states"] = ["states", {"patterns": modes.patterns(declared, host)}]
    found["units"] = run(*units.SHOW, *units.names(declared, host))
    found.update({
        f"collectors/{kind}": ["text", {"path": collectors.FILE.format(kind)}]
        for kind, (group, _) in collectors.KINDS.items() if group in host.groups
    })  # fmt: skip
    groups = {"odoo": of_odoo, "postgres": of_postgres, "proxy": of_proxy}
    for group, read in groups.items():
        if group in host.groups:
            found.update(read(declared))
    if "monitoring" in host.groups:
        found.update(of_monitoring(declared))
    return found


def run(*argv: str, **how: Any) -> Order:
    """Return the order to run a program."""
    return ["run", {"argv": list(argv), **how}]


def of_every_host() -> dict[str, Order]:
    """Return what is read on every host."""
    return {
        "marker": ["text", {"path": "/etc/phaseline/host.json"}],
        "os": ["text", {"path": "/etc/os-release"}],
        "clock": run("date", "+%s"),
        "container": run("systemd-detect-virt", "--container", okay=[0, 1]),
        "sshd": run("sshd", "-T"),
        "nft": run("nft", "-j", "list", "ruleset"),
        "sockets": run("ss", "-Hltunp"),
        "passwd": run("getent", "passwd"),
        "group": run("getent", "group"),
        "accounts": run("passwd", "-S", "-a"),
        "sudoers": run("cvtsudoers", "-f", "json", "/etc/sudoers"),
        "suid": ["find", {"roots": ["/"], "argv": ["-type", "f", "-perm", "/6000"]}],
        "writable": ["find", {
            "roots": ["/etc", "/opt", "/usr", "/root", "/var/lib", "/var/log", "/srv"],
            "argv": ["-not", "-type", "l", "-perm", "-0002", "-not", "-perm", "-1000",
                     "-not", "-type", "s"],
        }],
        "strange_cron": ["unpackaged", {"roots": CRON}],
        "crontabs": ["find", {"roots": ["/var/spool/cron/crontabs"], "argv": ["-type", "f"]}],
        "keys": ["keys", {"roots": ["/root", "/home", "/var/lib", "/etc/ssh"]}],
        "own_units": ["find", {"roots": ["/etc/systemd/system"], "argv": ["-type", "f"]}],
        "preload": ["states", {"patterns": ["/etc/ld.so.preload"]}],
        "failed": run("systemctl", "list-units", "--failed", "--plain", "--no-legend"),
        "journald": run("systemd-analyze", "cat-config", "systemd/journald.conf"),
        "resolvers": run("cat", RESOLVED, "/etc/resolv.conf", okay=[0, 1]),
        "sysctl": run("sysctl", "-a", okay="any"),
        "apt": run("apt-config", "dump"),
        "apt_sources": ["unsigned", {}],
        "changed": run("dpkg", "--verify", "openssh-server", "sudo", "nftables", okay="any"),
        "processes": ["processes", {}],
        "certificates": ["certificates", {"roots": ["/etc/phaseline/tls"]}],
    }  # fmt: skip


def of_odoo(declared: DeclaredEnvironment) -> dict[str, Order]:
    """Return what is read where Odoo runs."""
    mount = ("findmnt", "--noheadings", "--output", "FSTYPE", "--mountpoint", "/var/lib/odoo")
    found: dict[str, Order] = {"shared_mount": run(*mount, okay=[0, 1])}
    for tenant in declared.tenants:
        found.update(of_tenant(tenant, declared))
    return found


def of_tenant(tenant: DeclaredTenant, declared: DeclaredEnvironment) -> dict[str, Order]:
    """Return what is read of one tenant where Odoo runs."""
    name, unit = tenant.name, f"odoo@{tenant.name}.service"
    filestore = f"/var/lib/odoo/{name}/filestore/{name}"
    sample = 0 if declared.deep else SAMPLE
    return {
        f"conf/{name}": ["conf", {"path": f"/etc/odoo/{name}.conf"}],
        f"unit/{name}": run("systemctl", "show", "--all", unit),
        f"exposure/{name}": run("systemd-analyze", "security", "--no-pager", unit),
        f"release/{name}": ["release", {"link": f"/opt/odoo/tenants/{name}", "sample": sample}],
        f"filestore/{name}": ["filestore", {"user": f"odoo-{name}", "folder": filestore}],
    }


def of_postgres(declared: DeclaredEnvironment) -> dict[str, Order]:
    """Return what is read where PostgreSQL runs."""
    found: dict[str, Order] = {
        name: ["sql", {"database": "postgres", "query": query}]
        for name, query in queries.CLUSTER.items()
    }
    for tenant in declared.tenants:
        for name, query in queries.TENANT.items():
            order = {"database": tenant.name, "query": query, "role": tenant.name}
            found[f"{name}/{tenant.name}"] = ["sql", order]
        found[f"guessable/{tenant.name}"] = ["guessable", {"database": tenant.name}]
    return found


def of_proxy(declared: DeclaredEnvironment) -> dict[str, Order]:  # noqa: ARG001 (same shape as the others)
    """Return what is read where nginx runs."""
    return {
        "nginx": run("nginx", "-T", "-q"),
        "fail2ban": run("fail2ban-client", "status"),
    }


def of_monitoring(declared: DeclaredEnvironment) -> dict[str, Order]:
    """Return what is read where Prometheus runs."""
    domains = [one.domain for one in declared.tenants]
    readings: dict[str, tuple[str, str, dict[str, Any]]] = {
        "targets": ("targets", "9090/api/v1/targets?state=active", {"domains": domains}),
        "managers": ("managers", "9090/api/v1/alertmanagers", {}),
        "rules": ("http", "9090/api/v1/rules", {}),
        "alertmanager": ("http", "9093/api/v2/status", {}),
    }
    home = "/etc/phaseline/tls"
    return {
        name: [verb, {"url": f"https://127.0.0.1:{path}", "home": home, **more}]
        for name, (verb, path, more) in readings.items()
    }
