"""`env verify` on a real host: nothing deviates when clean, and each seeded deviation is found."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

import pytest

from hosts.alert_client import awaited, firing
from hosts.deviations import BATCHES, Deviation
from hosts.external_client import controller
from phaseline.files.paths import state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.hosts

PROGRAM = str(Path(sys.executable).with_name("phaseline"))
ENV = "testing"
HOST = "test1"
LEAST_DEVIATIONS = 50
ENDING = 300  # seconds


def verify(
    project: Path, *more: str, form: str = "json", env: str = ENV
) -> subprocess.CompletedProcess[str]:
    words = [PROGRAM, "env", "verify", env, "--project", str(project), "--format", form, *more]
    return subprocess.run(words, check=False, capture_output=True, text=True)


def verdict(project: Path, *more: str, env: str = ENV) -> dict[str, Any]:
    answer = verify(project, *more, env=env)
    assert answer.stdout, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    assert answer.returncode == {"passed": 0, "failed": 6, "unreachable": 13}[found["verdict"]]
    return found


def bad(result: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return what somebody has to look at, by check and tenant, with what was found."""
    return {
        (check["id"], check["tenant"]): f"{check['verdict']}: {check['found']}"
        for host in result["hosts"]
        for check in host["checks"]
        if check["verdict"] in ("deviates", "could not be read")
    }


def on_host(project: Path, script: str) -> None:
    """Run a script as root on the host; the first command that fails ends it."""
    config = state_dir(project) / "lab" / "ssh_config"
    words = ["ssh", "-F", str(config), "-o", "BatchMode=yes", HOST, "bash", "-seu"]
    done = subprocess.run(words, input=script, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def clean(lab_project: Path) -> dict[str, Any]:
    """The verdict before anything is seeded."""
    return verdict(lab_project)


def test_faults_that_were_mended_are_told_no_more(lab_project: Path) -> None:
    """Those of test_alerts.py; some look back for three minutes, so nobody waited for it there."""
    site = controller(lab_project)
    _, told = awaited(site)
    end = time.monotonic() + ENDING
    while told & firing(site) and time.monotonic() < end:
        time.sleep(5)
    assert told & firing(site) == set()


def test_a_clean_environment_has_no_deviation(clean: dict[str, Any]) -> None:
    assert bad(clean) == {}
    assert clean["verdict"] == "passed"
    assert clean["checks"] > 200


def test_a_production_on_three_hosts_has_no_deviation(lab_project: Path) -> None:
    result = verdict(lab_project, "--deep", env="production")
    assert bad(result) == {}
    read = {host["name"]: set(host["functions"]) for host in result["hosts"]}
    assert read == {
        "app1": {"odoo", "proxy"},
        "db1": {"postgres"},
        "backup1": {"backup", "monitoring"},
    }
    assert all(host["checks"] for host in result["hosts"])


def test_one_tenant_can_be_looked_at_alone(lab_project: Path) -> None:
    result = verdict(lab_project, "--tenant", "harbour")
    tenants = {check["tenant"] for host in result["hosts"] for check in host["checks"]}
    assert tenants == {"", "harbour"}
    assert bad(result) == {}


def test_the_verdict_is_in_the_journal(lab_project: Path, clean: dict[str, Any]) -> None:
    lines = (lab_project / "journal" / "journal.jsonl").read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    verdicts = [one["payload"] for one in kept if one["kind"] == "env_verify"]
    wanted = {key: clean[key] for key in ("verdict", "counts", "checks", "seconds", "tenant")}
    assert wanted in [{key: one[key] for key in wanted} for one in verdicts]


def test_junit_and_page_say_the_same(lab_project: Path, tmp_path: Path) -> None:
    page = tmp_path / "evidence.html"
    answer = verify(lab_project, "--html", str(page), form="junit")
    assert answer.returncode == 0, answer.stderr
    suites = Xml.fromstring(answer.stdout.encode()).findall("testsuite")  # noqa: S314 (our own)
    assert [suite.get("failures") for suite in suites] == ["0"]
    assert "Everything that applies to this environment is in order." in page.read_text()


def all_of(scripts: dict[str, str]) -> str:
    """Return one script that runs each for itself and ends badly when one of them did."""
    lines = [f"( set -e; {text} ) || {{ echo 'failed: {name}'; bad=1; }}"
             for name, text in scripts.items()]  # fmt: skip
    return "\n".join(["set +e", "bad=0", *lines, "exit $bad"])


@contextmanager
def seeded(project: Path, batch: tuple[Deviation, ...]) -> Iterator[None]:
    """Seed a batch, give the host, and mend it whatever happens; both take time to be seen."""
    settles = max(one.settles for one in batch)
    try:
        on_host(project, all_of({one.name.replace("'", ""): one.seed for one in batch}))
        time.sleep(settles)
        yield
    finally:
        on_host(project, all_of({one.name.replace("'", ""): one.mend for one in reversed(batch)}))
        time.sleep(settles)


@pytest.mark.parametrize("name", BATCHES)
def test_each_seeded_deviation_is_found_and_nothing_else(
    lab_project: Path, clean: dict[str, Any], name: str
) -> None:
    batch = BATCHES[name]
    expected = {key for deviation in batch for key in deviation.expected}
    with seeded(lab_project, batch):
        # one of them is in a file that a sample may leave out
        found = bad(verdict(lab_project, *(["--deep"] if name == "tenants" else [])))
    missed = [one.name for one in batch if not set(one.expected) <= set(found)]
    surplus = {key: found[key] for key in found if key not in expected}
    assert (missed, surplus) == ([], {})


def test_the_deviations_are_many_and_each_has_a_check_of_its_own() -> None:
    every = [deviation for batch in BATCHES.values() for deviation in batch]
    keys = [key for deviation in every for key in deviation.expected]
    assert len(every) >= LEAST_DEVIATIONS
    assert len(set(keys)) == len(keys)
    assert len({deviation.name for deviation in every}) == len(every)


def test_what_was_seeded_and_mended_leaves_nothing(
    lab_project: Path, clean: dict[str, Any]
) -> None:
    assert bad(verdict(lab_project)) == bad(clean)


def test_a_host_that_does_not_answer_is_told(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "group_vars").mkdir(parents=True)
    (project / "inventory.ini").write_text(
        "[odoo]\ngone1 ansible_host=192.0.2.254 ansible_ssh_common_args='-o ConnectTimeout=2'\n"
        "[testing]\ngone1\n[testing:vars]\nenvironment_name=testing\nenvironment_kind=testing\n"
    )
    result = verdict(project)
    assert result["verdict"] == "unreachable"
    assert result["unreachable"][0]["host"] == "gone1"
