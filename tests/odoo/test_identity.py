"""On a real Odoo: markers and lock of a copy are told apart by name and by `database.uuid`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.flows.machines import sandbox as sandboxes
from phaseline.odoo import lock
from phaseline.odoo.drivers.connect import Credentials, connect
from phaseline.odoo.stages import markers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.hosts.sandbox.sandbox import Running
    from phaseline.odoo.port import Port

pytestmark = pytest.mark.odoo
OTHER = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def port(sandbox: Running) -> Iterator[Port]:
    """The administrator's port to a copy of the sandbox's database."""
    credentials = Credentials(sandbox.admin_login, None, sandbox.api_key)
    with sandboxes.scratch(sandbox) as database:
        opened = connect(sandbox.url, database, credentials)
        yield opened
        opened.close()


def renew(port: Port) -> None:
    """Give the database another uuid, as Odoo does in a copy."""
    rows = port.call("ir.config_parameter", "search", domain=[["key", "=", markers.UUID]])
    port.call("ir.config_parameter", "write", rows, vals={"value": OTHER})


def test_a_copied_database_is_not_believed_and_the_original_is(port: Port) -> None:
    identity = markers.read(port, "testing/acme").identity
    assert len(identity.database) == len(OTHER)
    markers.write(port, "one", "0" * 64, identity)
    assert markers.read(port, "testing/acme").applied["one"] == "0" * 64
    assert "one" not in markers.read(port, "uat").applied
    renew(port)
    found = markers.read(port, "testing/acme")
    assert "one" not in found.applied
    assert ("marker", "one", identity) in [
        (one.kind, one.subject, one.identity) for one in found.foreign
    ]


def test_the_lock_of_another_database_is_replaced_and_named(port: Port) -> None:
    identity = markers.read(port, "testing").identity
    lock.acquire(port, "a run in the original", identity=identity)
    renew(port)
    here = markers.read(port, "testing").identity
    with lock.hold(port, "a run in the copy", identity=here) as held:
        assert held.replaced is not None
        assert held.replaced.identity == identity
    assert lock.inspect(port) is None
