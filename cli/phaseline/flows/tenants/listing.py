"""List tenants: what is declared of each, what runs, and where the two differ; nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.files.environments import group_vars, tenants
from phaseline.flows import inventory
from phaseline.flows.environments import declaration, resolved_inventory
from phaseline.hosts.verify import tenant_states
from phaseline.hosts.verify.tenant_states import Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from phaseline.core.environments.declared import DeclaredEnvironment

MEGABYTE = 1_000_000


def run(project_dir: Path, env: str = "") -> dict[str, Any]:
    """Return the tenants of an environment, of all of them when none is named."""
    if env:
        declaration.refuse_unknown(project_dir, env)
    known = inventory.read(project_dir).groups
    names = [env] if env else [name for name in known if tenants.has(project_dir, name)]
    rows: list[dict[str, Any]] = []
    lost: list[dict[str, str]] = []
    for name in names:
        more, gone = probe(project_dir, name)
        rows += more
        lost += gone
    return {"tenants": rows, "unreachable": lost}


def probe(project_dir: Path, env: str) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return a row for each tenant of an environment, and the hosts that did not answer."""
    listed = tenants.read(project_dir, env)
    declared = resolved_inventory.declare(project_dir, env)
    hosts = [host for host in declared.hosts if host.groups & {"odoo", "postgres"}]
    said = tenant_states.of_hosts(hosts)
    address = next((str(one.variables["odoo_address"]) for one in declared.having("proxy")
                    if one.variables.get("odoo_address")), "")  # fmt: skip
    authority = group_vars.certificate(project_dir, env) or ""
    sites = {one.name: Site(one.domain, address or one.domain, authority) for one in listed}
    seen = tenant_states.of_sites(sites)
    wanted = group_vars.releases(project_dir, env)
    rows = [
        {
            "environment": env,
            "name": one.name,
            "domain": one.domain,
            **seen[one.name],
            **state(one.name, said, set(wanted.values()), declared),
        }
        for one in listed
    ]
    rows += [left_over(env, name) for name in extra({one.name for one in listed}, said)]
    lost = [
        {"environment": env, "host": name, "reason": answer["error"]}
        for name, answer in said.items()
        if "error" in answer
    ]
    return rows, lost


def state(
    name: str,
    said: Mapping[str, Mapping[str, Any]],
    wanted: set[str],
    declared: DeclaredEnvironment,
) -> dict[str, Any]:
    """Return what the hosts say of one tenant, and how that differs from what is declared."""
    there = {
        host.name: said[host.name]["tenants"].get(name)
        for host in declared.having("odoo")
        if "error" not in said[host.name]
    }
    found = [one for one in there.values() if one]
    database = sum(answer.get("databases", {}).get(name, 0) for answer in said.values())
    files = max((one["files_bytes"] for one in found), default=0)
    sizing = next((one.sizing for one in declared.tenants if one.name == name), {})
    return {
        "version": ", ".join(sorted({one["version"] for one in found if one["version"]})),
        "release": ", ".join(sorted({one["release"] for one in found if one["release"]})),
        "database_mb": round(database / MEGABYTE),
        "files_mb": round(files / MEGABYTE),
        "drift": [text for host, one in there.items() for text in drift(host, one, wanted, sizing)],
    }


def drift(
    host: str, one: Mapping[str, Any] | None, wanted: set[str], sizing: Mapping[str, Any]
) -> Iterator[str]:
    """Yield how a tenant on a host differs from what is declared."""
    if one is None:
        yield f"{host}: not there"
        return
    if one["release"] not in wanted:
        yield f"{host}: runs {one['release'] or 'no release'}"
    if one["unit"] != "active":
        yield f"{host}: its service is {one['unit'] or 'unknown'}"
    for key in ("http_port", "gevent_port", "workers"):
        if key in sizing and one["options"].get(key) != str(sizing[key]):
            yield f"{host}: {key} is {one['options'].get(key)}, declared {sizing[key]}"


def extra(listed: set[str], said: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the tenants that hosts have and no line names."""
    there = {name for answer in said.values() for name in answer.get("tenants", {})}
    return sorted(there - listed)


def left_over(env: str, name: str) -> dict[str, Any]:
    """Return the row of a tenant without a line."""
    empty = {"domain": "", "health": "", "version": "", "release": "", "certificate_days": None}
    sizes = {"database_mb": 0, "files_mb": 0}
    return {
        "environment": env, "name": name, **empty, **sizes,
        "drift": ["it is on the hosts and in no list: put its line back, or retire it"],
    }  # fmt: skip
