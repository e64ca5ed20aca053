"""Size an environment before any host exists: processes, memory, connections and disk, reckoned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from phaseline.core.environments import sizing
from phaseline.errors import PhaselineError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Sizes that every provider has, smallest first: processors and MiB.
MACHINES = (
    (2, 4096), (2, 8192), (4, 8192), (4, 16384), (8, 16384), (8, 32768), (16, 65536),
    (32, 131072), (48, 196608),
)  # fmt: skip
START_GB = 12.0  # the system, a release, its template, logs of 30 days
TENANT_GB = 0.5  # a tenant's database and files on its first day
DAYS = 365


@dataclass(frozen=True, slots=True)
class SizeRequest:
    """What is to be carried, by how many tenants alike, and the host if one is chosen."""

    load: sizing.Load
    tenants: int = 1
    vcpus: int = 0
    memory_mb: int = 0
    database: bool = True
    years: int = 3


def run(order: SizeRequest) -> dict[str, Any]:
    """Return the host and what each tenant gets; a host that is too small is a fault."""
    asked = [named(order, number) for number in range(1, order.tenants + 1)]
    host = fitting(order, asked)
    sizes = sizing.place(asked, host)
    first = next(iter(sizes.values()))
    result = {
        "load": {**asdict(order.load), "tenants": order.tenants},
        "host": {"vcpus": host.vcpus, "memory_mb": host.memory_mb, "database": host.database},
        "chosen": not (order.vcpus or order.memory_mb),
        "tenant": {**first.options(), "needed_workers": first.needed_workers},
        "postgres": (host if host.database else apart(host)).postgres,
        "memory": list(sizing.arithmetic(sizes, host)),
        "workers": workers(order.load, host, first),
        "disk": disk(order),
        "assumed": dict(sizing.ASSUMED),
    }
    if not host.database:
        result["database_host"] = {
            "vcpus": max(2, host.vcpus // 2),
            "memory_mb": apart(host).memory_mb,
        }
    return result


def named(order: SizeRequest, number: int) -> sizing.TenantSize:
    """Return one of the tenants, which are all alike."""
    return sizing.TenantSize("tenant" if order.tenants == 1 else f"tenant{number}", order.load)


def fitting(order: SizeRequest, asked: Sequence[sizing.TenantSize]) -> sizing.Host:
    """Return the host that was given, or the smallest usual one that carries the tenants."""
    hosts = [
        sizing.Host(order.vcpus or vcpus, order.memory_mb or memory, order.database)
        for vcpus, memory in MACHINES
    ]
    for host in hosts[:-1]:
        try:
            sizing.place(asked, host)
        except PhaselineError:
            continue
        return host
    return hosts[-1]  # if this is too small as well, placing tells by how much


def apart(host: sizing.Host) -> sizing.Host:
    """Return a host for the database alone that goes with a host for Odoo: half its memory."""
    return sizing.Host(host.vcpus, max(4096, host.memory_mb // 2), database=True, odoo=False)


def workers(load: sizing.Load, host: sizing.Host, size: sizing.Size) -> list[str]:
    """Return how the workers come about, a line each."""
    told = sizing.ASSUMED
    people = ceil(load.users / sizing.USERS_A_WORKER)
    return [
        f"{people} for people: {load.users} at work / {sizing.USERS_A_WORKER} a worker",
        f"{sizing.order_workers(load)} for orders: {load.orders_per_day} a day x"
        f" {told['peak_hour']:g} in the busiest hour x {told['order_seconds']:g} s /"
        f" (3600 s x {told['busy']:g} busy)",
        f"{size.needed_workers} wanted, at most 2 x {host.vcpus} processors + 1 -"
        f" {size.cron_threads} cron = {sizing.most_workers(host.vcpus) - size.cron_threads},"
        f" at least 2: {size.workers}",
    ]


def disk(order: SizeRequest) -> dict[str, Any]:
    """Return the disk that orders fill, in GB: on the host, and what its backups need."""
    yearly = order.tenants * order.load.orders_per_day * DAYS * sizing.ASSUMED["order_mb"] / 1024
    total = START_GB + order.tenants * TENANT_GB + yearly * order.years
    return {
        "years": order.years,
        "start_gb": round(START_GB + order.tenants * TENANT_GB, 1),
        "growth_gb_a_year": round(yearly, 1),
        # A disk that is more than four fifths full raises an alert.
        "host_gb": ceil(total / 0.8 / 10) * 10,
        "backup_gb": ceil(2 * (order.tenants * TENANT_GB + yearly * order.years) / 0.8 / 10) * 10,
    }
