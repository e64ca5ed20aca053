"""Runs of `provision` that are killed where a role begins, and go on from there."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from phaseline.files.environments import tenants
from phaseline.flows.environments import ansible_run
from phaseline.flows.machines.release import releases_dir

CALLBACKS = Path(__file__).with_name("callbacks")
KILLED = -9


@dataclass(frozen=True)
class Boundary:
    """A place where a role begins: its number in the run, the role, its first task."""

    number: int
    role: str
    task: str


def provision(
    project: Path, env: str, work: Path, *, boundary: int, start: str | None
) -> tuple[int, list[Boundary], str]:
    """Run the playbook, killed at a boundary, from a task on; return status, what came, output.

    Facts are kept between the runs, because a run that starts later does not ask for them.
    """
    ground = ansible_run.context(project)
    reached, extra = work / "reached", work / "extra.json"
    reached.write_text("", encoding="utf-8")
    variables = {
        "phaseline_project": str(project),
        "phaseline_release_folder": str(releases_dir()),
        **tenants.untouched(tenants.read(project, env)),
    }
    extra.write_text(json.dumps(variables), encoding="utf-8")
    playbook = ground.kit / "playbooks/provision.yml"
    words = [sys.executable, "-m", "ansible", "playbook", str(playbook), "--limit", env]
    words += ["--inventory", str(project / "inventory.ini"), "--extra-vars", f"@{extra}"]
    words += ["--start-at-task", start] if start else []
    own = {
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "kill_at",
        "ANSIBLE_KILL_AT": str(boundary),
        "ANSIBLE_KILL_LIST": str(reached),
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(work / "facts"),
    }
    answer = subprocess.run(
        words,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=project,
        env={**ground.surroundings(), **own},
    )
    lines = [line.split("\t") for line in reached.read_text(encoding="utf-8").splitlines()]
    came = [Boundary(int(number), role, task) for number, role, task in lines]
    return answer.returncode, came, answer.stdout


def everywhere(project: Path, env: str, work: Path) -> list[str]:
    """Provision by runs that are each killed at the next boundary; return the roles in order.

    Each run starts at the role the last one was killed at: all in all it is one provisioning, in
    as many processes as there are roles, and nothing a role keeps in memory reaches the next.
    """
    roles: list[str] = []
    seen: set[str] = set()
    boundary, start = 1, None
    while True:
        status, came, said = provision(project, env, work, boundary=boundary, start=start)
        if status == 0:
            return [*roles, came[-1].role]
        roles += [one.role for one in came[-2:-1]]
        assert status == KILLED, said[-4000:]
        last = came[-1]
        print(f"killed before {last.role}")
        if (
            last.task in seen
        ):  # the role comes a second time: its name alone would lead to the first
            boundary, start = len(roles) + 1, None
        else:
            boundary, start = 1, last.task
        seen |= {one.task for one in came}
