"""Opens an environment by its name: where its Odoo is, who we are there, and its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments import group_vars, tenants, vault
from phaseline.files.environments import inventory as addresses
from phaseline.files.environments.inventory import SANDBOX, Address
from phaseline.files.environments.secret_store import Secrets
from phaseline.files.paths import state_dir
from phaseline.flows import inventory
from phaseline.odoo.drivers.call_counter import CountingPort
from phaseline.odoo.drivers.connect import Credentials
from phaseline.odoo.drivers.connect import connect as open_port
from phaseline.odoo.drivers.http import DIRECT, Endpoint
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.core.environments.tenant_line import TenantLine
    from phaseline.odoo.port import Port

OPERATOR = "operator"  # the administrator's login in every tenant that the kit builds
Scratch = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with the deploy user's port; `scratch` gives a throwaway copy's database."""

    name: str
    kind: str
    url: str
    database: str
    port: CountingPort = field(repr=False)
    secrets: Secrets
    credentials: Credentials = field(repr=False)
    scratch: Scratch | None = field(default=None, repr=False)
    route: Endpoint = field(default=DIRECT, repr=False)

    def as_user(self, login: str, password: str, database: str | None = None) -> Port:
        """Return a port of one of the tenant's users, by a web session as in the browser."""
        credentials = Credentials(login, password, None)
        return open_port(self.url, database or self.database, credentials, route=self.route)

    def as_deployer(self, database: str) -> Port:
        """Return the deploy user's port to another database of the same server."""
        return open_port(self.url, database, self.credentials, route=self.route)


def secrets_of(project_dir: Path, env: str) -> Secrets:
    """Return the secrets of an environment, kept outside the project."""
    return Secrets(state_dir(project_dir) / env / "secrets.json", env)


@contextmanager
def connect(project_dir: Path, env: str) -> Iterator[Environment]:
    """Open an environment for a while: `sandbox`, or one of the inventory, or ENV/TENANT of it."""
    env = full_name(project_dir, env)
    secrets = secrets_of(project_dir, env)
    scratch, route = None, DIRECT
    if env == SANDBOX:
        place, credentials, scratch = sandbox(project_dir)
    elif (one := tenant_of(project_dir, env)) is not None:
        place, credentials, route = provisioned(project_dir, env, one)
    else:
        place = _address(project_dir, env)
        credentials = foreign(secrets, place)
    port = CountingPort(open_port(place.url, place.database, credentials, route=route))
    try:
        yield Environment(
            name=env,
            kind=place.kind,
            url=place.url,
            database=place.database,
            port=port,
            secrets=secrets,
            credentials=credentials,
            scratch=scratch,
            route=route,
        )
    finally:
        port.close()


def full_name(project_dir: Path, env: str) -> str:
    """Return ENV/TENANT for a tenant of ours, however it was named.

    Its journal and its secrets stay where they are when a second tenant joins the environment.
    """
    one = None if env == SANDBOX else tenant_of(project_dir, env)
    return env if one is None else f"{env.partition('/')[0]}/{one.name}"


def known_name(project_dir: Path, env: str, journalled: Iterable[str]) -> str:
    """Return the full name of an environment of the inventory or the journal; others are faults."""
    past = frozenset(journalled)
    if "/" in env and env in past:  # a tenant that was retired has a history still
        return env
    name = full_name(project_dir, env)
    known = [SANDBOX, *inventory.read(project_dir).environments()]
    if name not in {*known, *past} and name.partition("/")[0] not in known:
        hint = suggest(env, known, f"Environments: {', '.join(known)}.")
        place = Place(str(inventory.path_of(project_dir)))
        raise PhaselineError(Fault("C002", f"there is no environment '{env}'", place, hint))
    return name


def kind_of(project_dir: Path, env: str) -> str:
    """Return what kind of environment it is; nothing is asked of its Odoo."""
    if env == SANDBOX:
        return SANDBOX
    if tenant_of(project_dir, env) is None:
        return _address(project_dir, env).kind
    return _kind(project_dir, env.partition("/")[0])


def foreign(secrets: Secrets, place: Address) -> Credentials:
    """Return what opens an Odoo that the kit does not run."""
    key = secrets.find("odoo_api_key")
    password = secrets.find("odoo_password")
    if key is None and password is None:
        secrets.get("odoo_api_key")
    return Credentials(place.login, password, key)


def tenant_of(project_dir: Path, env: str) -> TenantLine | None:
    """Return the tenant that ENV or ENV/TENANT names; None for an Odoo the kit does not run."""
    name, slash, wanted = env.partition("/")
    if slash:
        return tenants.lookup(project_dir, name, wanted)
    known = tenants.read(project_dir, name)
    if len(known) > 1:
        hint = f"Name one: {', '.join(f'--env {name}/{one.name}' for one in known)}"
        message = f"environment '{name}' has {len(known)} tenants"
        raise PhaselineError(Fault("C010", message, known[1].place, hint))
    return known[0] if known else None


def provisioned(
    project_dir: Path, env: str, tenant: TenantLine
) -> tuple[Address, Credentials, Endpoint]:
    """Return where a tenant that the kit built answers, who we are there, and the way to it."""
    name = env.partition("/")[0]
    kind = _kind(project_dir, name)
    found = vault.load(project_dir, name).get("vault_tenants", {}).get(tenant.name, {})
    if "api_key" not in found:
        hint = f"Run: phaseline env provision {name}"
        message = f"tenant '{tenant.name}' of '{name}' has no key yet"
        raise PhaselineError(Fault("C003", message, tenant.place, hint))
    server = inventory.read(project_dir).value(name, "odoo_address")
    place = Address(env, kind, f"https://{tenant.domain}", tenant.name, OPERATOR)
    credentials = Credentials(OPERATOR, found.get("admin_password"), found["api_key"])
    authority = group_vars.certificate(project_dir, name) or ""
    return place, credentials, Endpoint(server, authority)


def _kind(project_dir: Path, name: str) -> str:
    path = inventory.path_of(project_dir)
    return addresses.kind(inventory.read(project_dir), path, name)


def _address(project_dir: Path, env: str) -> Address:
    path = inventory.path_of(project_dir)
    return addresses.address(inventory.read(project_dir), path, env)


def sandbox(project_dir: Path) -> tuple[Address, Credentials, Scratch | None]:
    """Return where the project's running sandbox is, and how to get a throwaway copy of it."""
    from phaseline.flows.machines import sandbox as sandboxes  # noqa: PLC0415 (slow to load, often idle)

    running = sandboxes.running(project_dir)
    place = Address(SANDBOX, SANDBOX, running.url, running.database, running.admin_login)
    credentials = Credentials(running.admin_login, running.password, running.api_key)
    return place, credentials, partial(sandboxes.scratch, running)
