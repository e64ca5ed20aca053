"""Environments as an operator makes them: a project, a lab, tenants, one command."""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

from hosts.lab_client import PROGRAM, Bench
from phaseline.flows import init

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BOTH = """\
[odoo]
test1 host_memory_mb=6144
app1
[postgres]
test1
db1
[proxy]
test1
app1
[backup]
test1
backup1
[monitoring]
test1
backup1
[testing]
test1
[production]
app1
db1
backup1
[testing:vars]
environment_name=testing
environment_kind=testing
[production:vars]
environment_name=production
environment_kind=production
"""
ALONE = """\
[odoo]
all1 lab_suite={suite}
[postgres]
all1
[proxy]
all1
[backup]
all1
[monitoring]
all1
[testing]
all1
[testing:vars]
environment_name=testing
environment_kind=testing
"""
TENANT = "  - {{name: {name}, domain: {name}.{env}.lab.test, plan: s, port: {port}}}\n"


def project(folder: Path, tenants: Mapping[str, tuple[str, ...]]) -> Bench:
    """Make a project with the example blueprint and the tenants of each environment."""
    init.run(folder)
    for env, names in tenants.items():
        lines = [
            TENANT.format(name=name, env=env, port=8069 + 10 * at) for at, name in enumerate(names)
        ]
        file = folder / "group_vars" / env / "tenants.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("---\nodoo_tenants:\n" + "".join(lines), encoding="utf-8")
    return Bench(folder)


def call(project: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a project; `more` are environment variables."""
    command = [PROGRAM, *words, "--project", str(project)]
    env = {**os.environ, **more}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=env)


def provision(project: Path, *words: str) -> list[dict[str, Any]]:
    """Provision environments as an operator does; return what happened in each."""
    begun = time.monotonic()
    answer = call(project, "env", "provision", *words, "--format", "json")
    kept = project / "outputs" / f"provision-{time.time_ns()}.txt"  # searched for secrets later
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(answer.stdout + answer.stderr, encoding="utf-8")
    assert answer.returncode == 0, f"exit {answer.returncode}\n{answer.stderr}"
    found: list[dict[str, Any]] = json.loads(answer.stdout)["environments"]
    print(f"env provision {' '.join(words)}: {time.monotonic() - begun:.0f} s")
    return found


def changed(results: list[dict[str, Any]]) -> list[str]:
    """Return everything that a run changed, for the message of a failed test."""
    return [
        f"{one['host']}: {one['role']}: {one['task']}"
        for each in results
        for one in each["changes"]
    ]
