"""A lab as a person uses it, by the command line, and what is left of one afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phaseline.files.paths import state_dir
from phaseline.hosts.local import processes

PROGRAM = str(Path(sys.executable).with_name("phaseline"))


@dataclass(frozen=True)
class Bench:
    """A project folder for a lab."""

    project: Path

    @property
    def home(self) -> Path:
        return state_dir(self.project) / "lab"

    def command(self, *words: str) -> list[str]:
        return [PROGRAM, "lab", *words, "--project", str(self.project)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), check=False, capture_output=True, text=True)

    def up(self, source: str | None = None, *more: str) -> dict[str, Any]:
        """Bring the lab up and return what the command said."""
        words = ["up", "--format", "json", *more]
        if source is not None:
            file = self.project / "source.ini"
            file.write_text(source, encoding="utf-8")
            words += ["--inventory", str(file)]
        answer = self.run(*words)
        assert answer.returncode == 0, answer.stderr
        said: dict[str, Any] = json.loads(answer.stdout)
        return said

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.run("status", "--format", "json").stdout)
        return said

    def number(self) -> int:
        return int(json.loads((self.home / "record.json").read_text())["number"])

    def ssh(self, host: str, command: str) -> str:
        words = ["ssh", "-F", str(self.home / "ssh_config"), "-o", "BatchMode=yes", host, command]
        answer = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
        assert answer.returncode == 0, f"{command}: {answer.stdout}{answer.stderr}"
        return answer.stdout.strip()

    def started(self, host: str) -> str:
        """Return when a host's first process began; nothing while SSH does not answer."""
        words = ["ssh", "-F", str(self.home / "ssh_config"), "-o", "ConnectTimeout=2", host]
        answer = subprocess.run(
            [*words, "cut -d' ' -f22 /proc/1/stat"], check=False, capture_output=True, text=True
        )
        return answer.stdout.strip()

    def traces(self, number: int) -> list[str]:
        """Return whatever of a lab is still on this machine, each thing in one line."""
        name = f"phl{number}"
        found = [f"process {pid}: {words}" for pid, words in _processes() if f"{name}h" in words]
        found += [f"process in its folder: {one}" for one in processes.inside(self.home, 0)]
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
        found += [f"mount {one}" for one in mounts if str(self.home) in one or f"{name} " in one]
        found += [f"cgroup {one}" for one in Path("/sys/fs/cgroup").glob(f"**/phaseline-{name}h*")]
        net = Path("/sys/class/net")
        found += [f"interface {one.name}" for one in net.glob(f"vb-{name}h*")]
        found += [f"interface {name}"] if (net / name).exists() else []
        tables = subprocess.run(
            ["nft", "list", "tables"], check=True, capture_output=True, text=True
        )
        found += [f"nft {one}" for one in tables.stdout.splitlines() if one.endswith(f" {name}")]
        found += [f"file {one}" for one in Path("/run/systemd/nspawn").glob(f"*/{name}h*")]
        claims = (Path("/run/phaseline/labs") / name for name in (f"{number}", f"{number}.json"))
        found += [f"file {one}" for one in claims if one.exists()]
        found += [f"file {self.home}"] if self.home.exists() else []
        return found


def _processes() -> list[tuple[int, str]]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            found.append((int(entry.name), words.decode(errors="replace")))
    return found
