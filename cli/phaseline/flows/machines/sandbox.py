"""Bring a project's sandbox up and down, say how it is, and make throwaway copies of it."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.answers import answer
from phaseline.core.blueprint.expressions import Scope
from phaseline.files.paths import cache_dir, state_dir
from phaseline.files.project.project import open_project
from phaseline.flows.machines import release as releases
from phaseline.hosts.local import accounts, disk
from phaseline.hosts.local import run as programs
from phaseline.hosts.releases import archive
from phaseline.hosts.sandbox import clones
from phaseline.hosts.sandbox import sandbox as host
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.errors import Fault
    from phaseline.hosts.local.account import Account
    from phaseline.hosts.sandbox.sandbox import Running
    from phaseline.progress import Progress

HOME = "sandbox-server"


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """What the caller asks for; without modules those of the project's blueprint are taken."""

    project: Path
    modules: tuple[str, ...] = ()
    mirror: str | None = None
    cron: int = 0


@dataclass(frozen=True, slots=True)
class SandboxResult:
    """A sandbox that is up and how long that took."""

    running: Running
    seconds: float

    def data(self) -> dict[str, Any]:
        """Return the result as JSON shows it; secrets by the files they are in."""
        running = self.running
        return {
            "state": "running",
            "url": running.url,
            "database": running.database,
            "login": running.admin_login,
            "password_file": str(running.home / "admin_password"),
            "api_key_file": str(running.home / "api_key"),
            "release": running.release,
            "modules": list(running.modules),
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """How a sandbox is: `absent`, `stopped` or `running`, where, with what, and its processes."""

    state: str
    url: str | None
    release: str | None
    modules: tuple[str, ...]
    processes: tuple[dict[str, Any], ...]
    home: str

    def data(self) -> dict[str, Any]:
        """Return the status as JSON shows it."""
        return asdict(self)


def up(order: SandboxRequest, progress: Progress = SILENT) -> SandboxResult:
    """Return the project's sandbox, brought up from whatever state it is in."""
    begun = time.monotonic()
    disk.need_room(cache_dir(), 2)
    account = _account(order.project, create=True)
    home = home_of(order.project)
    state = host.status(home, account)
    kept = state.record.get("release")
    if kept and Path(kept).is_dir():
        release = Path(kept)  # a sandbox stays on its release until it is reset
    else:
        folder = releases.recipe_folder(order.project)
        wanted = releases.BuildRequest(folder, mirror=order.mirror, unpacked=True)
        built = releases.build(wanted, progress)
        progress.step("unpacking the release")
        release = archive.unpack(built.stored, releases.releases_dir())
    modules = tuple(state.record.get("modules", ())) or order.modules or modules_of(order.project)
    spec = host.SandboxSpec(home, cache_dir(), release, modules, account, order.cron)
    return SandboxResult(host.up(spec, progress), time.monotonic() - begun)


def reset(order: SandboxRequest, progress: Progress = SILENT) -> SandboxResult:
    """Return the project's sandbox, made anew from the template; the logins stay."""
    begun = time.monotonic()
    progress.step("removing the old sandbox")
    host.down(home_of(order.project), _account(order.project), keep_access=True)
    return SandboxResult(up(order, progress).running, time.monotonic() - begun)


def down(project: Path, *, purge_cache: bool = False) -> bool:
    """Remove the project's sandbox with its secrets; return whether there was one."""
    account = _account(project)
    there = host.down(home_of(project), account)
    # The logins of a sandbox die with it.
    shutil.rmtree(state_dir(project) / "sandbox", ignore_errors=True)
    with contextlib.suppress(OSError):
        state_dir(project).rmdir()
    if purge_cache:
        for name in ("templates", "pycache"):
            shutil.rmtree(cache_dir() / name, ignore_errors=True)
    return there


def status(project: Path) -> SandboxStatus:
    """Return how the project's sandbox is."""
    state = host.status(home_of(project), _account(project))
    ports = state.record.get("ports", [])
    return SandboxStatus(
        state=state.kind,
        url=f"http://127.0.0.1:{ports[0]}" if ports else None,
        release=Path(state.record["release"]).name if state.record else None,
        modules=tuple(state.record.get("modules", ())),
        processes=tuple(
            {"pid": one.pid, "command": one.command.strip()[:200]} for one in state.processes
        ),
        home=str(home_of(project)),
    )


def running(project: Path) -> Running:
    """Return the project's running sandbox; a fault when it does not answer."""
    return host.lookup(home_of(project), _account(project))


@contextlib.contextmanager
def scratch(sandbox: Running) -> Iterator[str]:
    """Give the database of a throwaway copy for a while."""
    database = clones.clone(sandbox, secrets.token_hex(4))
    try:
        yield database
    finally:
        clones.drop(sandbox, database)


def home_of(project: Path) -> Path:
    """Return the folder of a project's sandbox."""
    return state_dir(project) / HOME


def modules_of(project: Path) -> tuple[str, ...]:
    """Return the modules that the stages of a project's blueprint name, each once.

    A module that hangs on a question nobody has answered yet is left out: `apply` installs it.
    """
    opened = open_project(project)
    tenant = answer(opened.root, opened.blueprint.decisions, ())
    found: set[str] = set()
    for node in (n for s in opened.blueprint.stages for f in s.files for n in f.modules):
        unanswered: list[Fault] = []
        name = Scope({"tenant": tenant.answers}, unanswered).text(node)
        if not unanswered:
            found.add(name)
    return tuple(sorted(found))


def _account(project: Path, *, create: bool = False) -> Account:
    """Return who a sandbox runs as; one that is there keeps its account."""
    run = home_of(project) / "run"
    if run.is_dir():
        return accounts.owner(run)
    return accounts.choose(programs.lookup("useradd", "passwd") if create else None)
