"""The one sandbox that the tests on a real Odoo share, and a fresh copy of it for each test."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from phaseline.flows import init
from phaseline.flows import sandbox as flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.hosts.sandbox import Running

REUSED = "PHASELINE_TEST_SANDBOX_PROJECT"  # a project whose sandbox runs already: quick, left alone


@dataclass(frozen=True)
class Database:
    """A throwaway database and how its administrator signs in."""

    url: str
    database: str
    login: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)


@pytest.fixture(scope="session")
def sandbox_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with the example tenant whose sandbox runs."""
    if reused := os.environ.get(REUSED):
        project = Path(reused)
        flow.up(flow.Order(project))
        yield project
        return
    project = tmp_path_factory.mktemp("sandbox") / "project"
    init.run(project)
    try:
        flow.up(flow.Order(project))
        yield project
    finally:
        flow.down(project)


@pytest.fixture(scope="session")
def sandbox(sandbox_project: Path) -> Running:
    """The running sandbox: all modules of the blueprint, no stage applied; read it only."""
    return flow.running(sandbox_project)


@pytest.fixture
def database(sandbox: Running) -> Iterator[Database]:
    """A copy of the sandbox's database for one test, which may write as it likes."""
    with flow.scratch(sandbox) as name:
        yield Database(sandbox.url, name, sandbox.admin_login, sandbox.password, sandbox.api_key)
