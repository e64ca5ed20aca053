"""Another release on a standing environment: beside the old one, tenant after tenant, and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hosts import environments
from hosts.external_client import Site, controller
from phaseline.files.environments import group_vars
from phaseline.files.paths import kit_dir
from phaseline.flows import environment
from phaseline.flows.environments import ansible_run
from phaseline.flows.machines.release import releases_dir
from phaseline.hosts.releases import archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hosts.lab_client import Bench

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("deploy")]

PYTHON = "3.13"
TENANTS = ("harbour", "quayside")
REF = f"lantern {os.getpid()}"  # a lab that is used again has those of other runs, too
ADDON = "server/odoo/addons/lantern"
FILES = {
    "__init__.py": "",
    "__manifest__.py": '{"name": "Lantern", "depends": ["base"], "license": "LGPL-3"}\n',
    "static/light.txt": "it shines",
}
# what a run leaves that is killed between a tenant's link and its restart
HALF = """
ln -sfn /opt/odoo/releases/{} /opt/odoo/tenants/.harbour
mv -T /opt/odoo/tenants/.harbour /opt/odoo/tenants/harbour
"""
# the template of a release that was pruned, and all templates: their databases and their files
FORGOTTEN = """
mkdir -p /var/lib/odoo/.template/template_00000000deadbeef/filestore
runuser -u postgres -- psql -qc 'CREATE DATABASE template_00000000deadbeef IS_TEMPLATE true'
"""
TEMPLATES = """
runuser -u postgres -- psql -Atc \
  "SELECT datname FROM pg_database WHERE datname LIKE 'template\\__%'"
ls -d /var/lib/odoo/.template/template_* | xargs -n1 basename
"""


@pytest.fixture(scope="module")
def stands(alone: Bench) -> Iterator[Bench]:
    """The environment of one host, with a second tenant."""
    environments.provision(alone.project, "testing")
    old = group_vars.releases(alone.project, "testing")
    domain = "quayside.testing.lab.test"
    words = ["tenant", "add", "quayside", "--env", "testing", "--domain", domain]
    added = environments.call(alone.project, *words)
    assert added.returncode == 0, added.stderr
    yield alone
    declare(alone.project, old[PYTHON])
    environments.provision(alone.project, "testing")
    words = ["tenant", "retire", "quayside", "--env", "testing", "--confirm", "quayside"]
    environments.call(alone.project, *words)


@pytest.fixture(scope="module")
def old(stands: Bench) -> str:
    return group_vars.releases(stands.project, "testing")[PYTHON]


@pytest.fixture(scope="module")
def new(old: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A release that has one add-on more."""
    kept = archive.read(releases_dir(), old)
    tree = archive.unpack(kept, tmp_path_factory.mktemp("tree"))
    for name, text in FILES.items():
        archive.put(tree / ADDON / name, text)
    manifest = json.loads((tree / archive.MANIFEST).read_text(encoding="utf-8"))
    listed = archive.list_files(tree)
    made = archive.make_id(manifest["series"], PYTHON, listed, manifest["inputs"])
    archive.put(tree / archive.FILES, listed)
    told = {**manifest, "id": made}
    archive.put(tree / archive.MANIFEST, archive.canonical(told))
    assert archive.store(tree, told, releases_dir()).id == made != old
    yield made
    for file in releases_dir().glob(f"{made}.*"):
        file.unlink()


def declare(project: Path, name: str) -> None:
    """Say which release the environment runs, as an operator does in group_vars."""
    file = group_vars.folder(project, "testing") / "release.yml"
    before = group_vars.releases(project, "testing")[PYTHON]
    file.write_text(file.read_text(encoding="utf-8").replace(before, name), encoding="utf-8")


def deploy(project: Path, *words: str) -> dict[str, Any]:
    answer = environments.call(project, "env", "deploy", "testing", *words, "--format", "json")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


