"""Sizes follow the published formulas, and what does not fit is refused with the arithmetic."""

from __future__ import annotations

import pytest

from phaseline.core.environments import sizing
from phaseline.errors import PhaselineError


def tenant(name: str = "harbour", **line: object) -> sizing.TenantSize:
    return sizing.read({"name": name, **line})


def test_a_worker_is_reckoned_as_odoos_guide_says() -> None:
    assert sizing.WORKER_MB == 325


@pytest.mark.parametrize(
    ("users", "vcpus", "workers", "cron"),
    [(1, 2, 2, 1), (13, 4, 3, 1), (36, 4, 6, 1), (48, 4, 7, 2), (600, 4, 7, 2)],
)
def test_workers_follow_users_up_to_the_processors(users, vcpus, workers, cron) -> None:
    found = sizing.size(tenant(plan={"users": users}), 0, vcpus)
    assert (found.workers, found.cron_threads) == (workers, cron)


def test_orders_need_workers_of_their_own() -> None:
    few = sizing.size(tenant(plan={"users": 12, "orders_per_day": 100}), 0, 8)
    many = sizing.size(tenant(plan={"users": 12, "orders_per_day": 10_000}), 0, 8)
    assert (few.workers, many.workers) == (2, 10)


def test_two_small_tenants_fit_a_host_of_four_gibibytes() -> None:
    placed = sizing.place([tenant(), tenant("quayside")], sizing.Host(2, 4096))
    assert {one.http_port for one in placed.values()} == {8069, 8079}


def test_a_tenant_too_many_is_refused_with_the_sum() -> None:
    crowd = [tenant(name) for name in ("harbour", "quayside", "lighthouse")]
    with pytest.raises(PhaselineError) as refused:
        sizing.place(crowd, sizing.Host(2, 4096))
    assert "4629 MB  of 4096 MB" in refused.value.faults[0].message


def test_too_few_processors_are_refused() -> None:
    with pytest.raises(PhaselineError) as refused:
        sizing.place([tenant(plan="l")], sizing.Host(2, 64_000))
    assert "needs 18 workers" in refused.value.faults[0].message


def test_connections_are_counted_where_the_database_is() -> None:
    crowd = [tenant(f"tenant{number}") for number in range(20)]
    with pytest.raises(PhaselineError) as refused:
        sizing.place(crowd, sizing.Host(8, 2048, database=True, odoo=False))
    assert "may open 800 connections" in refused.value.faults[0].message


def test_connections_are_counted_on_every_node() -> None:
    crowd = [tenant(f"tenant{number}") for number in range(4)]
    sizing.place(crowd, sizing.Host(8, 2048, odoo=False))
    with pytest.raises(PhaselineError) as refused:
        sizing.place(crowd, sizing.Host(8, 2048, odoo=False, nodes=2))
    assert "may open 320 connections on 2 nodes" in refused.value.faults[0].message


def test_one_port_is_not_given_twice() -> None:
    with pytest.raises(PhaselineError) as refused:
        sizing.place([tenant(port=8069), tenant("quayside", port=8070)], sizing.Host(2, 4096))
    assert refused.value.faults[0].code == "H031"


def test_a_neighbour_changes_nothing() -> None:
    alone = sizing.place([tenant(port=8069)], sizing.Host(2, 8192))
    beside = sizing.place([tenant(port=8069), tenant("q", port=8079)], sizing.Host(2, 8192))
    assert alone["harbour"] == beside["harbour"]


def test_postgresql_takes_a_quarter_of_a_host_of_its_own() -> None:
    assert sizing.Host(4, 8192, odoo=False).postgres["shared_buffers_mb"] == 2048


def test_an_unknown_plan_is_a_fault() -> None:
    with pytest.raises(PhaselineError) as refused:
        tenant(plan="xl")
    assert refused.value.faults[0].code == "H032"
