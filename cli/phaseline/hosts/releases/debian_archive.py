"""Packages of the Debian archive, fetched by a private apt that verifies the signature chain.

Nothing of the machine's own apt is touched and no root is needed: the lists, the cache and the one
source stand in a folder of ours.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.core.release import DebianPin
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run as programs
from phaseline.hosts.local import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Unsigned or weakly signed sources are never taken, whatever the machine's own apt would allow.
STRICT = (
    "Acquire::AllowInsecureRepositories=false",
    "Acquire::AllowWeakRepositories=false",
    "Acquire::AllowDowngradeToInsecureRepositories=false",
    "APT::Get::AllowUnauthenticated=false",
    "APT::Update::Error-Mode=any",
    "Acquire::Languages=none",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=30",
    "Acquire::https::Timeout=30",
)
# Only the unstable suite of a mirror may be past its date: the versions in it are locked.
MAY_BE_OLD = ("sid", "unstable")
SIGNATURE = re.compile(
    r"NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|is not signed|invalid signature"
    r"|signatures? (were|was) invalid|couldn't be verified|gpgv|Sub-process .*sqv"
    r"|is not valid yet|is expired",
    re.IGNORECASE,
)
DAMAGED = re.compile(r"Hash Sum mismatch|unexpected size|size mismatch", re.IGNORECASE)
UNKNOWN = re.compile(
    r"Version .* was not found|Unable to locate package|No packages found|Can't find"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A mirror and the keyring that its signatures must come from."""

    mirror: str
    keyring: Path = KEYRING


def fetch(archive: Archive, pins: Sequence[DebianPin], cache: Path) -> dict[str, Path]:
    """Return the package file of each pin by name, from the cache or fetched and verified."""
    cache.mkdir(parents=True, exist_ok=True)
    kept = {pin.name: cache / f"{pin.sha256}.deb" for pin in pins}
    missing = [p for p in pins if not kept[p.name].is_file() or sha256(kept[p.name]) != p.sha256]
    for suite in sorted({pin.suite for pin in missing}):
        with _apt(archive, suite, cache) as apt:
            for pin in (one for one in missing if one.suite == suite):
                file = apt.download(pin)
                _check(pin, sha256(file))
                file.replace(kept[pin.name])
    return kept


def newest(
    archive: Archive, suite: str, names: Sequence[str], cache: Path
) -> tuple[DebianPin, ...]:
    """Return the version and hash that the signed index of a suite names for each package now."""
    cache.mkdir(parents=True, exist_ok=True)
    with _apt(archive, suite, cache) as apt:
        return tuple(apt.pin(name) for name in names)


def sha256(file: Path) -> str:
    """Return the hash of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Apt:
    """A private apt with the verified index of one suite."""

    folder: Path
    suite: str

    def run(self, program: str, *words: str) -> programs.CommandResult:
        """Return how an apt program ended that saw only our source."""
        options = [part for option in STRICT for part in ("-o", option)]
        env = programs.clean_environment(APT_CONFIG=str(self.folder / "apt.conf"))
        path = programs.lookup(program, "apt")
        return programs.run([path, *options, *words], cwd=self.folder, env=env, timeout=600)

    def download(self, pin: DebianPin) -> Path:
        """Return the fetched package file, whose hash apt has held against the signed index."""
        before = set(self.folder.glob("*.deb"))
        outcome = self.run("apt-get", "download", f"{pin.name}={pin.version}")
        if outcome.status != 0:
            raise PhaselineError(_explain(outcome, f"{pin.name} {pin.version}"))
        new = set(self.folder.glob("*.deb")) - before
        if len(new) != 1:
            raise PhaselineError(_gone(f"{pin.name} {pin.version}", self.suite))
        return new.pop()

    def pin(self, name: str) -> DebianPin:
        """Return what the index says of a package's newest version."""
        outcome = self.run("apt-cache", "show", "--no-all-versions", name)
        fields = dict(
            line.split(": ", 1) for line in outcome.output.splitlines() if re.match(r"\w+: ", line)
        )
        if outcome.status != 0 or not {"Version", "SHA256"} <= set(fields):
            raise PhaselineError(_gone(name, self.suite))
        return DebianPin(self.suite, name, fields["Version"], fields["SHA256"])


@contextlib.contextmanager
def _apt(archive: Archive, suite: str, cache: Path) -> Iterator[Apt]:
    if not archive.keyring.is_file():
        hint = "Run `apt-get install debian-archive-keyring` as root."
        raise PhaselineError(Fault("H005", f"the keyring {archive.keyring} is missing", hint=hint))
    with scratch.folder(cache, ".apt-") as folder:
        folder.chmod(0o755)
        _configure(folder, archive, suite)
        apt = Apt(folder, suite)
        outcome = apt.run("apt-get", "update")
        if outcome.status != 0 or "\nE: " in f"\n{outcome.errors}":
            raise PhaselineError(_explain(outcome, f"{archive.mirror} {suite}"))
        if suite not in MAY_BE_OLD:
            _check_date(folder, f"{archive.mirror} {suite}")
        yield apt


def _configure(folder: Path, archive: Archive, suite: str) -> None:
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True)
    old = " check-valid-until=no" if suite in MAY_BE_OLD else ""
    source = f"deb [signed-by={archive.keyring}{old}] {archive.mirror} {suite} main\n"
    (folder / "sources.list").write_text(source, encoding="utf-8")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Log": folder,
        # As root apt would switch to an account that may not write here; we verify, so stay.
        "APT::Sandbox::User": pwd.getpwuid(os.geteuid()).pw_name,
    }
    text = "".join(f'{key} "{value}";\n' for key, value in settings.items())
    (folder / "apt.conf").write_text(text, encoding="utf-8")
    (folder / "status").touch()


def _check_date(folder: Path, what: str) -> None:
    """Refuse an index past its date ourselves: a machine's apt may be told not to look."""
    for file in (folder / "lists").glob("*Release"):
        found = re.search(r"^Valid-Until: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        if found and parsedate_to_datetime(found[1]) < datetime.now(UTC):
            hint = "Name a mirror that is kept up to date, with `--mirror ADDRESS`."
            message = f"{what}: the signed index expired on {found[1]}"
            raise PhaselineError(Fault("H002", message, hint=hint))


def _check(pin: DebianPin, found: str) -> None:
    if found == pin.sha256:
        return
    raise PhaselineError(
        Fault(
            "H003",
            f"{pin.name} {pin.version} has sha256 {found[:16]}…, the lock says {pin.sha256[:16]}…",
            hint="If the change is wanted, run `phaseline release lock` and review its difference.",
        )
    )


def _explain(outcome: programs.CommandResult, what: str) -> Fault:
    text = outcome.errors
    if UNKNOWN.search(text):
        return _gone(what, "this suite")
    if DAMAGED.search(text):
        hint = "The mirror is damaged or being updated; try again later or name another mirror."
        return Fault(
            "H003", f"{what}: a file differs from the signed index: {outcome.tail}", hint=hint
        )
    if SIGNATURE.search(text):
        hint = "Name a mirror that carries Debian's own signatures, with `--mirror ADDRESS`."
        return Fault("H002", f"{what}: the signature does not verify: {outcome.tail}", hint=hint)
    hint = "Check the network and the mirror, then run the same command again."
    return Fault("H004", f"{what}: the download failed: {outcome.tail}", hint=hint)


def _gone(what: str, suite: str) -> Fault:
    return Fault(
        "H003",
        f"{what} is not in {suite} of this mirror any more",
        hint="Run `phaseline release lock` to take what the mirror carries now, and review it.",
    )
