"""Two tenants on one host: twenty ways from one into the other, each refused."""

from __future__ import annotations

import http.client
import json
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.files.environments import vault
from phaseline.files.paths import state_dir
from phaseline.flows.environments.resolved_inventory import declare
from phaseline.hosts.verify.external_probe import SiteProbe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.hosts

HOST = "test1"
ME, OTHER = "quayside", "harbour"  # who probes, and whom


@dataclass(frozen=True)
class Ground:
    """What a probe needs: the host, the sites, and the attacker's own credentials."""

    project: Path
    address: str
    authority: str
    domains: dict[str, str]
    ports: dict[str, int]
    keys: dict[str, str] = field(repr=False)
    passwords: dict[str, str] = field(repr=False)

    def as_me(self, command: str) -> tuple[int, str]:
        """Run a command as the attacking tenant's own account on the host."""
        line = f"runuser -u odoo-{ME} -- bash -c {quoted(command)} 2>&1"
        return self.as_root(line)

    def in_unit(self, command: str) -> tuple[int, str]:
        """Run a command as the attacker, within what the unit of its Odoo lets it see."""
        user = f"odoo-{ME}"
        return self.as_root(
            f"nsenter -t $(systemctl show -P MainPID odoo@{ME}) -m setpriv --reuid {user}"
            f" --regid {user} --clear-groups bash -c {quoted(command)} 2>&1"
        )

    def as_root(self, line: str) -> tuple[int, str]:
        config = state_dir(self.project) / "lab" / "ssh_config"
        words = ["ssh", "-F", str(config), "-o", "BatchMode=yes", HOST, "bash", "-s"]
        done = subprocess.run(words, input=line, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def ask(
        self, domain: str, path: str, body: dict[str, Any] | None = None, **headers: str
    ) -> tuple[int, str, list[str]]:
        """Ask a site over HTTPS; the name in TLS is the domain's, headers may lie."""
        connection = http.client.HTTPSConnection(domain, timeout=30)
        connection.sock = SiteProbe(self.address, domain, self.authority).open()
        given = {"Host": domain, "Content-Type": "application/json", **headers}
        method = "GET" if body is None else "POST"
        text = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, text, given)
            answer = connection.getresponse()
            cookies = answer.headers.get_all("Set-Cookie") or []
            return answer.status, answer.read().decode(errors="replace"), cookies
        finally:
            connection.close()

    def session(self, tenant: str) -> str:
        """Return the cookie of a session of a tenant's administrator."""
        params = {"db": tenant, "login": "operator", "password": self.passwords[tenant]}
        status, body, cookies = self.ask(
            self.domains[tenant], "/web/session/authenticate", {"params": params}
        )
        assert status == 200, body
        assert json.loads(body)["result"]["uid"], body
        return next(one.split(";")[0] for one in cookies if one.startswith("session_id="))


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.fixture(scope="module")
def ground(lab_project: Path) -> Ground:
    declared = declare(lab_project, "testing")
    host = next(one for one in declared.hosts if one.name == HOST)
    secrets = vault.load(lab_project, "testing")["vault_tenants"]
    return Ground(
        lab_project,
        str(host.variables["ansible_host"]),
        str(host.variables["environment_ca_certificate"]),
        {one.name: one.domain for one in declared.tenants},
        {one.name: int(one.sizing["http_port"]) for one in declared.tenants},
        {name: one["api_key"] for name, one in secrets.items()},
        {name: one["admin_password"] for name, one in secrets.items()},
    )


def denied(answer: tuple[int, str], *words: str) -> bool:
    """Return whether a command was refused, and for the reason that was meant."""
    status, said = answer
    return status != 0 and any(word in said for word in words or ("Permission denied",))


def reads_the_filestore(g: Ground) -> bool:
    return denied(g.as_me(f"find /var/lib/odoo/{OTHER}/filestore -type f -exec head -c1 {{}} +"))


def reads_the_configuration(g: Ground) -> bool:
    return denied(g.as_me(f"cat /etc/odoo/{OTHER}.conf"))


def writes_into_the_data(g: Ground) -> bool:
    return denied(g.as_me(f"touch /var/lib/odoo/{OTHER}/filestore/planted"))


def reaches_the_port(g: Ground) -> bool:
    return denied(
        g.as_me(f"exec 3<>/dev/tcp/127.0.0.1/{g.ports[OTHER]}"),
        "refused", "not permitted", "denied", "prohibited", "timed out",
    )  # fmt: skip


def writes_into_the_release(g: Ground) -> bool:
    path = f"/opt/odoo/tenants/{OTHER}/planted"
    return denied(g.as_me(f"touch {path}"), "Permission denied", "Read-only")


def connects_to_the_database(g: Ground) -> bool:
    return denied(
        g.as_me(f"psql -h /run/postgresql -U {ME} -d {OTHER} -c 'SELECT 1'"),
        "pg_hba.conf", "permission denied",
    )  # fmt: skip


def connects_as_the_other_role(g: Ground) -> bool:
    return denied(
        g.as_me(f"psql -h /run/postgresql -U {OTHER} -d {OTHER} -c 'SELECT 1'"),
        "authentication failed", "pg_hba.conf",
    )  # fmt: skip


