"""Which Debian mirror this machine uses, read from its own apt sources."""

from __future__ import annotations

import os
from pathlib import Path

from phaseline.errors import Fault, PhaselineError

VARIABLE = "PHASELINE_DEBIAN_MIRROR"
APT = Path("/etc/apt")
RELEASES = ("stable", "testing", "unstable", "sid")


def lookup(
    given: str | None = None, apt: Path = APT, release: Path = Path("/etc/os-release")
) -> str:
    """Return the mirror's address: the one given, the environment's, else the machine's own."""
    if chosen := given or os.environ.get(VARIABLE):
        return chosen.rstrip("/")
    suites = {*RELEASES, codename(release)}
    for uri, suite in _sources(apt):
        if suite in suites:
            return uri.rstrip("/")
    raise PhaselineError(
        Fault(
            "H018",
            f"there is no Debian mirror in {apt}/sources.list or {apt}/sources.list.d",
            hint=f"Name one with `--mirror ADDRESS` or the variable {VARIABLE}.",
        )
    )


def security(apt: Path = APT) -> str | None:
    """Return where this machine gets Debian's security updates, or None when it does not say."""
    found = (uri for uri, suite in _sources(apt) if suite.endswith("-security"))
    return next((uri.rstrip("/") for uri in found), None)


def codename(release: Path = Path("/etc/os-release")) -> str:
    """Return the codename of this Debian, as `bookworm`, or an empty text."""
    if not release.is_file():
        return ""
    for line in release.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key == "VERSION_CODENAME":
            return value.strip().strip('"')
    return ""


def _sources(apt: Path) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    folder = apt / "sources.list.d"
    for file in [apt / "sources.list", *sorted(folder.glob("*.list"))]:
        if file.is_file():
            found += _one_line(file.read_text(encoding="utf-8", errors="replace"))
    for file in sorted(folder.glob("*.sources")):
        found += _deb822(file.read_text(encoding="utf-8", errors="replace"))
    return found


def _one_line(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words or words[0] != "deb":
            continue
        rest = words[1:]
        if rest and rest[0].startswith("["):
            end = next((i for i, word in enumerate(rest) if word.endswith("]")), len(rest))
            rest = rest[end + 1 :]
        if len(rest) >= 3 and "main" in rest[2:]:  # noqa: PLR2004 (address, suite, components)
            found.append((rest[0], rest[1]))
    return found


def _deb822(text: str) -> list[tuple[str, str]]:
    found = []
    for stanza in text.split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in stanza.splitlines():
            key, mark, value = line.partition(":")
            if mark and not line.startswith(("#", " ", "\t")):
                fields[key.strip().lower()] = value.split()
        usable = "deb" in fields.get("types", []) and fields.get("enabled", ["yes"]) != ["no"]
        if usable and "main" in fields.get("components", []):
            found += [(u, s) for u in fields.get("uris", []) for s in fields.get("suites", [])]
    return found
