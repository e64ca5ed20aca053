"""Which Python each host of an environment has, asked over SSH before anything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.ansible import adhoc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from phaseline.hosts.ansible.playbook import AnsibleContext

ASK = "python3 --version"
# Over a terminal of sudo's its warnings stand before the version.
VERSION = re.compile(r"^Python (\d+\.\d+)", re.MULTILINE)


def of_hosts(ground: AnsibleContext, env: str) -> dict[str, str]:
    """Return the Python version of every Odoo host; a host that does not answer is a fault."""
    replies = adhoc.ask(ground, adhoc.Question("odoo", "ansible.builtin.raw", ASK, limit=env))
    replies.refuse_unreachable()
    replies.refuse_silence("H042", f"no Odoo host of '{env}' could be asked")
    return {host: version(host, said) for host, said in replies.of_hosts.items()}


def version(host: str, said: Mapping[str, Any]) -> str:
    """Return the version in a host's reply."""
    found = VERSION.search(str(said.get("stdout", "")))
    if found is None:
        message = f"{host} does not say which Python it has"
        raise PhaselineError(Fault("H042", message, Place(host)))
    return found[1]
