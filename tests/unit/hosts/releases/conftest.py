"""Small real things to build releases from: an Odoo tree, a recipe, a signed Debian archive."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from phaseline.core.release import DebianPin
from phaseline.files.paths import CACHE_VARIABLE, STATE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECIPE = """\
format: 1
odoo: {series: "19.0", source: path, path: %s}
python: {versions: ["3.11"]}
"""


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep state and cache of the test in its own folder."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    return tmp_path / "cache"


@pytest.fixture
def odoo_tree(tmp_path: Path) -> Path:
    """A checkout that looks like Odoo 19: as little of it as a release looks at."""
    return make_odoo(tmp_path / "checkout")


def make_odoo(folder: Path, series: str = "19, 0") -> Path:
    files = {
        "odoo/release.py": f"version_info = ({series}, 0, 'final', 0, '')\n",
        "odoo/addons/base/__manifest__.py": "{'name': 'Base'}\n",
        "odoo/addons/base/static/real.js": "let real = 1;\n",
        "addons/sale/__manifest__.py": "{'name': 'Sales'}\n",
        "README.md": "not part of a release\n",
        "odoo/__pycache__/release.pyc": "compiled\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "odoo/addons/base/static/link.js").symlink_to("real.js")
    (folder / "odoo/addons/base/static/lost.js").symlink_to("/usr/share/nowhere.js")
    return folder


@pytest.fixture
def recipe(tmp_path: Path, odoo_tree: Path) -> Path:
    """A release folder whose recipe takes the tree and nothing from a network."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "release.yml").write_text(RECIPE % odoo_tree, encoding="utf-8")
    return folder


def git(folder: Path, *words: str) -> str:
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "T",
        "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "T",
        "GIT_COMMITTER_EMAIL": "t@example.org",
    }
    words = ("git", "-C", str(folder), *words)
    return subprocess.run(words, check=True, capture_output=True, text=True, env=env).stdout.strip()


@dataclass(frozen=True)
class SignedArchive:
    """A Debian archive in a folder, signed with a key made for the test."""

    folder: Path
    keyring: Path
    home: Path
    package: Path

    @property
    def mirror(self) -> str:
        return f"file://{self.folder}"

    def pin(self, suite: str = "sid", version: str = "1.0", sha256: str = "") -> DebianPin:
        digest = sha256 or hashlib.sha256(self.package.read_bytes()).hexdigest()
        return DebianPin(suite, "tiny", version, digest)

    def publish(self, suite: str, valid_until: str = "") -> None:
        """Write and sign the index of a suite."""
        binary = self.folder / f"dists/{suite}/main/binary-amd64"
        binary.mkdir(parents=True, exist_ok=True)
        content = self.package.read_bytes()
        (binary / "Packages").write_text(
            "Package: tiny\nVersion: 1.0\nArchitecture: all\nMaintainer: T <t@example.org>\n"
            f"Filename: pool/{self.package.name}\nSize: {len(content)}\n"
            f"SHA256: {hashlib.sha256(content).hexdigest()}\nDescription: tiny\n\n",
            encoding="utf-8",
        )
        packed = gzip.compress((binary / "Packages").read_bytes(), mtime=0)
        (binary / "Packages.gz").write_bytes(packed)
        lines = [
            f" {hashlib.sha256(f.read_bytes()).hexdigest()} {f.stat().st_size} "
            f"{f.relative_to(self.folder / 'dists' / suite)}\n"
            for f in (binary / "Packages", binary / "Packages.gz")
        ]
        until = f"Valid-Until: {valid_until}\n" if valid_until else ""
        release = self.folder / f"dists/{suite}/Release"
        release.write_text(
            f"Origin: Test\nSuite: {suite}\nCodename: {suite}\n"
            f"Date: Thu, 01 Jan 2026 00:00:00 UTC\n{until}"
            "Architectures: amd64 all\nComponents: main\nSHA256:\n" + "".join(lines),
            encoding="utf-8",
        )
        gpg(
            self.home, "--yes", "-o", str(release.parent / "InRelease"), "--clearsign", str(release)
        )
        release.unlink()


def gpg(home: Path, *words: str) -> None:
    words = ("gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", "", *words)
    subprocess.run(words, check=True, capture_output=True)


@pytest.fixture(scope="session")
def signing_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A GnuPG home with a fresh key; making one takes a moment, so once a session."""
    home = tmp_path_factory.mktemp("gnupg")
    home.chmod(0o700)
    gpg(home, "--quick-generate-key", "Throw Away <t@example.org>", "ed25519", "sign", "never")
    gpg(home, "-o", str(home / "keyring.gpg"), "--export")
    yield home
    # signing started an agent, which would outlive us
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)


@pytest.fixture
def signed(tmp_path: Path, signing_home: Path) -> SignedArchive:
    """A signed archive with one package, published as `sid`."""
    tree = tmp_path / "tiny"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN").chmod(0o755)
    (tree / "DEBIAN/control").write_text(
        "Package: tiny\nVersion: 1.0\nArchitecture: all\n"
        "Maintainer: T <t@example.org>\nDescription: tiny\n",
        encoding="utf-8",
    )
    pool = tmp_path / "archive/pool"
    pool.mkdir(parents=True)
    package = pool / "tiny_1.0_all.deb"
    build = ["dpkg-deb", "--root-owner-group", "--build", str(tree), str(package)]
    subprocess.run(build, check=True, capture_output=True)
    archive = SignedArchive(pool.parent, signing_home / "keyring.gpg", signing_home, package)
    archive.publish("sid")
    return archive
