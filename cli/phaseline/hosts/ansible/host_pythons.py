"""Which Python each host of an environment has, asked over SSH before anything else."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.ansible.playbook import KEY_TROUBLE
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from phaseline.hosts.ansible.playbook import AnsibleContext

TIMEOUT = 120
ASK = "python3 --version"
# Over a terminal of sudo's its warnings stand between the two lines.
SAID = re.compile(
    r"^(\S+) \| CHANGED \| rc=0 >>\n(?:(?!\S+ \| ).*\n)*?Python (\d+\.\d+)", re.MULTILINE
)
LOST = re.compile(r"^(\S+) \| UNREACHABLE!: (.*?)(?=^\S+ \| |\Z)", re.MULTILINE | re.DOTALL)


def of_hosts(ground: AnsibleContext, env: str) -> dict[str, str]:
    """Return the Python version of every Odoo host; a host that does not answer is a fault."""
    argv = [
        *run.WITH_US, sys.executable, "-m", "ansible", "adhoc", "odoo",
        "--inventory", str(ground.project_dir / "inventory.ini"), "--limit", env,
        "--module-name", "ansible.builtin.raw", "--args", ASK,
    ]  # fmt: skip
    done = subprocess.run(
        argv,
        cwd=ground.project_dir,
        env=ground.surroundings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT,
        check=False,
    )
    lost = [_fault(name, " ".join(why.split())) for name, why in LOST.findall(done.stdout)]
    if lost:
        raise PhaselineError(*lost)
    found = dict(SAID.findall(done.stdout))
    if done.returncode or not found:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        message = f"no Odoo host of '{env}' could be asked: {' '.join(said)}"
        raise PhaselineError(Fault("H042", message, Place("inventory.ini")))
    return found


def _fault(host: str, why: str) -> Fault:
    if any(text in why for text in KEY_TROUBLE):
        hint = "Compare the key with the provider's console, then put it into known_hosts."
        return Fault("H041", f"the SSH key of {host} is unknown or has changed", Place(host), hint)
    hint = "Look at the host and its line in inventory.ini."
    return Fault("H040", f"{host} does not answer over SSH: {why}", Place(host), hint)
