"""How much a tenant needs and whether a host has it: workers, memory, connections, ports.

Odoo's part follows its deployment guide: a worker serves about six people at once, a host carries
twice its processors plus one, and of all workers one in five is a heavy one. PostgreSQL's part is
in `postgres_sizing`. What neither says stands in `ASSUMED` and is printed as an assumption.

A tenant's numbers never depend on its neighbours: adding one changes, and restarts, no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from phaseline.core.environments import postgres_sizing
from phaseline.errors import Fault, PhaselineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIGHT_MB, HEAVY_MB, HEAVY_SHARE = 150, 1024, 0.2  # Odoo's deployment guide
WORKER_MB = ceil((1 - HEAVY_SHARE) * LIGHT_MB + HEAVY_SHARE * HEAVY_MB)
USERS_A_WORKER = 6  # the same guide
SYSTEM_MB, POSTGRES_OWN_MB = 384, 256
WORKER_CONNECTIONS, GEVENT_CONNECTIONS, KEPT_CONNECTIONS = 8, 16, 10
FIRST_PORT, PORT_STEP = 8069, 10
MIB = 1024 * 1024

ASSUMED = {
    "peak_hour": 0.15,  # share of a day's orders in its busiest hour
    "order_seconds": 12.0,  # work of one order, from shop page to invoice, in worker seconds
    "busy": 0.6,  # how busy workers may be in that hour
    "order_mb": 0.18,  # database and files of one order
}


@dataclass(frozen=True, slots=True)
class Load:
    """What a tenant asks of a host: people at once, orders a day."""

    users: int
    orders_per_day: int

    def __str__(self) -> str:
        """Return the load in words."""
        return f"{self.users} users, {self.orders_per_day} orders a day"


PLANS: Mapping[str, Load] = {"s": Load(10, 200), "m": Load(30, 1_000), "l": Load(80, 5_000)}
# Address space a worker may have before it is renewed; a fourth more ends it at once.
SOFT_MIB = {1: 1280, 2: 1536}
MOST_SOFT_MIB = 2048


@dataclass(frozen=True, slots=True)
class Host:
    """A host as far as sizes matter; memory in MiB, and how many nodes run each tenant's Odoo."""

    vcpus: int
    memory_mb: int
    database: bool = True
    odoo: bool = True
    nodes: int = 1

    @property
    def postgres(self) -> dict[str, int]:
        """PostgreSQL's sizes on this host."""
        return postgres_sizing.sizes(self.memory_mb, beside_odoo=self.odoo)


@dataclass(frozen=True, slots=True)
class TenantSize:
    """A tenant to be placed: its name, what it asks for, its port if one is given."""

    name: str
    load: Load
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """The sizes of one tenant: processes, ports, MiB of memory, connections."""

    workers: int
    cron_threads: int
    http_port: int
    soft_mib: int
    needed_workers: int

    @property
    def memory_mb(self) -> int:
        """MiB its processes are reckoned with: workers, cron and the websocket process."""
        return (self.workers + self.cron_threads) * WORKER_MB + LIGHT_MB

    @property
    def connections(self) -> int:
        """Connections to PostgreSQL it may open."""
        return (self.workers + self.cron_threads) * WORKER_CONNECTIONS + GEVENT_CONNECTIONS

    def options(self) -> dict[str, int]:
        """Return what a role writes into its files; memory limits of workers in bytes."""
        return {
            "workers": self.workers,
            "cron_threads": self.cron_threads,
            "http_port": self.http_port,
            "gevent_port": self.http_port + 1,
            "limit_memory_soft": self.soft_mib * MIB,
            "limit_memory_hard": self.soft_mib * MIB * 5 // 4,
            "memory_max_mb": max(2 * self.memory_mb, 2048),
            "db_maxconn": WORKER_CONNECTIONS,
            "db_maxconn_gevent": GEVENT_CONNECTIONS,
        }


def read(line: Mapping[str, Any]) -> TenantSize:
    """Return a tenant of its line: `plan` is the name of one, or {users, orders_per_day}."""
    plan, port = line.get("plan", "s"), line.get("port")
    if isinstance(plan, str):
        if plan not in PLANS:
            message = f"tenant {line['name']} has no plan '{plan}'"
            raise PhaselineError(Fault("H032", message, None, f"Plans: {', '.join(PLANS)}."))
        load = PLANS[plan]
    else:
        load = Load(int(plan.get("users", 1)), int(plan.get("orders_per_day", 0)))
    return TenantSize(str(line["name"]), load, int(port) if port else None)


