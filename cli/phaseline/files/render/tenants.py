"""Tenants as text: a table of how they are, and what came of adding or retiring one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADS = ("tenant", "site", "health", "version", "release", "database", "files", "certificate")
DIGEST = 8


def table(result: Mapping[str, Any]) -> str:
    """Return the list of tenants, what drifted below each, and the hosts that are silent."""
    rows = [_row(one) for one in result["tenants"]]
    widths = [max(len(row[at]) for row in [HEADS, *rows]) for at in range(len(HEADS))]
    lines = [_line(HEADS, widths)]
    for one, row in zip(result["tenants"], rows, strict=True):
        lines.append(_line(row, widths))
        lines += [f"    drift: {text}" for text in one["drift"]]
    lines += [f"{one['host']} does not answer: {one['reason']}" for one in result["unreachable"]]
    return "\n".join(lines) if result["tenants"] or result["unreachable"] else "no tenants"


def added(result: Mapping[str, Any]) -> str:
    """Return what adding a tenant came to."""
    return (
        f"{result['environment']}/{result['tenant']} is ready: {result['url']}"
        f" (plan {_plan(result['plan'])}, port {result['port']}, {result['seconds']} s)"
    )


def retired(result: Mapping[str, Any]) -> str:
    """Return what retiring a tenant came to."""
    return (
        f"{result['environment']}/{result['tenant']} is retired ({result['seconds']} s)\n"
        f"  its last backup: {result['backup']} on the backup host"
    )


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    days = one["certificate_days"]
    return (
        f"{one['environment']}/{one['name']}",
        one["domain"] or "-",
        one["health"] or "-",
        one["version"] or "-",
        one["release"][-DIGEST:] or "-",
        f"{one['database_mb']} MB",
        f"{one['files_mb']} MB",
        "-" if days is None else f"{days} days",
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _plan(plan: Any) -> str:
    if isinstance(plan, dict):
        return f"{plan.get('users')} users, {plan.get('orders_per_day', 0)} orders a day"
    return str(plan)
