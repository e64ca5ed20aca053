"""Machines at a provider: made, found again, removed; shown against moto's EC2-compatible server.

It is not Amazon: what a real account refuses (quotas, rights, images) is not seen here.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from kit.tree import ROOT
from phaseline.files.paths import cache_dir
from phaseline.hosts.ansible import collections

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.hosts

KEYS = {"AWS_ACCESS_KEY_ID": "rehearsal-id", "AWS_SECRET_ACCESS_KEY": "rehearsal-secret"}
REGION = "us-east-1"
PACKAGES: tuple[str, ...] = ("cloud-init", "python3-configobj", "python3-six", "python3-jsonpatch")
PACKAGES += ("python3-json-pointer", "python3-netifaces")
INVENTORY = """\
[odoo]
app1 private_address=172.31.0.11
[proxy]
app1
[postgres]
db1 private_address=172.31.0.12
[backup]
db1
[testing]
app1
db1
[testing:vars]
environment_name=testing
environment_kind=testing
"""
SETTINGS = """\
machines_provider: aws
machines_aws_region: us-east-1
machines_aws_vpc: {vpc}
machines_aws_subnet: {subnet}
machines_aws_image: ami-12c6146b
machines_aws_endpoint: {endpoint}
machine_ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvQbYkJ4i9Wb6i4Y5Mtlk0Yx8zZk2nq3vQe1cS7p0aB]
firewall_ssh_sources: [203.0.113.7/32]
odoo_tenants: [{{name: harbour, domain: harbour.test, plan: l}}]
"""


@dataclass(frozen=True)
class Account:
    """A provider's account with nothing in it, and a project that names it."""

    project: Path
    client: Any

    def play(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("ansible-playbook"))]
        command += ["-i", "inventory.ini", "--limit", "testing", *words]
        command += ["-e", f"phaseline_project={self.project}"]
        command += [str(ROOT / "playbooks" / "machines.yml")]
        ways = {
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections.ensure(cache_dir())),
        }
        return subprocess.run(
            command,
            cwd=self.project,
            env={**os.environ, **KEYS, **ways},
            check=False,
            capture_output=True,
            text=True,
        )

    def machines(self) -> dict[str, dict[str, Any]]:
        answer = self.client.describe_instances(
            Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
        )
        found = [one for each in answer["Reservations"] for one in each["Instances"]]
        return {tags(one)["Name"]: one for one in found}

    def groups(self) -> dict[str, dict[str, Any]]:
        found = self.client.describe_security_groups()["SecurityGroups"]
        return {one["GroupName"]: one for one in found if one["GroupName"].startswith("phaseline")}