def creates_in_public_of_postgres(g: Ground) -> bool:
    return denied(
        g.as_me(f"psql -h /run/postgresql -U {ME} -d postgres -c 'CREATE TABLE public.planted ()'"),
        "permission denied",
    )


def makes_a_database(g: Ground) -> bool:
    database = g.as_me(f"psql -h /run/postgresql -U {ME} -d {ME} -c 'CREATE DATABASE planted'")
    return denied(database, "permission denied")


def sees_the_processes(g: Ground) -> bool:
    status, said = g.in_unit("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    return status == 0 and f"{OTHER}.conf" not in said


def reads_the_environment_of_processes(g: Ground) -> bool:
    _, pid = g.as_root(f"systemctl show -P MainPID odoo@{OTHER}")
    return denied(g.as_me(f"cat /proc/{pid.strip()}/environ"))


def plants_a_cron_job(g: Ground) -> bool:
    command = "touch /etc/cron.d/planted || touch /var/spool/cron/crontabs/planted"
    return denied(g.as_me(command), "Permission denied", "No such file")


def uses_a_session_at_the_other_site(g: Ground) -> bool:
    cookie = g.session(ME)
    own = g.ask(g.domains[ME], "/web/session/get_session_info", {"params": {}}, Cookie=cookie)
    assert json.loads(own[1])["result"]["uid"], own
    _, body, _ = g.ask(
        g.domains[OTHER], "/web/session/get_session_info", {"params": {}}, Cookie=cookie
    )
    return "error" in json.loads(body) or not json.loads(body)["result"].get("uid")


def switches_the_database_by_the_address(g: Ground) -> bool:
    _, _, cookies = g.ask(g.domains[ME], f"/web/login?db={OTHER}")
    cookie = next((one.split(";")[0] for one in cookies if "session_id=" in one), "")
    params = {"db": OTHER, "login": "operator", "password": g.passwords[OTHER]}
    _, answer, _ = g.ask(
        g.domains[ME], "/web/session/authenticate", {"params": params}, Cookie=cookie
    )
    return "Database not found" in answer or "AccessDenied" in answer


def switches_the_database_by_a_header(g: Ground) -> bool:
    headers = {"Authorization": f"bearer {g.keys[OTHER]}", "X-Odoo-Database": OTHER}
    path = "/json/2/res.users/search_count"
    good = g.ask(g.domains[OTHER], path, {"domain": []}, **headers)
    assert good[0] == 200, good
    status, _, _ = g.ask(g.domains[ME], path, {"domain": []}, **headers)
    return status in (401, 403, 404)


def switches_the_tenant_by_the_host_header(g: Ground) -> bool:
    # TLS speaks to our own site, the request names the other: the other site answers as a
    # stranger's request would be answered, and our own key or session opens nothing there
    headers = {"Authorization": f"bearer {g.keys[ME]}", "Host": g.domains[OTHER]}
    status, _, _ = g.ask(g.domains[ME], "/json/2/res.users/search_count", {"domain": []}, **headers)
    return status in (401, 403, 404, 421)


def reads_who_visits_the_other_site(g: Ground) -> bool:
    return denied(g.as_me(f"cat /var/log/nginx/{OTHER}.access.log"))


def reads_the_journal(g: Ground) -> bool:
    return denied(g.as_me("cat /var/log/journal/*/system.journal"))


def has_a_journal_that_its_number_could_be_left(g: Ground) -> bool:
    """Return whether what it writes goes where no account reads: into no file of its own."""
    status, said = g.as_root(
        f"ls /var/log/journal/*/user-$(id -u odoo-{ME}).journal 2> /dev/null | wc -l"
    )
    return (status, said.strip()) == (0, "0")


def sends_names_to_any_address(g: Ground) -> bool:
    program = (
        "import socket; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
        " one.sendto(bytes(400), ('198.51.100.9', {}))"
    )
    ways = [g.as_me(f"python3 -c {quoted(program.format(port))}") for port in (53, 123)]
    return all(denied(one, "not permitted", "Permission denied") for one in ways)


PROBES: tuple[Callable[[Ground], bool], ...] = (
    reads_the_filestore, reaches_the_port, reads_the_configuration, writes_into_the_data,
    writes_into_the_release, connects_to_the_database, connects_as_the_other_role,
    creates_in_public_of_postgres, makes_a_database, sees_the_processes,
    reads_the_environment_of_processes, plants_a_cron_job, uses_a_session_at_the_other_site,
    switches_the_database_by_the_address, switches_the_database_by_a_header,
    switches_the_tenant_by_the_host_header, reads_who_visits_the_other_site, reads_the_journal,
    has_a_journal_that_its_number_could_be_left, sends_names_to_any_address,
)  # fmt: skip


def test_there_are_twenty_probes() -> None:
    assert len(set(PROBES)) == 20


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_tenant_is_refused_when_it(ground: Ground, probe: Callable[[Ground], bool]) -> None:
    assert probe(ground)
