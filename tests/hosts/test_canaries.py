"""Planted secrets turn up nowhere: not in output, logs, journals, /proc, reports or the project."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.files.environments import vault
from phaseline.files.paths import state_dir
from phaseline.flows.environments import ansible_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.hosts

PROGRAM = str(Path(sys.executable).with_name("phaseline"))
ENV, HOST = "testing", "test1"
LEAST = 25
PLANTED = 12  # beside the environments' own
# where a secret has to be on a host, and may be read by its owner only
AT_HOME = ("/etc/odoo/", "/etc/prometheus/mail-password", "/etc/phaseline/")
LOGS = "/var/log /var/lib/odoo /etc /run /tmp /root /opt/odoo/tenants /var/cache /var/lib/phaseline"


def texts(value: Any) -> Iterator[str]:
    """Yield every secret text; of a key its lines, as a log may hold a part of it."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, str):
        yield from (line for line in value.splitlines() if len(line) > 12 and "-----" not in line)


class Unshown(tuple[str, ...]):
    """Secrets that a failing test does not print."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} secrets"


@pytest.fixture(scope="module")
def planted(lab_project: Path) -> Iterator[tuple[str, ...]]:
    """Every secret of the environments, and some that are planted in a vault beside them."""
    own = vault.load(lab_project, ENV)
    names = [f"vault_canary_{number:02}" for number in range(PLANTED)]
    vault.save(lab_project, ENV, {**own, **{name: secrets.token_urlsafe(24) for name in names}})
    yield Unshown(sorted(set(texts(planting(lab_project)))))
    left = vault.load(lab_project, ENV)
    vault.save(lab_project, ENV, {key: left[key] for key in left if key not in names})


def planting(project: Path) -> Mapping[str, Any]:
    """Return the secrets of every environment's vault, and the password that opens them."""
    password = (state_dir(project) / "vault-password").read_text().strip()
    return {
        "password of the vaults": password,
        **{env: vault.load(project, env) for env in (ENV, "production")},
    }


@pytest.fixture(scope="module")
def said(
    lab_project: Path, planted: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What commands and reports say once the secrets are planted, the loudest way there is."""
    page = tmp_path_factory.mktemp("canaries") / "evidence.html"
    project = ["--project", str(lab_project)]
    runs = {
        "verify": [PROGRAM, "env", "verify", ENV, *project, "--html", str(page)],
        "verify as JSON": [PROGRAM, "env", "verify", ENV, *project, "--format", "json"],
        "tenants": [PROGRAM, "tenant", "list", "--env", ENV, *project],
    }
    found = {name: output(words) for name, words in runs.items()}
    found["ansible -vvv --diff"] = loud(lab_project)
    found["page"] = page.read_text()
    found["inventory"] = (lab_project / "inventory.ini").read_text()
    return found


def output(words: list[str], env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, env={**os.environ, **(env or {})}
    )
    return done.stdout + done.stderr


def loud(project: Path) -> str:
    """Return what Ansible itself says with everything turned on, on a changing run."""
    ground = ansible_run.context(project)
    words = [
        sys.executable, "-m", "ansible", "playbook", str(ground.kit / "playbooks" / "tenant.yml"),
        "--inventory", str(project / "inventory.ini"), "--limit", ENV, "-vvv", "--diff",
    ]  # fmt: skip
    return output(words, ground.surroundings())


def holders(planted: tuple[str, ...], text: str) -> list[str]:
    """Return the first letters of the secrets a text holds; a test's message tells no more."""
    return [f"{secret[:3]}..." for secret in planted if secret in text]


def on_host(project: Path, script: str, given: str = "") -> str:
    config = state_dir(project) / "lab" / "ssh_config"
    words = ["ssh", "-F", str(config), "-o", "BatchMode=yes", HOST, script]
    done = subprocess.run(words, input=given, check=False, capture_output=True, text=True)
    assert done.returncode in (0, 1, 2), done.stderr
    return done.stdout


def test_there_are_enough_secrets_to_look_for(planted: tuple[str, ...]) -> None:
    assert len(planted) >= LEAST


def test_no_command_and_no_report_says_one(planted: tuple[str, ...], said: dict[str, str]) -> None:
    told = {name: holders(planted, text) for name, text in said.items()}
    assert {name: found for name, found in told.items() if found} == {}


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; disks of the lab's hosts are looked through on the hosts."""
    for parent, folders, names in os.walk(folder):
        if Path(parent).name == "lab":
            folders[:] = [name for name in folders if name != "hosts"]
        yield from (Path(parent, name) for name in names)


def test_the_project_its_logs_and_what_provision_said_hold_none(
    lab_project: Path, planted: tuple[str, ...]
) -> None:
    folders = (lab_project, state_dir(lab_project))
    kept = {"vault-password", "key", "id_ed25519"}
    leaks = {}
    assert list((lab_project / "outputs").glob("provision-*.txt"))
    for path in (file for folder in folders for file in files(folder)):
        if path.is_file() and path.name not in kept and path.stat().st_size < 50_000_000:
            found = holders(planted, path.read_bytes().decode(errors="replace"))
            if found and not (path.parent.name == ENV and path.stat().st_mode & 0o077 == 0):
                leaks[str(path)] = found
    assert leaks == {}


def test_no_process_carries_one(lab_project: Path, planted: tuple[str, ...]) -> None:
    script = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"
    assert holders(planted, on_host(lab_project, script)) == []


def test_no_unit_tells_one(lab_project: Path, planted: tuple[str, ...]) -> None:
    assert holders(planted, on_host(lab_project, "systemctl show --all '*'")) == []


def test_no_log_holds_one(lab_project: Path, planted: tuple[str, ...]) -> None:
    assert holders(planted, on_host(lab_project, "journalctl --no-pager -o cat")) == []


def test_a_file_that_holds_one_is_closed(lab_project: Path, planted: tuple[str, ...]) -> None:
    look = f"grep -rlFIf /run/canaries {LOGS} --exclude=canaries"
    script = f"umask 077; cat > /run/canaries; {look}; rm /run/canaries"
    files = on_host(lab_project, script, "\n".join(planted) + "\n").split()
    assert [file for file in files if not file.startswith(AT_HOME)] == []
    for file in files:
        mode = on_host(lab_project, f"stat -c %a {file}").strip()
        assert mode in ("600", "400", "640"), f"{file} {mode}"


def test_no_database_log_or_table_of_settings_holds_one(
    lab_project: Path, planted: tuple[str, ...]
) -> None:
    script = (
        "cat /var/log/postgresql/*; cd /; runuser -u postgres -- psql -XAtc"
        ' "SELECT name, setting FROM pg_settings"; runuser -u postgres -- psql -XAtc'
        ' "SELECT query FROM pg_stat_activity"'
    )
    assert holders(planted, on_host(lab_project, script)) == []


def test_the_verdict_kept_in_the_journal_holds_none(
    lab_project: Path, said: dict[str, str], planted: tuple[str, ...]
) -> None:
    kept = "".join(path.read_text() for path in files(lab_project / "journal"))
    assert said
    assert '"env_verify"' in kept
    assert holders(planted, kept) == []
