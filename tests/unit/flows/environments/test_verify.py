"""Where a proxy is asked from outside."""

from __future__ import annotations

import pytest

from phaseline.core.environments.declared import DeclaredEnvironment, Host
from phaseline.flows.environments.verify import door_of

PUBLIC = {"odoo_address": "203.0.113.7"}


@pytest.mark.parametrize(
    ("variables", "proxies", "address"),
    [
        ({}, 1, "app1"),
        ({"ansible_host": "10.0.0.11"}, 1, "10.0.0.11"),
        ({"ansible_host": "10.0.0.11", **PUBLIC}, 1, "203.0.113.7"),
        ({"ansible_host": "10.0.0.11", **PUBLIC}, 2, "10.0.0.11"),
        (PUBLIC, 2, "app1"),
    ],
)
def test_each_proxy_is_asked_at_an_address_of_its_own(
    variables: dict[str, str], proxies: int, address: str
) -> None:
    host = Host("app1", frozenset({"proxy"}), variables)
    others = tuple(Host(f"web{one}", frozenset({"proxy"})) for one in range(proxies - 1))
    assert door_of(DeclaredEnvironment("testing", "testing", (host, *others), ()), host) == address
