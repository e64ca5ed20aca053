"""Reads hosts over SSH with testinfra: one trip a host, all hosts at once."""

from __future__ import annotations

import base64
import importlib.util
import json
import shlex
import subprocess
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import testinfra

from phaseline import kit
from phaseline.hosts.verify.agent.odoo import RELEASE
from phaseline.hosts.verify.checks.model import Facts
from phaseline.hosts.verify.readings import orders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phaseline.core.environments.declared import DeclaredEnvironment, Host
    from phaseline.progress import Progress

PROGRAMS = {RELEASE: ("odoo_release", "release")}
SENT = (
    "phaseline.hosts.verify.agent.main",
    "phaseline.hosts.verify.agent.odoo",
    "phaseline.hosts.verify.agent.prometheus",
)
LOADER = """
import sys, types
for name, source in sent:
    parts = name.split(".")
    for end in range(1, len(parts)):
        sys.modules.setdefault(".".join(parts[:end]), types.ModuleType(".".join(parts[:end])))
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
sys.modules[sent[0][0]].main(orders)
"""
OPTIONS = "-o BatchMode=yes -o ServerAliveInterval=15 -o ServerAliveCountMax=4"


class UnreachableError(Exception):
    """A host could not be read at all."""


def read(
    declared: DeclaredEnvironment, hosts: Iterable[Host], progress: Progress
) -> tuple[dict[str, Facts], dict[str, str]]:
    """Return the facts of every host that answers, and why the others do not."""
    wanted = tuple(hosts)
    facts: dict[str, Facts] = {}
    lost: dict[str, str] = {}
    with ThreadPoolExecutor(max(len(wanted), 1)) as pool:
        futures = {host.name: pool.submit(read_one, declared, host) for host in wanted}
        for name, future in futures.items():
            try:
                facts[name] = Facts(future.result())
                progress.step(f"{name}: read")
            except UnreachableError as error:
                lost[name] = str(error)
                progress.step(f"{name}: not reachable: {error}")
    return facts, lost


def read_one(declared: DeclaredEnvironment, host: Host) -> dict[str, dict[str, Any]]:
    """Return what the agent answers on one host, and what only this side knows of it."""
    machine = connect(host)
    started = time.time()
    try:
        done = machine.run(command(orders(declared, host)))
    except (RuntimeError, OSError) as error:
        raise UnreachableError(last_line(error)) from error
    if done.rc != 0:
        raise UnreachableError(last_line(done.stderr) or f"the reading ended with {done.rc}")
    try:
        answers: dict[str, dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        said = f"it answers in no form we know: {done.stdout[:80]!r}"
        raise UnreachableError(said) from error
    middle = (started + time.time()) / 2
    clock = answers.get("clock", {}).get("value")
    if clock:
        answers["clock_apart"] = {"value": float(clock) - middle}
    answers["own_keys"] = {"value": sorted(own_keys(host))}
    return answers


def connect(host: Host) -> Any:
    """Return testinfra's connection to a host, as Ansible would connect."""
    given = host.variables
    words = shlex.split(str(given.get("ansible_ssh_common_args") or ""))
    config = words[words.index("-F") + 1] if "-F" in words else None
    rest = [word for word in words if word not in ("-F", config)]
    user = f"{given['ansible_user']}@" if given.get("ansible_user") else ""
    port = f":{given['ansible_port']}" if given.get("ansible_port") else ""
    return testinfra.get_host(
        f"ssh://{user}{given.get('ansible_host') or host.name}{port}",
        ssh_config=config,
        ssh_identity_file=given.get("ansible_ssh_private_key_file"),
        ssh_extra_args=f"{OPTIONS} {shlex.join(rest)}".strip(),
        controlpersist=0,
        sudo=True,
    )


def command(readings: dict[str, Any]) -> str:
    """Return one shell command that carries the agent and its orders, and no secret."""
    programs = [(name, kit.program(*one).read_text("utf-8")) for name, one in PROGRAMS.items()]
    sent = [(name, source(name)) for name in SENT] + programs
    program = f"sent = {sent!r}\norders = {readings!r}\n{LOADER}"
    packed = base64.b64encode(zlib.compress(program.encode(), 9)).decode()
    start = f"import base64,zlib;exec(zlib.decompress(base64.b64decode('{packed}')))"
    return f"/usr/bin/python3 -I -c {shlex.quote(start)}"


def source(name: str) -> str:
    """Return the text of a module of ours."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        message = f"there is no module {name}"
        raise ModuleNotFoundError(message)
    return Path(spec.origin).read_text(encoding="utf-8")


def own_keys(host: Host) -> set[str]:
    """Return the public keys this side comes in with, without their comments."""
    given = host.variables
    words = shlex.split(str(given.get("ansible_ssh_common_args") or ""))
    target = str(given.get("ansible_host") or host.name)
    said = subprocess.run(
        ["ssh", *words, "-G", target],  # noqa: S607
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    files = [line.partition(" ")[2] for line in said.splitlines() if line[:13] == "identityfile "]
    if given.get("ansible_ssh_private_key_file"):
        files.append(str(given["ansible_ssh_private_key_file"]))
    found = set()
    for file in files:
        public = Path(f"{file}.pub").expanduser()
        if public.is_file():
            found.add(public.read_text(encoding="utf-8").split()[1])
    agent = subprocess.run(["ssh-add", "-L"], capture_output=True, text=True, check=False)  # noqa: S607
    return found | {line.split()[1] for line in agent.stdout.splitlines() if line[:4] == "ssh-"}


def last_line(said: object) -> str:
    """Return the last line of what ssh says; the command it ran is not repeated."""
    text = getattr(said, "args", [said])[0]
    text = getattr(text, "stderr", text)
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
