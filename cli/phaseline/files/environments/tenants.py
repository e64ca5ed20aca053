"""The tenants of an environment: `group_vars/ENV/tenants.yml`, a line each, comments kept."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.core.environments import tenant_line
from phaseline.core.node import Node, to_python
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments.group_vars import folder
from phaseline.files.yaml import nodes
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from phaseline.core.environments.tenant_line import TenantLine

KEY = "odoo_tenants"
HEAD = """\
---
# The tenants of {env}, a line each. `phaseline tenant add` and `retire` write here; comments stay.
#   - {{name: harbour, domain: harbour.example.com, plan: s, port: 8069}}
odoo_tenants: []
"""
# Ansible reads YAML 1.1, where a bare `no` is false and a bare 12:30 a number.
BARE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*([ ./@-][a-zA-Z0-9_]+)*")
WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def path_of(project_dir: Path, env: str) -> Path:
    """Return where the tenants of an environment stand."""
    return folder(project_dir, env) / "tenants.yml"


def has(project_dir: Path, env: str) -> bool:
    """Return whether an environment is one that this kit builds tenants in."""
    return path_of(project_dir, env).is_file()


def read(project_dir: Path, env: str) -> tuple[TenantLine, ...]:
    """Return the tenants of an environment; everything wrong with them is told at once."""
    path = path_of(project_dir, env)
    if not path.is_file():
        return ()
    node = load(path, shown(project_dir, path))
    faults = tuple(tenant_line.lint(node))
    if faults:
        raise PhaselineError(*faults)
    return tenant_line.read(node)


def lines(project_dir: Path, env: str) -> tuple[Mapping[str, Any], ...]:
    """Return the tenants' lines as plain values."""
    return tuple(one.values for one in read(project_dir, env))


def load(path: Path, name: str) -> Node:
    """Return the list of tenants with the place of every value."""
    root = nodes.load(path, name)
    for key, place in root.keys.items():
        if key != KEY:
            hint = suggest(key, [KEY], f"Only {KEY} belongs here; other variables into vars.yml.")
            raise PhaselineError(Fault("C009", f"key '{key}' is unknown", place, hint))
    return root.entries.get(KEY) or Node((), Place(name, 1, 1))


def lookup(project_dir: Path, env: str, name: str) -> TenantLine:
    """Return a tenant by its name; an unknown one is a fault."""
    known = {one.name: one for one in read(project_dir, env)}
    if name not in known:
        hint = suggest(name, known, f"Tenants: {', '.join(known) or 'none'}.")
        place = Place(shown(project_dir, path_of(project_dir, env)))
        message = f"environment '{env}' has no tenant '{name}'"
        raise PhaselineError(Fault("C010", message, place, hint))
    return known[name]


def begin(project_dir: Path, env: str) -> None:
    """Make the list of an environment that has none yet."""
    path = path_of(project_dir, env)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write(path, HEAD.format(env=env))


def add(project_dir: Path, env: str, line: Mapping[str, Any]) -> None:
    """Write a tenant's line behind the last one; a line that is not right is not written."""
    path = path_of(project_dir, env)
    begin(project_dir, env)
    node = load(path, shown(project_dir, path))
    lines = path.read_text(encoding="utf-8").splitlines()
    fresh = f"- {flow(line)}"
    if node.items:
        last = node.items[-1]
        head = lines[last.place.line - 1] if last.place.line else ""
        indent = head[: head.index("-")] if "-" in head else "  "
        lines.insert(last_line(last), indent + fresh)
    else:
        lines = [*_opened(lines), f"  {fresh}"]
    _replace(path, lines, [*(to_python(item) for item in node.items), dict(line)], env)


def remove(project_dir: Path, env: str, name: str) -> None:
    """Take a tenant's line out; one that is not there is fine."""
    path = path_of(project_dir, env)
    if not path.is_file():
        return
    node = load(path, shown(project_dir, path))
    gone = [item for item in node.items if to_python(item).get("name") == name]
    kept = [to_python(item) for item in node.items if to_python(item).get("name") != name]
    lines = path.read_text(encoding="utf-8").splitlines()
    for item in reversed(gone):
        del lines[(item.place.line or 1) - 1 : last_line(item)]
    if gone:
        _replace(path, lines if kept else _closed(lines), kept, env)


def last_line(node: Node) -> int:
    """Return the last line that a value reaches into."""
    below = (*node.items, *node.entries.values())
    return max([node.place.line or 1, *(last_line(one) for one in below)])


def flow(value: Any) -> str:
    """Return a value in YAML's flow style, as both YAML 1.1 and 1.2 read it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        bare = BARE.fullmatch(value) and value.lower() not in WORDS
        return value if bare else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def untouched(tenants: Sequence[TenantLine]) -> dict[str, Any]:
    """Return the tenants for Ansible in a form whose texts are never taken for templates."""
    return untouched_lines([one.values for one in tenants])


def untouched_lines(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return tenants' plain lines in that form."""
    return {KEY: [_unsafe(dict(line)) for line in lines]}


def _unsafe(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unsafe(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unsafe(one) for one in value]
    return {"__ansible_unsafe": value} if isinstance(value, str) else value


def _opened(lines: list[str]) -> list[str]:
    """Return the lines with an open `odoo_tenants:` at the end, nothing else lost."""
    kept = [line for line in lines if not line.startswith(f"{KEY}:")]
    return [*(kept or ["---"]), f"{KEY}:"]


def _closed(lines: list[str]) -> list[str]:
    return [f"{KEY}: []" if line.startswith(f"{KEY}:") else line for line in lines]


def _replace(path: Path, lines: list[str], wanted: list[Any], env: str) -> None:
    """Write the lines, unless they do not read as what is wanted: a person edits those."""
    text = "\n".join(lines) + "\n"
    name = f"group_vars/{env}/{path.name}"
    root = nodes.parse(text, name)
    node = root.entries.get(KEY) or Node((), Place(name, 1, 1))
    faults = tuple(tenant_line.lint(node))
    if faults:
        raise PhaselineError(*faults)
    if [to_python(item) for item in node.items] != wanted:
        hint = "Write each tenant in one line, as {name: ..., domain: ...}, and run it again."
        message = "the list of tenants cannot be edited without losing something"
        raise PhaselineError(Fault("C009", message, Place(name), hint))
    durable.write(path, text)


def shown(project_dir: Path, path: Path) -> str:
    """Return a file's name as messages show it."""
    return path.relative_to(project_dir).as_posix()
