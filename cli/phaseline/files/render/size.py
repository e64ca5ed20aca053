"""The size of an environment as text, with the arithmetic that led to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(result: Mapping[str, Any]) -> str:
    """Return the host, what a tenant gets, and how every number came about."""
    load, host, tenant = result["load"], result["host"], result["tenant"]
    lines = [
        f"{load['tenants']} x ({load['users']} users, {load['orders_per_day']} orders a day)",
        f"host: {host['vcpus']} processors, {host['memory_mb']} MB memory,"
        f" {result['disk']['host_gb']} GB disk{_whose(result)}",
    ]
    if "database_host" in result:
        apart = result["database_host"]
        lines.append(f"database: {apart['vcpus']} processors, {apart['memory_mb']} MB memory")
    lines += ["", f"workers of a tenant: {tenant['workers']} + {tenant['cron_threads']} cron"]
    lines += [f"  {line}" for line in result["workers"]]
    lines += ["", "memory of the host"]
    lines += [f"  {line.strip()}" for line in result["memory"]]
    lines += ["", "PostgreSQL"]
    lines += [f"  {name} = {value}" for name, value in result["postgres"].items()]
    lines += ["", *_disk(result), "", *_sources(result)]
    return "\n".join(lines)


def _whose(result: Mapping[str, Any]) -> str:
    return " (the smallest usual one that carries it)" if result["chosen"] else ""


def _disk(result: Mapping[str, Any]) -> list[str]:
    disk, told = result["disk"], result["assumed"]
    return [
        f"disk for {disk['years']} years, at most four fifths full",
        f"  {disk['start_gb']} GB at the start + {disk['growth_gb_a_year']} GB a year"
        f" ({told['order_mb']:g} MB an order)",
        f"  {disk['backup_gb']} GB on the backup host",
    ]


def _sources(result: Mapping[str, Any]) -> list[str]:
    told = ", ".join(f"{name} {value:g}" for name, value in result["assumed"].items())
    return [
        "published: six users a worker, 2 x processors + 1, 150 and 1024 MB (Odoo's deployment",
        "guide); a quarter of a database host's memory is shared (PostgreSQL's manual)",
        f"assumed: {told}",
    ]
