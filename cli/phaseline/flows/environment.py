"""Opens an environment by its name: where its Odoo is, who we are there, and its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from phaseline.files.inventory import SANDBOX, Address, address
from phaseline.files.places import state_dir
from phaseline.files.secrets import Secrets
from phaseline.flows import sandbox as sandboxes
from phaseline.odoo.counted import Counted
from phaseline.odoo.probe import Credentials
from phaseline.odoo.probe import connect as open_port

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.odoo.port import Port

Scratch = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with the deploy user's port; `scratch` gives a throwaway copy's database."""

    name: str
    kind: str
    url: str
    database: str
    port: Counted = field(repr=False)
    secrets: Secrets
    credentials: Credentials = field(repr=False)
    scratch: Scratch | None = field(default=None, repr=False)

    def as_user(self, login: str, password: str, database: str | None = None) -> Port:
        """Return a port of one of the tenant's users, by a web session as in the browser."""
        credentials = Credentials(login, password, None)
        return open_port(self.url, database or self.database, credentials)

    def as_deployer(self, database: str) -> Port:
        """Return the deploy user's port to another database of the same server."""
        return open_port(self.url, database, self.credentials)


def secrets_of(project_dir: Path, env: str) -> Secrets:
    """Return the secrets of an environment, kept outside the project."""
    return Secrets(state_dir(project_dir) / env / "secrets.json", env)


@contextmanager
def connect(project_dir: Path, env: str) -> Iterator[Environment]:
    """Open an environment for a while: `sandbox`, or one of the project's inventory."""
    secrets = secrets_of(project_dir, env)
    if env == SANDBOX:
        place, credentials, scratch = sandbox(project_dir)
    else:
        place = address(project_dir / "inventory.ini", env)
        scratch = None
        key = secrets.find("odoo_api_key")
        password = secrets.find("odoo_password")
        if key is None and password is None:
            secrets.get("odoo_api_key")
        credentials = Credentials(place.login, password, key)
    port = Counted(open_port(place.url, place.database, credentials))
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
        )
    finally:
        port.close()


def sandbox(project_dir: Path) -> tuple[Address, Credentials, Scratch | None]:
    """Return where the project's running sandbox is, and how to get a throwaway copy of it."""
    running = sandboxes.running(project_dir)
    place = Address(SANDBOX, SANDBOX, running.url, running.database, running.admin_login)
    credentials = Credentials(running.admin_login, running.password, running.api_key)
    return place, credentials, partial(sandboxes.scratch, running)
