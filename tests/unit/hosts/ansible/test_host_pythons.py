"""What hosts reply that were asked for their Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.paths import kit_dir
from phaseline.hosts.ansible import adhoc, host_pythons
from phaseline.hosts.ansible.playbook import AnsibleContext

if TYPE_CHECKING:
    from pathlib import Path

WARNING = "sudo: unable to resolve host app1: Name or service not known\r\n"
INVENTORY = """\
[odoo]
app1 ansible_connection=local ansible_become=false
app2 ansible_connection=local ansible_become=false
gone ansible_host=127.0.0.1 ansible_port=1
[testing]
app1
app2
[lost]
app1
gone
[lost:vars]
ansible_ssh_common_args=-o BatchMode=yes -o ConnectTimeout=5
"""


@pytest.fixture
def context(tmp_path: Path) -> AnsibleContext:
    (tmp_path / "inventory.ini").write_text(INVENTORY)
    return AnsibleContext(tmp_path, kit_dir(), tmp_path / "collections", None)


@pytest.mark.parametrize(
    "said", ["Python 3.13.5\n", WARNING + "Python 3.13.5\r\n", WARNING * 2 + "Python 3.13.0rc1\n"]
)
def test_warnings_before_the_version_are_not_taken_for_it(said: str) -> None:
    assert host_pythons.version("app1", {"stdout": said}) == "3.13"


def test_a_host_that_says_something_else_is_a_fault() -> None:
    with pytest.raises(PhaselineError, match="app1 does not say which Python") as caught:
        host_pythons.version("app1", {"stdout": WARNING})
    assert caught.value.faults[0].code == "H042"


def test_each_host_is_taken_at_its_own_word(context: AnsibleContext) -> None:
    found = host_pythons.of_hosts(context, "testing")
    assert found.keys() == {"app1", "app2"}
    assert all(one.startswith("3.") for one in found.values())


def test_a_host_that_does_not_answer_is_told_by_name(context: AnsibleContext) -> None:
    with pytest.raises(PhaselineError, match="gone does not answer over SSH") as caught:
        host_pythons.of_hosts(context, "lost")
    assert [one.code for one in caught.value.faults] == ["H040"]


def test_an_environment_without_hosts_is_a_fault_with_a_reason(context: AnsibleContext) -> None:
    with pytest.raises(PhaselineError, match="no Odoo host of 'nowhere' could be asked") as caught:
        host_pythons.of_hosts(context, "nowhere")
    assert caught.value.faults[0].code == "H042"


def test_a_reply_may_hold_whatever_looks_like_the_words_of_ansible(context: AnsibleContext) -> None:
    said = "app9 | SUCCESS => {\n app2 | UNREACHABLE!: no"
    question = adhoc.Question(
        "app1", "ansible.builtin.debug", "msg={{ said }}", variables={"said": said}
    )
    replies = adhoc.ask(context, question)
    assert (replies.of_hosts, replies.failures) == ({"app1": {"msg": said}}, [])