def tags(machine: dict[str, Any]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in machine["Tags"]}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Path(sys.executable).with_name("moto_server")
    with subprocess.Popen(
        [str(server), "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        for _ in range(150):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        running.terminate()


@contextmanager
def opened(endpoint: str, project: Path) -> Iterator[Account]:
    """An account for as long as the block runs, and nothing of it afterwards."""
    client = boto3.client(
        "ec2",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    subnets = sorted(client.describe_subnets()["Subnets"], key=lambda one: one["CidrBlock"])
    (project / "inventory.ini").write_text(INVENTORY)
    (project / "group_vars").mkdir()
    (project / "group_vars" / "testing.yml").write_text(
        SETTINGS.format(vpc=subnets[0]["VpcId"], subnet=subnets[0]["SubnetId"], endpoint=endpoint)
    )
    account = Account(project, client)
    yield account
    if found := [one["InstanceId"] for one in account.machines().values()]:
        client.terminate_instances(InstanceIds=found)
    for group in account.groups().values():
        client.delete_security_group(GroupId=group["GroupId"])


@pytest.fixture
def account(endpoint: str, tmp_path: Path) -> Iterator[Account]:
    with opened(endpoint, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def made(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The machines of the inventory, foreseen by check mode and then made."""
    with opened(endpoint, tmp_path_factory.mktemp("made")) as found:
        predicted = found.play("--check")
        assert predicted.returncode == 0, predicted.stdout
        assert found.machines() == {}
        done = found.play()
        assert done.returncode == 0, done.stdout
        yield found


def ways_in(group: dict[str, Any]) -> set[tuple[str, int, int, str]]:
    return {
        (way["IpProtocol"], way["FromPort"], way["ToPort"], source)
        for way in group["IpPermissions"]
        for source in (
            *(one["CidrIp"] for one in way.get("IpRanges", ())),
            *(one["CidrIpv6"] for one in way.get("Ipv6Ranges", ())),
        )
    }


def test_a_machine_that_is_not_ours_is_neither_taken_nor_removed(account) -> None:
    account.client.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "app1"}]}
        ],
    )
    before = account.machines()["app1"]["InstanceId"]
    for words in ((), ("-e", "machines_state=absent", "-e", "machines_confirm=testing")):
        refused = account.play(*words)
        assert refused.returncode != 0
        assert "did not make" in refused.stdout.replace("\n", " ")
        assert account.machines()["app1"]["InstanceId"] == before
        assert "db1" not in account.machines()


def test_machines_are_made_as_the_inventory_says(made) -> None:
    machines = made.machines()
    assert {name: one["PrivateIpAddress"] for name, one in machines.items()} == {
        "app1": "172.31.0.11",
        "db1": "172.31.0.12",
    }
    for one in machines.values():
        assert tags(one)["managed_by"] == "phaseline"
        assert tags(one)["environment"] == "testing"
        assert one["MetadataOptions"]["HttpTokens"] == "required"
    # a large tenant's workers do not fit on the smallest machine; the database's host has none
    assert machines["app1"]["InstanceType"] != "t3.small"
    record = made.project / "host_vars" / "app1" / "machine.yml"
    assert machines["app1"]["PublicIpAddress"] in record.read_text()


def test_machines_that_are_there_are_not_made_again(made) -> None:
    before = made.machines()
    again = made.play()
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("changed=0") == 2, again.stdout
    assert made.machines().keys() == before.keys()


def test_a_security_group_says_what_the_firewall_says(made) -> None:
    groups = made.groups()
    assert ways_in(groups["phaseline-testing-app1"]) == {
        ("icmp", -1, -1, "0.0.0.0/0"),
        ("tcp", 22, 22, "203.0.113.7/32"),
        *(("tcp", port, port, net) for port in (80, 443) for net in ("0.0.0.0/0", "::/0")),
    }
    assert ways_in(groups["phaseline-testing-db1"]) == {
        ("icmp", -1, -1, "0.0.0.0/0"),
        ("tcp", 22, 22, "203.0.113.7/32"),
        ("tcp", 5432, 5432, "172.31.0.11/32"),
    }


def test_cloud_init_accepts_the_user_data_and_it_lets_in_ansible_only(made, tmp_path) -> None:
    value = made.client.describe_instance_attribute(
        InstanceId=made.machines()["app1"]["InstanceId"], Attribute="userData"
    )
    file = tmp_path / "user-data.yml"
    file.write_bytes(base64.b64decode(value["UserData"]["Value"]))
    text = file.read_text()
    assert "policy drop" in text
    assert "ip saddr { 203.0.113.7/32 } tcp dport 22 ct state new accept" in text
    assert "ssh_pwauth: false" in text

    # Debian's own cloud-init, unpacked beside the test: installing it would take over a host
    subprocess.run(
        ["apt-get", "download", *PACKAGES], cwd=tmp_path, check=True, capture_output=True
    )
    for package in tmp_path.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(tmp_path / "unpacked")], check=True)
    checked = subprocess.run(
        [sys.executable, "-m", "cloudinit.cmd.main", "schema", "--config-file", str(file)],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked/usr/lib/python3/dist-packages")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Valid" in checked.stdout


def test_machines_are_removed_when_it_is_confirmed(made) -> None:
    record = made.project / "host_vars" / "app1" / "machine.yml"
    asked = made.play("-e", "machines_state=absent")
    assert asked.returncode != 0
    assert "machines_confirm=testing" in asked.stdout.replace("\n", " ")
    assert len(made.machines()) == 2

    removed = made.play("-e", "machines_state=absent", "-e", "machines_confirm=testing")
    assert removed.returncode == 0, removed.stdout
    assert made.machines() == {}
    assert made.groups() == {}
    assert not record.exists()
