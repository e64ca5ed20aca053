"""Provision: from an inventory to environments that stand, in one go, as often as one likes."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files import journal
from phaseline.files.environments import group_vars
from phaseline.files.environments.lock import alone
from phaseline.flows.environments import ansible_run, declaration, lint, preconditions
from phaseline.flows.environments.ansible_run import RunResult
from phaseline.flows.machines import release
from phaseline.flows.machines.sandbox import modules_of
from phaseline.hosts.ansible import host_pythons
from phaseline.progress import SILENT, Within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from phaseline.flows.environments.declaration import Declaration
    from phaseline.progress import Progress

# Secrets, vault and releases of a project are made by one environment at a time.
PREPARING = threading.Lock()


def run_all(
    project: Path,
    envs: Collection[str],
    *,
    check: bool = False,
    teller: Callable[[str], Progress],
) -> list[RunResult]:
    """Provision environments side by side: most of a run is waiting for hosts to answer.

    `teller` gives what hears of an environment's progress. Faults of all are told together, after
    the last one ended.
    """
    names = list(dict.fromkeys(envs))
    with ThreadPoolExecutor(len(names)) as pool:
        runs = [
            pool.submit(run, project, name, check=check, progress=teller(name)) for name in names
        ]
    errors = [error for one in runs if (error := one.exception()) is not None]
    for error in errors:
        if not isinstance(error, PhaselineError):
            raise error
    if errors:
        faults = dict.fromkeys(fault for one in errors for fault in getattr(one, "faults", ()))
        raise PhaselineError(*faults)
    return [one.result() for one in runs]


def run(
    project: Path,
    env: str,
    *,
    check: bool = False,
    progress: Progress = SILENT,
) -> RunResult:
    """Provision an environment and return what happened on each host; check predicts only."""
    lint.refuse(project)
    with alone(project, env, "env provision"):
        return build_all(sound(project, env), check=check, progress=progress)


def sound(project: Path, env: str) -> Declaration:
    """Return what is declared of an environment that may be built from it."""
    declared = declaration.read(project, env)
    preconditions.refuse_lost(declared)
    preconditions.refuse_misfit(declared, [one.values for one in declared.tenants])
    return declared


def build_all(declared: Declaration, *, check: bool, progress: Progress) -> RunResult:
    """Return what happened on each host of an environment whose declaration is sound."""
    started = time.monotonic()
    project, env = declared.project_dir, declared.env
    names = [one.name for one in declared.tenants]
    with PREPARING:
        declared, made = ansible_run.ensure_secrets(declared, names)
        if made:
            progress.step("secrets", f"made {len(made)} that were missing")
        releases = ensure_releases(declared, progress)
    entry = {"tenants": names, "releases": releases, "check": check}
    if not check:
        journal.append(project, "env_provision_started", env, entry)
    recap = ansible_run.run(declared, "provision", {"check": check, "diff": check}, progress)
    seconds = round(time.monotonic() - started, 1)
    if not check:
        short = {"hosts": recap.hosts, "seconds": seconds}
        journal.append(project, "env_provision", env, {**entry, **short})
    changes = ansible_run.changes(recap)
    return RunResult(env, check, seconds, recap.hosts, changes, releases, declared.tenants)


def ensure_releases(declared: Declaration, progress: Progress) -> Mapping[str, str]:
    """Return the declared releases; one for a Python nobody declared yet is built and declared."""
    project, env, releases = declared.project_dir, declared.env, dict(declared.releases)
    asked = host_pythons.of_hosts(ansible_run.context(project), env)
    wanted = {**dict.fromkeys(sorted(set(asked.values()))), **releases}
    for python, name in wanted.items():
        if name is None or not has(name):
            releases[python] = build(project, python, name, progress)
    group_vars.write_releases(project, env, releases, modules(project))
    return releases


def modules(project: Path) -> Collection[str]:
    """Return the modules of the stages, which a new tenant's database holds from the start."""
    return modules_of(project)


def has(name: str) -> bool:
    """Return whether this machine has a release, its archive as it was built."""
    try:
        release.check(name)
    except PhaselineError:
        return False
    return True


def build(project: Path, python: str, name: str | None, progress: Progress) -> str:
    """Return the id of the release built for a Python; another than the declared is a fault."""
    progress.step("release", f"builds the release for Python {python}")
    folder = release.recipe_folder(project)
    asked = release.BuildRequest(folder, python)
    built = release.build(asked, Within(progress, "release"))
    if name is not None and built.stored.id != name:
        message = f"the project declares release {name}, its locks build {built.stored.id}"
        place = Place("group_vars")
        hint = "Copy the release's archive here, or declare the new one and deploy it."
        raise PhaselineError(Fault("H044", message, place, hint))
    return built.stored.id
