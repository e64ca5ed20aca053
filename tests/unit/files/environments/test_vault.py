"""The vault is Ansible's own: sealed at once, opened by its password only, and kept private."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from phaseline.errors import Exit, PhaselineError
from phaseline.files.environments import vault

if TYPE_CHECKING:
    from pathlib import Path

VALUES = {"vault_tenants": {"harbour": {"api_key": "s3cr3t"}}, "vault_ca_private_key": "other"}
KEY = (
    "-----BEGIN PRIV"
    "ATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAwEHBG0wawIBAQQg\n"
    "-----END PRIVATE KEY-----\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv(vault.GIVEN, raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    vault.save(folder, "testing", VALUES)
    return folder


def test_what_was_saved_is_loaded(project: Path) -> None:
    assert vault.load(project, "testing") == VALUES


def test_nothing_of_it_is_readable(project: Path) -> None:
    path = vault.path(project, "testing")
    assert b"s3cr3t" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert vault.password_file(project).stat().st_mode & 0o777 == 0o600


def test_ansibles_own_tool_opens_it(project: Path) -> None:
    words = [sys.executable, "-m", "ansible", "vault", "view", str(vault.path(project, "testing"))]
    done = subprocess.run(
        [*words, "--vault-password-file", str(vault.password_file(project))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert yaml.safe_load(done.stdout) == VALUES


def test_of_several_that_begin_at_once_all_use_one_password(project: Path) -> None:
    vault.path(project, "testing").unlink()
    vault.password_file(project).unlink()
    program = (
        "import sys; from pathlib import Path; from phaseline.files.environments import vault;"
        " print(vault.password_file(Path(sys.argv[1])).read_text(), end='')"
    )
    begun = [
        subprocess.Popen([sys.executable, "-c", program, str(project)], stdout=subprocess.PIPE)
        for _ in range(6)
    ]
    said = {one.communicate()[0] for one in begun}
    assert {one.returncode for one in begun} == {0}
    assert said == {vault.password_file(project).read_bytes()}
    assert [one.name for one in vault.password_file(project).parent.glob(".vault-password*")] == []


def test_saving_the_same_changes_nothing(project: Path) -> None:
    before = vault.path(project, "testing").read_bytes()
    assert not vault.save(project, "testing", VALUES)
    assert vault.path(project, "testing").read_bytes() == before


def test_another_password_does_not_open_it(project: Path) -> None:
    vault.password_file(project).write_text("another\n")
    with pytest.raises(PhaselineError) as error:
        vault.load(project, "testing")
    assert (error.value.faults[0].code, error.value.exit_code) == ("C007", Exit.SECRET)


def test_a_lost_password_is_not_replaced_by_a_new_one(project: Path) -> None:
    vault.password_file(project).unlink()
    with pytest.raises(PhaselineError, match="the password of the vault is missing"):
        vault.password_file(project)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_password_open_to_others_is_refused(project: Path, mode: int) -> None:
    vault.password_file(project).chmod(mode)
    with pytest.raises(PhaselineError) as error:
        vault.load(project, "testing")
    assert (error.value.faults[0].code, error.value.exit_code) == ("C006", Exit.SECRET)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_vault_open_to_others_is_refused(project: Path, mode: int) -> None:
    vault.path(project, "testing").chmod(mode)
    with pytest.raises(PhaselineError, match="the vault can be read by others") as error:
        vault.load(project, "testing")
    assert (error.value.faults[0].code, error.value.exit_code) == ("C006", Exit.SECRET)


@pytest.mark.parametrize(("identity", "opens"), [("testing", True), ("production", False)])
def test_a_vault_sealed_for_something_else_is_refused(
    project: Path, identity: str, opens: bool
) -> None:
    file = vault.path(project, "testing")
    text = file.read_text()
    assert text.startswith("$ANSIBLE_VAULT;1.1;AES256\n")
    file.write_text(text.replace("1.1;AES256", f"1.2;AES256;{identity}", 1))
    if opens:
        assert vault.load(project, "testing") == VALUES
        return
    with pytest.raises(PhaselineError, match="sealed for 'production', not for 'testing'") as error:
        vault.load(project, "testing")
    assert (error.value.faults[0].code, error.value.exit_code) == ("C007", Exit.SECRET)


def test_a_vault_in_clear_is_refused(project: Path) -> None:
    vault.path(project, "testing").write_text("vault_tenants: {}\n")
    with pytest.raises(PhaselineError, match="the vault is not encrypted"):
        vault.load(project, "testing")


def test_every_text_and_every_line_of_a_key_is_masked() -> None:
    found = vault.texts({"a": {"b": "one"}, "key": KEY, "none": None})
    assert found >= {"one", "MIGHAgEAMBMGByqGSM49", "AwEHBG0wawIBAQQg"}
    assert json.dumps(KEY.strip())[1:-1] in found
    assert KEY.splitlines()[0] not in found
