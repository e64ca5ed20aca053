"""An environment is sized before it exists, with the arithmetic shown."""

from __future__ import annotations

import pytest

from phaseline.core.environments.sizing import Load
from phaseline.errors import Exit, PhaselineError
from phaseline.files.render import size
from phaseline.flows.environments import size as env_size


def test_the_smallest_usual_host_that_carries_it_is_named() -> None:
    found = env_size.run(env_size.SizeRequest(Load(25, 400)))
    assert (found["host"]["vcpus"], found["host"]["memory_mb"]) == (4, 8192)
    assert found["chosen"]


def test_a_host_that_is_too_small_is_refused_with_the_arithmetic() -> None:
    with pytest.raises(PhaselineError) as error:
        env_size.run(env_size.SizeRequest(Load(60, 2000), vcpus=8, memory_mb=2048))
    assert error.value.exit_code == Exit.REFUSED
    assert "of 2048 MB" in error.value.faults[0].message


def test_what_no_usual_host_carries_is_refused() -> None:
    with pytest.raises(PhaselineError):
        env_size.run(env_size.SizeRequest(Load(2000, 0)))


def test_orders_fill_the_disk() -> None:
    few = env_size.run(env_size.SizeRequest(Load(10, 100)))["disk"]
    many = env_size.run(env_size.SizeRequest(Load(10, 1000)))["disk"]
    assert many["growth_gb_a_year"] == pytest.approx(10 * few["growth_gb_a_year"], rel=0.02)
    assert many["backup_gb"] > few["backup_gb"]


def test_a_database_apart_gets_a_quarter_of_its_own_host() -> None:
    found = env_size.run(env_size.SizeRequest(Load(60, 2000), database=False))
    assert found["postgres"]["shared_buffers_mb"] == found["database_host"]["memory_mb"] // 4


def test_the_text_shows_how_every_number_came_about() -> None:
    text = size.render(env_size.run(env_size.SizeRequest(Load(25, 400), tenants=2)))
    for said in (
        "25 at work / 6 a worker",
        "x 325 + 150 for websockets",
        "0.18 MB an order",
        "assumed",
    ):
        assert said in text
