"""One suite, four ports: the memory double always, three drivers against a real Odoo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from phaseline.errors import Fault, PhaselineError
from phaseline.flows.machines import sandbox as flow
from phaseline.odoo.drivers.connect import Credentials, connect
from phaseline.odoo.memory.port import MemoryOdoo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phaseline.hosts.sandbox.sandbox import Running
    from phaseline.odoo.port import Port

DRIVERS = ("json2", "session", "rpc")


@dataclass(frozen=True)
class RealOdoo:
    """A real server that tests may write to."""

    url: str
    database: str
    credentials: Credentials
    second: tuple[str, Credentials] | None = None  # another database of the same server

    def port(self, driver: str | None = None, url: str | None = None, **options: Any) -> Port:
        return connect(url or self.url, self.database, self.credentials, driver=driver, **options)


@dataclass
class Doors:
    """Ports to one database, opened by one driver."""

    driver: str
    real: RealOdoo | None
    double: MemoryOdoo | None = None
    opened: list[Port] = field(default_factory=list)

    def admin(self, **options: Any) -> Port:
        """A port of the administrator."""
        if self.double is not None:
            return self.double.sign_in(2)
        assert self.real is not None
        port = self.real.port(self.driver, **options)
        self.opened.append(port)
        return port

    def clerk(self, denied: tuple[str, str]) -> Port:
        """A port of somebody who may not do one operation (`model`, `operation`)."""
        if self.double is not None:
            self.double.deny(99, *denied)
            return self.double.sign_in(99)
        assert self.real is not None
        port = connect(self.real.url, self.real.database, employee(self.real), driver=self.driver)
        self.opened.append(port)
        return port


CLERKS: dict[str, Credentials] = {}
MINT = (
    "user = env['res.users'].browse(env.context['clerk'])\n"
    "day = datetime.datetime.now() + datetime.timedelta(days=1)\n"
    "key = env['res.users.apikeys'].with_user(user)._generate(None, 'test', day)\n"
    "action = {'type': 'key', 'key': key}"
)


def employee(real: RealOdoo) -> Credentials:
    """An internal user without any further right, with password and key."""
    found = CLERKS.get(real.database)
    if found is None:
        port = real.port("json2")
        login, password = f"clerk-{uuid4().hex[:8]}", uuid4().hex
        values = {"name": "Clerk", "login": login, "password": password}
        uid = port.call("res.users", "create", vals_list=[values])
        model = port.call("ir.model", "search", domain=[["model", "=", "res.users"]])
        action = port.call(
            "ir.actions.server",
            "create",
            vals_list=[{"name": "mint", "model_id": model[0], "state": "code", "code": MINT}],
        )
        made = port.call("ir.actions.server", "run", action, context={"clerk": uid[0]})
        port.call("ir.actions.server", "unlink", action)
        port.close()
        found = CLERKS[real.database] = Credentials(login, password, made["key"])
    return found


@pytest.fixture(scope="session")
def real_odoo(sandbox: Running) -> Iterator[RealOdoo]:
    """Two copies of the shared sandbox's database; both know its password and its key."""
    known = Credentials(sandbox.admin_login, sandbox.password, sandbox.api_key)
    with flow.scratch(sandbox) as database, flow.scratch(sandbox) as second:
        yield RealOdoo(sandbox.url, database, known, (second, known))


@pytest.fixture(params=["memory", *(pytest.param(one, marks=pytest.mark.odoo) for one in DRIVERS)])
def doors(request: pytest.FixtureRequest) -> Iterator[Doors]:
    """Every way to reach a database, one after the other."""
    driver = str(request.param)
    if driver == "memory":
        yield Doors(driver, None, MemoryOdoo())
        return
    found = Doors(driver, request.getfixturevalue("real_odoo"))
    yield found
    for port in found.opened:
        port.close()


@pytest.fixture
def port(doors: Doors) -> Port:
    """The administrator's port."""
    return doors.admin()


@pytest.fixture
def mark() -> str:
    """A text no other test uses, to tell its records from others."""
    return f"port-{uuid4().hex[:12]}"


@pytest.fixture
def partners(port: Port, mark: str) -> Callable[..., list[int]]:
    """Makes partners whose `ref` is the test's mark."""

    def make(*names: str, **values: Any) -> list[int]:
        rows = [{"name": name, "ref": mark, **values} for name in names]
        made: list[int] = port.call("res.partner", "create", vals_list=rows)
        return made

    return make


@pytest.fixture
def refusal() -> Callable[..., Fault]:
    """Makes a call that must be refused and returns its one fault."""

    def ask(port: Port, model: str, method: str, *ids: list[int], **arguments: Any) -> Fault:
        with pytest.raises(PhaselineError) as caught:
            port.call(model, method, *ids, **arguments)
        (fault,) = caught.value.faults
        return fault

    return ask
