"""What a host of a lab is given before it starts for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.hosts.lab import disk

if TYPE_CHECKING:
    from pathlib import Path


def place(folder: Path) -> disk.Place:
    return disk.Place("app1", "phl9h1", "10.77.9.11", folder / "app1")


def make(folder: Path, image: str = "image") -> disk.Place:
    base = folder / image
    base.mkdir(exist_ok=True)
    made = place(folder)
    disk.make(made, base, "ssh-ed25519 AAAA lab\n")
    return made


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    upper = make(tmp_path).folder / "upper"
    assert (upper / "etc/ssh/ssh_host_ed25519_key").stat().st_mode & 0o777 == 0o600
    assert (upper / "root/.ssh/authorized_keys").stat().st_mode & 0o777 == 0o600
    assert (upper / "root/.ssh").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "app1/host_key").stat().st_mode & 0o777 == 0o600


def test_a_whole_disk_is_kept(tmp_path: Path) -> None:
    made = make(tmp_path)
    (made.folder / "upper/etc/shop.conf").write_text("kept")
    key = (made.folder / "host_key").read_text()
    make(tmp_path)
    assert (made.folder / "upper/etc/shop.conf").read_text() == "kept"
    assert (made.folder / "host_key").read_text() == key


def test_a_half_made_disk_is_made_anew(tmp_path: Path) -> None:
    made = make(tmp_path)
    (made.folder / disk.READY).unlink()
    (made.folder / "upper/etc/shop.conf").write_text("half")
    make(tmp_path)
    assert not (made.folder / "upper/etc/shop.conf").exists()


def test_a_disk_whose_base_image_is_gone_is_made_anew(tmp_path: Path) -> None:
    made = make(tmp_path)
    (made.folder / "upper/etc/shop.conf").write_text("on the old base")
    (tmp_path / "image").rmdir()
    make(tmp_path, "newer image")
    assert not (made.folder / "upper/etc/shop.conf").exists()


def test_every_host_knows_every_name(tmp_path: Path) -> None:
    made = make(tmp_path)
    disk.connect(made, "10.77.9.1", {"app1": "10.77.9.11", "db1": "10.77.9.12"})
    hosts = (made.folder / "upper/etc/hosts").read_text()
    assert "10.77.9.12 db1.lab.test db1" in hosts
    network = (made.folder / "upper/etc/systemd/network/10-lab.network").read_text()
    assert "Address=10.77.9.11/24\nGateway=10.77.9.1\n" in network


def test_a_resolver_on_the_machine_itself_is_not_handed_in(tmp_path: Path) -> None:
    stub, real = tmp_path / "stub", tmp_path / "real"
    stub.write_text("nameserver 127.0.0.53\n")
    real.write_text("search lan\nnameserver 192.0.2.1\n")
    assert disk.resolvers((stub, real)) == "search lan\nnameserver 192.0.2.1\n"


def test_a_key_is_made_once(tmp_path: Path) -> None:
    first = disk.own_key(tmp_path / "key")
    assert disk.own_key(tmp_path / "key") == first
    assert disk.public(tmp_path / "key").startswith("ssh-ed25519 ")
