"""The hosts that tests share: one lab with testing and production, made once a session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hosts import rollouts

if TYPE_CHECKING:
    from collections.abc import Iterator

REUSED = "PHASELINE_TEST_LAB_PROJECT"  # a project whose lab runs and stands: quick, left alone
TENANTS = {"testing": ("harbour", "quayside"), "production": ("harbour",)}


@pytest.fixture(scope="session")
def lab_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose testing and production stand on four hosts of a lab."""
    if reused := os.environ.get(REUSED):
        yield Path(reused).absolute()
        return
    folder = tmp_path_factory.mktemp("lab") / "project"
    bench = rollouts.project(folder, TENANTS)
    try:
        bench.up(rollouts.BOTH)
        rollouts.provision(folder, "testing", "production")
        yield folder
    finally:
        bench.run("down")
