"""Which number a lab takes, and the addresses that follow from it."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from phaseline.errors import PhaselineError
from phaseline.hosts.lab import network


def test_the_first_free_number_is_taken() -> None:
    assert network.choose([], []) == 1
    assert network.choose([1, 2, 4], []) == 3


def test_a_number_whose_addresses_the_machine_uses_is_passed_over() -> None:
    used = [IPv4Network("10.77.1.0/24"), IPv4Network("10.77.2.200/32")]
    assert network.choose([], used) == 3


def test_the_number_of_last_time_is_taken_again_when_it_is_free() -> None:
    assert network.choose([1], [], 7) == 7
    assert network.choose([1, 7], [], 7) == 2


def test_the_way_to_everywhere_takes_no_number() -> None:
    assert network.choose([], [IPv4Network("0.0.0.0/0")]) == 1


def test_a_machine_inside_the_whole_range_is_told_so() -> None:
    with pytest.raises(PhaselineError, match="no subnet"):
        network.choose([], [IPv4Network("10.0.0.0/8")])


def test_names_of_interfaces_fit_the_kernel() -> None:
    longest = f"vb-{network.bridge(254)}h239"
    assert len(longest) <= 15


def test_addresses_count_from_the_bridge_upwards() -> None:
    assert network.gateway(7) == "10.77.7.1"
    assert network.address(7, 1) == "10.77.7.11"
    assert network.address(7, 239) == "10.77.7.249"


def test_this_machine_has_ways_that_can_be_read() -> None:
    assert all(isinstance(one, IPv4Network) for one in network.taken())