def runs(bench: Bench, tenant: str) -> tuple[str, str]:
    """Return the release that a tenant's processes have open, and when its unit began."""
    unit = f"odoo@{tenant}.service"
    mapped = bench.ssh(
        "all1",
        f"pid=$(systemctl show {unit} -p MainPID --value);"
        " grep -oE '/opt/odoo/releases/[^/ ]+' /proc/$pid/maps | sort -u",
    )
    began = f"systemctl show {unit} -p ActiveEnterTimestampMonotonic --value"
    return mapped.removeprefix("/opt/odoo/releases/"), bench.ssh("all1", began)


def verify(project: Path, *words: str) -> None:
    said = environments.call(project, "env", "verify", "testing", *words)
    assert said.returncode == 0, said.stdout + said.stderr


def light(project: Path) -> int:
    site: Site = controller(project)
    return site.ask("/lantern/static/light.txt")[0]


def partner(project: Path, tenant: str) -> list[int]:
    """Return the customers of this test in a tenant's database."""
    with environment.connect(project, f"testing/{tenant}") as door:
        found: list[int] = door.port.call("res.partner", "search", domain=[["ref", "=", REF]])
        return found


def test_one_tenant_goes_first_and_the_other_goes_on_undisturbed(
    stands: Bench, old: str, new: str
) -> None:
    with environment.connect(stands.project, "testing/harbour") as door:
        values = {"name": "Who was there before", "ref": REF}
        door.port.call("res.partner", "create", vals_list=[values])
    before = {name: runs(stands, name) for name in TENANTS}
    assert {release for release, _ in before.values()} == {old}
    assert light(stands.project) == 404
    declare(stands.project, new)
    deploy(stands.project, "--tenant", "harbour")
    assert runs(stands, "harbour")[0] == new
    assert runs(stands, "quayside") == before["quayside"]
    assert light(stands.project) == 200
    assert len(partner(stands.project, "harbour")) == 1


def test_a_tenant_that_stayed_behind_is_told(stands: Bench, new: str) -> None:
    answer = environments.call(stands.project, "env", "verify", "testing", "--format", "json")
    assert answer.returncode != 0
    assert "quayside" in answer.stdout
    assert new in answer.stdout


def test_then_all_follow_and_a_second_run_changes_nothing(stands: Bench, new: str) -> None:
    began = runs(stands, "harbour")
    deploy(stands.project)
    assert runs(stands, "quayside")[0] == new
    assert runs(stands, "harbour") == began
    assert deploy(stands.project)["changes"] == []
    verify(stands.project, "--deep")


def test_a_deploy_that_was_killed_before_the_restart_is_finished(
    stands: Bench, old: str, new: str
) -> None:
    stands.ssh("all1", HALF.format(old))
    deploy(stands.project)
    assert runs(stands, "harbour")[0] == new
    stands.ssh("all1", HALF.format(new))
    began = runs(stands, "harbour")
    deploy(stands.project)
    assert runs(stands, "harbour")[1] != began[1]


def test_the_way_back_is_the_same_by_hand(stands: Bench, old: str, new: str) -> None:
    """The old release is still there; by hand as playbooks/README.md says."""
    kept = {f"template_{one.rpartition('-')[2]}" for one in (old, new)}
    stands.ssh("all1", FORGOTTEN)
    declare(stands.project, old)
    ground = ansible_run.context(stands.project)
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ground.collections),
        "ANSIBLE_VAULT_PASSWORD_FILE": str(ground.vault_password),
    }
    inventory = stands.project / "inventory.ini"
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    words = [program, "-i", str(inventory), "playbooks/deploy.yml"]
    words += ["--limit", "testing", "-e", f"phaseline_release_folder={releases_dir()}"]
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, env=env, cwd=kit_dir()
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert {runs(stands, name)[0] for name in TENANTS} == {old}
    assert light(stands.project) == 404
    assert len(partner(stands.project, "harbour")) == 1
    assert set(stands.ssh("all1", TEMPLATES).split()) == kept
    verify(stands.project)
