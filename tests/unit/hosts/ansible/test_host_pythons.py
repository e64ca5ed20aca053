"""What Ansible prints of hosts that were asked for their Python."""

from __future__ import annotations

import pytest

from phaseline.hosts.ansible.host_pythons import SAID

HEAD = "app{} | CHANGED | rc=0 >>\n"
WARNING = "sudo: unable to resolve host app1: Name or service not known\r\n"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (HEAD.format(1) + "Python 3.13.5\n", {"app1": "3.13"}),
        (HEAD.format(1) + WARNING + "Python 3.13.5\r\n", {"app1": "3.13"}),
        (
            HEAD.format(1) + WARNING + "Python 3.13.5\n" + HEAD.format(2) + "Python 3.11.2\n",
            {"app1": "3.13", "app2": "3.11"},
        ),
        (HEAD.format(1) + WARNING + HEAD.format(2) + "Python 3.11.2\n", {"app2": "3.11"}),
        ("app1 | FAILED | rc=127 >>\nsh: 1: python3: not found\n", {}),
    ],
)
def test_each_host_is_taken_at_its_own_word(said: str, found: dict[str, str]) -> None:
    assert dict(SAID.findall(said)) == found
