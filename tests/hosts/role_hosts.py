"""Bare hosts of both Debians, and the plays that the roles' own READMEs show."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import testinfra
import yaml

from phaseline.files.paths import cache_dir, kit_dir
from phaseline.hosts.ansible import authority, collections
from phaseline.hosts.ansible.playbook import AnsibleContext as Surroundings

if TYPE_CHECKING:
    from hosts.lab_client import Bench

HOSTS = ("new13", "new12")
SOURCE = "[odoo]\nnew13\nnew12 lab_suite=bookworm\n"
ROLES = (
    "preflight",
    "host_base",
    "firewall",
    "certificates",
    "postgres",
    "postgres_access",
    "site_certificates",
)


@dataclass(frozen=True)
class Said:
    """What a run said: its end on every host, what changed, what failed."""

    recap: dict[str, dict[str, int]]
    changes: list[str]
    failures: dict[str, str]

    @property
    def ended(self) -> dict[str, tuple[int, int]]:
        """Return changed and failed tasks of every host."""
        return {name: (one["changed"], one["failures"]) for name, one in self.recap.items()}


@dataclass(frozen=True)
class Ground:
    """A lab of bare hosts, and a certificate authority for it."""

    bench: Bench
    secrets: dict[str, str]

    def play(self, *roles: str, check: bool = False, limit: str = "all", **inputs: Any) -> Said:
        """Run the READMEs' plays with these roles; `inputs` replace what the examples say."""
        plays = [play for role in roles for play in example(role)]
        for play in plays:
            # an example's own words are variables of the role: only there can they be replaced
            play["roles"] = [{**one, **_of(one["role"], inputs)} for one in play["roles"]]
        file = self.bench.project / "play.yml"
        file.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
        return self.run(file, "--limit", limit, *(["--check", "--diff"] if check else []))

    def run(self, playbook: Path, *words: str) -> Said:
        """Run a playbook and return what it said."""
        home = self.bench.project
        extra = home / "secrets.json"
        extra.write_text(json.dumps(self.secrets), encoding="utf-8")
        inventory = str(home / "inventory.ini")
        command = [sys.executable, "-m", "ansible", "playbook", str(playbook), "-i", inventory]
        around = Surroundings(home, kit_dir(), collections.ensure(cache_dir()), Path("/dev/null"))
        env = {**around.surroundings(), "ANSIBLE_STDOUT_CALLBACK": "phaseline_events"}
        del env["ANSIBLE_VAULT_PASSWORD_FILE"]
        words = ("-e", f"@{extra}", *words)
        done = subprocess.run(
            [*command, *words], check=False, capture_output=True, text=True, env=env, cwd=home
        )
        return said([line for line in done.stdout.splitlines() if line.startswith('{"event"')])

    def host(self, name: str) -> Any:
        """Return a host for testinfra."""
        return testinfra.get_host(f"ssh://{name}", ssh_config=str(self.bench.home / "ssh_config"))


def made(bench: Bench) -> Ground:
    """Bring the hosts up and return them."""
    bench.up(SOURCE)
    key, certificate = authority.make("testing")
    secrets = {"environment_ca_certificate": certificate, "vault_ca_private_key": key}
    return Ground(bench, secrets)


def example(role: str) -> list[dict[str, Any]]:
    """Return the play that a role's README shows."""
    text = (kit_dir() / "roles" / role / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found, f"{role} shows no play"
    plays: list[dict[str, Any]] = yaml.safe_load(found[1])
    return plays


def said(lines: list[str]) -> Said:
    """Return what the events of a run amount to."""
    events = [json.loads(line) for line in lines]
    results = [one for one in events if one["event"] == "result"]
    return Said(
        next((one["hosts"] for one in events if one["event"] == "recap"), {}),
        [f"{r['host']}: {r['role']}: {r['task']}" for r in results if r["status"] == "changed"],
        {r["host"]: str(r.get("message")) for r in results if r["status"] == "failed"},
    )


def _of(role: str, inputs: dict[str, Any]) -> dict[str, Any]:
    others = [name for name in ROLES if name != role and name.startswith(role)]
    return {
        name: value
        for name, value in inputs.items()
        if name.startswith(f"{role}_") and not any(name.startswith(other) for other in others)
    }
