"""What tests on a real Odoo share: one sandbox with fresh copies of it, and one finished demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

import durations
import rehearsal
import schedule
from hosts import environments, kept_lab
from phaseline.flows import init
from phaseline.flows.machines import sandbox as flow

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from phaseline.hosts.sandbox.sandbox import Running

REUSED_DEMO = "PHASELINE_TEST_DEMO_PROJECT"  # a project where `phaseline demo` may go on
REUSED = "PHASELINE_TEST_SANDBOX_PROJECT"  # a project whose sandbox runs already: quick, left alone
REUSED_LAB = "PHASELINE_TEST_LAB_PROJECT"  # a project whose lab runs and stands: quick, left alone
UNDER_WAY = pytest.StashKey[rehearsal.Rehearsal]()
TENANTS = {"testing": ("harbour", "quayside"), "production": ("harbour",)}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("levels")
    group.addoption("--level", type=int, default=rehearsal.REHEARSED, help="tests up to this level")
    group.addoption("--changed", action="store_true", help="and those above that are due again")
    group.addoption("--rehearse", action="store_true", help="only those that are due; record them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    upto, changed = config.getoption("level"), config.getoption("changed")
    if config.getoption("rehearse"):
        above = [item for item in items if rehearsal.level(item) >= rehearsal.REHEARSED]
        kept = rehearsal.chosen(above, 0, changed=True)
        files = Counter(item.nodeid.partition("::")[0] for item in kept)
        config.stash[UNDER_WAY] = rehearsal.Rehearsal(files)
    else:
        kept = rehearsal.chosen(items, upto, changed=changed)
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    report = yield
    if under_way := item.config.stash.get(UNDER_WAY, None):
        under_way.took(report)
    return report


class Sharing(LoadScopeScheduling):
    """Deals tests to processes; those that share a lab or a sandbox stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return schedule.chain(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the chain go first that a run of several processes waits for."""
    if os.geteuid() == 0 and "PYTEST_XDIST_WORKER" in os.environ:
        os.setpriority(os.PRIO_PROCESS, 0, schedule.niceness(schedule.chain(item.nodeid)))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell and keep what took how long; a run of few files says nothing of it."""
    told = [one for some in terminalreporter.stats.values() for one in some]
    reports = [one for one in told if isinstance(one, pytest.TestReport)]
    if config.option.durations is not None or config.getoption("numprocesses", None):
        terminalreporter.section("chains and slowest tests")
        for line in durations.lines(reports, keep=True):
            terminalreporter.write_line(line)
    if config.getoption("level") < rehearsal.REHEARSED and not config.getoption("changed"):
        for file, why in rehearsal.all_due().items():
            terminalreporter.write_line(f"to rehearse: {file} {why}")


@dataclass(frozen=True)
class Database:
    """A throwaway database and how its administrator signs in."""

    url: str
    database: str
    login: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)


@pytest.fixture(scope="session")
def sandbox_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with the example tenant whose sandbox runs."""
    if reused := os.environ.get(REUSED):
        project = Path(reused)
        flow.up(flow.SandboxRequest(project))
        yield project
        return
    project = tmp_path_factory.mktemp("sandbox") / "project"
    init.run(project)
    try:
        flow.up(flow.SandboxRequest(project))
        yield project
    finally:
        flow.down(project)


@pytest.fixture(scope="session")
def sandbox(sandbox_project: Path) -> Running:
    """The running sandbox: all modules of the blueprint, no stage applied; read it only."""
    return flow.running(sandbox_project)


@pytest.fixture
def database(sandbox: Running) -> Iterator[Database]:
    """A copy of the sandbox's database for one test, which may write as it likes."""
    with flow.scratch(sandbox) as name:
        yield Database(sandbox.url, name, sandbox.admin_login, sandbox.password, sandbox.api_key)


@dataclass(frozen=True)
class Demo:
    """A finished demo: what the command said, and where its project is."""

    project: Path
    said: dict[str, Any]
    log: str

    @property
    def url(self) -> str:
        return str(self.said["url"])

    @property
    def admin(self) -> tuple[str, str]:
        return self.login("Administrator")

    def login(self, name: str) -> tuple[str, str]:
        """Return login and password of whoever's name begins so."""
        (found,) = (one for one in self.said["logins"] if one["name"].startswith(name))
        return found["login"], found["password"]

    def again(self) -> Demo:
        return run_demo(self.project)


def run_demo(project: Path) -> Demo:
    """Run `phaseline demo` as a person would, and return what it said."""
    program = str(Path(sys.executable).with_name("phaseline"))
    command = [program, "demo", "--project", str(project), "--format", "json"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert answer.returncode == 0, f"exit {answer.returncode}\n{answer.stderr}"
    return Demo(project, json.loads(answer.stdout), answer.stderr)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo of `make demo`: both stages signed, the data loaded, the sandbox running."""
    if reused := os.environ.get(REUSED_DEMO):
        yield run_demo(Path(reused).absolute())
        return
    project = tmp_path_factory.mktemp("demo") / "brand"
    try:
        yield run_demo(project)
    finally:
        flow.down(project)


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kept_lab.Standing]:
    """Testing and production on four hosts of a lab, and what a second provisioning says."""
    if reused := os.environ.get(REUSED_LAB):
        yield kept_lab.Standing(Path(reused).absolute(), tuple(TENANTS))
        return
    bench = environments.project(tmp_path_factory.mktemp("lab") / "project", TENANTS)
    with ExitStack() as run:
        try:
            yield kept_lab.stand(bench, TENANTS, environments.BOTH, run)
        finally:
            bench.run("down")


@pytest.fixture(scope="session")
def lab_project(standing: kept_lab.Standing) -> Path:
    """A project whose testing and production stand on four hosts of a lab."""
    return standing.project
