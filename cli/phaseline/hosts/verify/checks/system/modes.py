"""Who owns what the kit writes, and who may read it: one line a path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from phaseline.hosts.verify.checks.model import Check, DoesNotApplyError, Finding, nothing

if TYPE_CHECKING:
    from phaseline.core.environments.declared import DeclaredEnvironment, Host
    from phaseline.hosts.verify.checks.model import Subject


@dataclass(frozen=True, slots=True)
class Expectation:
    """A path (perhaps a pattern) and how it has to stand there."""

    id: str
    says: str
    path: str
    owner: str
    group: str
    modes: tuple[str, ...]
    hosts: str = "all"  # the group of hosts that have it
    each: str = "host"
    optional: bool = False
    linked: bool = False  # what a link leads to is judged in its place


def wanted(id_: str, says: str, path: str, rights: str, hosts: str = "all") -> Expectation:
    """Return a line from rights written as `owner:group 0640`, `0640|0600` for either mode.

    A path that ends in `?` may be missing, one that ends in `@` may be a link.
    """
    who, _, mode = rights.partition(" ")
    owner, _, group = who.partition(":")
    each = "tenant" if "{tenant}" in path or "{domain}" in path else "host"
    optional = "*" in path or path.endswith("?")
    modes = tuple(mode.split("|"))
    return Expectation(
        f"files.{id_}", says, path.rstrip("?@"), owner, group, modes, hosts, each, optional,
        linked=path.endswith("@"),
    )  # fmt: skip


TABLE = (
    wanted("marker", "The mark of the environment is root's and readable",
           "/etc/phaseline/host.json", "root:root 0644"),
    wanted("tls_key", "The host's private key is readable by root and ssl-cert only",
           "/etc/phaseline/tls/host.key", "root:ssl-cert 0640"),
    wanted("tls_certificate", "The host's certificate is root's",
           "/etc/phaseline/tls/host.crt", "root:root|ssl-cert 0644"),
    wanted("ca_certificate", "The authority's certificate is root's",
           "/etc/phaseline/tls/ca.crt", "root:root|ssl-cert 0644"),
    wanted("sudoers", "The rules of sudo are readable by root only",
           "/etc/sudoers", "root:root 0440"),
    wanted("sudoers_parts", "Each part of the rules of sudo is readable by root only",
           "/etc/sudoers.d/*", "root:root 0440"),
    wanted("sshd_config", "The configuration of SSH is root's",
           "/etc/ssh/sshd_config.d/*.conf", "root:root 0644|0600"),
    wanted("ssh_host_keys", "The host keys of SSH are readable by root only",
           "/etc/ssh/ssh_host_*_key", "root:root 0600"),
    wanted("nftables", "The firewall's rules are root's",
           "/etc/nftables.conf", "root:root 0644|0640|0600|0755"),
    wanted("shadow", "The password hashes of the system are closed",
           "/etc/shadow", "root:shadow 0640"),
    wanted("passwd", "The list of accounts is root's",
           "/etc/passwd", "root:root 0644"),
    wanted("numbers", "What is counted is readable by the host's exporter only",
           "/var/lib/phaseline/collectors/*", "phaseline_collectors:prometheus 2750"),
    wanted("numbers_programs", "The programs that count are root's",
           "/usr/local/lib/phaseline/collectors/*.py", "root:root 0644"),
    wanted("nginx_logs", "The sites' logs are readable by nobody who serves one of them",
           "/var/log/nginx", "root:adm 0750", "proxy"),
    wanted("odoo_folder", "The folder of Odoo's configuration is root's",
           "/etc/odoo", "root:root 0755|0751|0711", "odoo"),
    wanted("odoo_conf", "A tenant's configuration is readable by root and that tenant only",
           "/etc/odoo/{tenant}.conf", "root:odoo-{tenant} 0640", "odoo"),
    wanted("odoo_environment", "What a tenant's unit is told is root's",
           "/etc/odoo/{tenant}.env", "root:root|odoo-{tenant} 0640|0600|0644", "odoo"),
    wanted("odoo_home", "A tenant's data are closed to everybody else",
           "/var/lib/odoo/{tenant}", "odoo-{tenant}:odoo-{tenant} 0750|0700", "odoo"),
    wanted("odoo_filestore", "A tenant's filestore is the tenant's own",
           "/var/lib/odoo/{tenant}/filestore", "odoo-{tenant}:odoo-{tenant} 0700|0750", "odoo"),
    wanted("releases", "The releases are root's and nobody else writes there",
           "/opt/odoo/releases", "root:root 0755", "odoo"),
    wanted("release", "A tenant's release is root's and nobody else writes there",
           "/opt/odoo/tenants/{tenant}/.", "root:root 0755", "odoo"),
    wanted("unit_template", "The unit of Odoo is root's",
           "/etc/systemd/system/odoo@.service", "root:root 0644", "odoo"),
    wanted("unit_drop_ins", "The additions to a tenant's unit are root's",
           "/etc/systemd/system/odoo@{tenant}.service.d/*.conf", "root:root 0644", "odoo"),
    wanted("pg_hba", "The rules of who may connect are closed",
           "/etc/postgresql/*/main/pg_hba.conf", "root|postgres:postgres 0640|0600", "postgres"),
    wanted("pg_data", "PostgreSQL's data are closed",
           "/var/lib/postgresql/*/main", "postgres:postgres 0700|0750", "postgres"),
    wanted("nginx_site", "A tenant's site is root's",
           "/etc/nginx/sites-enabled/{tenant}.conf", "root:root 0644|0640", "proxy"),
    wanted("site_key", "The private key of a tenant's site is closed to others",
           "/etc/phaseline/tls/sites/{domain}.key@", "root:root|ssl-cert 0600|0640", "proxy"),
    wanted("backups", "The folder of backups is closed",
           "/var/backups/phaseline?", "root:root 0700|0750|0711", "backup"),
    wanted("prometheus", "The configuration of Prometheus is closed to others",
           "/etc/prometheus/prometheus.yml", "root:prometheus|root 0640|0644", "monitoring"),
)  # fmt: skip


def filled(one: Expectation, path: str, declared: DeclaredEnvironment) -> list[str]:
    """Return a path for each tenant, or as it stands."""
    if one.each == "host":
        return [path]
    return [path.format(tenant=tenant.name, domain=tenant.domain) for tenant in declared.tenants]


def patterns(declared: DeclaredEnvironment, host: Host) -> list[str]:
    """Return every path whose state is read on a host."""
    here = [one for one in TABLE if one.hosts in {"all", *host.groups}]
    return [path for one in here for path in filled(one, one.path, declared)]


def evaluate(one: Expectation, subject: Subject) -> Finding:
    """Return whether every file a line names stands as it has to."""
    tenant = subject.tenant
    fill = {"tenant": tenant.name, "domain": tenant.domain} if tenant else {}
    path = one.path.format(**fill)
    states = subject.facts["states"]
    head, star, tail = path.partition("*")
    there = [name for name in states if name == path]
    if star:
        there = [name for name in states if name.startswith(head) and name.endswith(tail)]
    if one.optional and not any(states[name] for name in there):
        message = f"there is no {path}"
        raise DoesNotApplyError(message)
    owners, groups = one.owner.format(**fill).split("|"), one.group.format(**fill).split("|")
    wrong = []
    for name in there or [path]:
        state = states.get(name)
        if one.linked and state and state["kind"] == "link":
            state = state["leads_to"]
        if state is None:
            wrong.append(f"{name} is missing")
        elif not (state["owner"] in owners and state["group"] in groups
                  and state["mode"] in one.modes):  # fmt: skip
            wrong.append(f"{name} {state['owner']}:{state['group']} {state['mode']}")
    expected = f"{path} {'|'.join(owners)}:{'|'.join(groups)} {' or '.join(one.modes)}"
    return nothing(wrong, expected) if wrong else Finding(expected, "as expected", holds=True)


CHECKS = tuple(
    Check(one.id, one.says, one.hosts, partial(evaluate, one), one.each) for one in TABLE
)