def size(tenant: TenantSize, index: int, vcpus: int) -> Size:
    """Return the sizes of one tenant; `index` gives a port to one that has none."""
    needed = ceil(tenant.load.users / USERS_A_WORKER) + order_workers(tenant.load)
    cron = 1 if needed <= USERS_A_WORKER else 2
    workers = max(2, min(most_workers(vcpus) - cron, needed))
    return Size(
        workers=workers,
        cron_threads=cron,
        http_port=tenant.port or default_port(index),
        soft_mib=SOFT_MIB.get(ceil(needed / USERS_A_WORKER), MOST_SOFT_MIB),
        needed_workers=needed,
    )


def default_port(index: int) -> int:
    """Return the first port of the tenant at an index of the list whose line gives none."""
    return FIRST_PORT + PORT_STEP * index


def order_workers(load: Load) -> int:
    """Return the workers that the orders of the busiest hour keep busy."""
    seconds = load.orders_per_day * ASSUMED["peak_hour"] * ASSUMED["order_seconds"]
    return int(seconds / 3600 / ASSUMED["busy"])


def most_workers(vcpus: int) -> int:
    """Return how many workers and cron processes of one tenant a host's processors carry."""
    return 2 * vcpus + 1


def place(tenants: Sequence[TenantSize], host: Host) -> dict[str, Size]:
    """Return each tenant's sizes; what does not fit the host is a fault with the arithmetic."""
    sizes = {one.name: size(one, index, host.vcpus) for index, one in enumerate(tenants)}
    faults = [*_clashes(sizes)]
    if host.odoo:
        faults += [*_processors(tenants, sizes, host), *_memory(sizes, host)]
    if host.database:
        faults += _connections(sizes, host)
    if faults:
        raise PhaselineError(*faults)
    return sizes


def arithmetic(sizes: Mapping[str, Size], host: Host) -> tuple[str, ...]:
    """Return the sum of a host's memory, a line each."""
    lines = [f"{SYSTEM_MB:>7} MB  the system, nginx and exporters"]
    if host.database:
        shared = host.postgres["shared_buffers_mb"]
        lines.append(f"{shared + POSTGRES_OWN_MB:>7} MB  PostgreSQL: {shared} shared + 256 own")
    if host.odoo:
        lines += [
            f"{one.memory_mb:>7} MB  {name}: ({one.workers} workers + {one.cron_threads} cron)"
            f" x {WORKER_MB} + {LIGHT_MB} for websockets"
            for name, one in sizes.items()
        ]
    return (*lines, f"{needed_mb(sizes, host):>7} MB  of {host.memory_mb} MB")


def needed_mb(sizes: Mapping[str, Size], host: Host) -> int:
    """Return the MiB that everything on the host is reckoned with."""
    own = SYSTEM_MB
    if host.database:
        own += host.postgres["shared_buffers_mb"] + POSTGRES_OWN_MB
    return own + (sum(one.memory_mb for one in sizes.values()) if host.odoo else 0)


def _clashes(sizes: Mapping[str, Size]) -> list[Fault]:
    seen: dict[int, str] = {}
    faults = []
    for name, one in sizes.items():
        for port in (one.http_port, one.http_port + 1):
            if port in seen:
                message = f"tenants {seen[port]} and {name} both want port {port}"
                faults.append(Fault("H031", message, None, "Give one another `port` in its line."))
            seen[port] = name
    return faults


def _processors(
    tenants: Sequence[TenantSize], sizes: Mapping[str, Size], host: Host
) -> list[Fault]:
    return [
        Fault(
            "H030",
            f"{one.name} ({one.load}) needs {sizes[one.name].needed_workers} workers, and"
            f" 2 x {host.vcpus} processors + 1 - {sizes[one.name].cron_threads} cron give"
            f" {most_workers(host.vcpus) - sizes[one.name].cron_threads}",
            None,
            "Take a host with more processors, more nodes, or a smaller plan.",
        )
        for one in tenants
        if sizes[one.name].needed_workers
        > max(2, most_workers(host.vcpus) - sizes[one.name].cron_threads)
    ]


def _memory(sizes: Mapping[str, Size], host: Host) -> list[Fault]:
    if needed_mb(sizes, host) <= host.memory_mb:
        return []
    message = "the tenants need more memory than the host has:\n" + "\n".join(
        arithmetic(sizes, host)
    )
    hint = "Take a host with more memory, fewer tenants, or smaller plans: phaseline env size."
    return [Fault("H030", message, None, hint)]


def _connections(sizes: Mapping[str, Size], host: Host) -> list[Fault]:
    most = host.postgres["max_connections"] - KEPT_CONNECTIONS
    wanted = sum(one.connections for one in sizes.values()) * host.nodes
    if wanted <= most:
        return []
    nodes = f" on {host.nodes} nodes" if host.nodes > 1 else ""
    message = f"the tenants may open {wanted} connections{nodes}, PostgreSQL has {most} for them"
    return [Fault("H030", message, None, "Take a database host with more memory.")]
