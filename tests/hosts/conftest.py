"""The bare hosts that the tests of roles share; the lab of whole environments is one level up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hosts import environments, role_hosts
from hosts.lab_client import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

REUSED = "PHASELINE_TEST_ALONE_PROJECT"  # a project whose one host may be provisioned on


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[role_hosts.Ground]:
    """Two bare hosts, Debian 13 and 12, that the tests of single roles share."""
    bench = Bench(tmp_path_factory.mktemp("ground") / "project")
    bench.project.mkdir()
    try:
        yield role_hosts.made(bench)
    finally:
        bench.run("down")


@pytest.fixture(scope="session")
def ready(ground: role_hosts.Ground) -> role_hosts.Ground:
    """The same hosts after the plays of the ground roles' READMEs."""
    assert ground.play(*role_hosts.ROLES).failures == {}
    return ground


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One host that carries everything, empty at first, for tests that only `rehearse` runs."""
    if reused := os.environ.get(REUSED):
        yield Bench(Path(reused).absolute())
        return
    folder = tmp_path_factory.mktemp("alone") / "project"
    bench = environments.project(folder, {"testing": ("harbour",)})
    try:
        bench.up(environments.ALONE.format(suite="trixie"))
        yield bench
    finally:
        bench.run("down")
