"""Environments come from the inventory's group variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.environments import inventory as addresses
from phaseline.flows import inventory

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.files.environments.inventory import Address

TEXT = """\
[odoo]
app1 ansible_host=192.0.2.1 ansible_user=root
[testing:vars]
odoo_url=https://testing.example.com/
odoo_database=brand_test
environment_kind=testing
[live:vars]
odoo_url=https://shop.example.com
environment_kind=prod
[other:vars]
colour=%(red)s
"""


def address(path: Path, env: str) -> Address:
    return addresses.address(inventory.read(path.parent), path, env)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "inventory.ini"
    file.write_text(TEXT)
    return file


def test_an_environment_has_an_address(path: Path) -> None:
    found = address(path, "testing")
    assert (found.url, found.database, found.kind, found.login) == (
        "https://testing.example.com", "brand_test", "testing", "admin",
    )  # fmt: skip


def test_an_unknown_environment_is_answered_with_the_nearest(path: Path) -> None:
    with pytest.raises(PhaselineError) as error:
        address(path, "tseting")
    assert error.value.faults[0].hint == "Did you mean 'testing'?"


def test_an_unknown_kind_is_refused(path: Path) -> None:
    with pytest.raises(PhaselineError, match="environment_kind of 'live' is 'prod'"):
        address(path, "live")


def test_without_an_inventory_there_is_the_sandbox(tmp_path: Path) -> None:
    with pytest.raises(PhaselineError) as error:
        address(tmp_path / "inventory.ini", "testing")
    assert "sandbox" in error.value.faults[0].hint


def test_an_environment_without_a_tenant_names_the_command_that_adds_one(path: Path) -> None:
    path.write_text("[empty:vars]\nenvironment_kind=testing\n")
    with pytest.raises(PhaselineError) as error:
        address(path, "empty")
    assert "phaseline tenant add NAME --env empty" in error.value.faults[0].hint


def test_an_inventory_in_another_encoding_is_a_fault(path: Path) -> None:
    path.write_bytes(b"[testing:vars]\nnote=caf\xe9\n")
    with pytest.raises(PhaselineError) as error:
        address(path, "testing")
    assert error.value.faults[0].code == "C002"
