"""The firewall as the kernel has it: policies, and each opening against the declared ones."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, nothing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY = "anywhere"
EVERYWHERE = {"0.0.0.0/0", "::/0", ANY}
ALWAYS_IN = {("udp", "68", ANY), ("udp", "546", "fe80::/10")}
ALWAYS_OUT = {("udp", "67", ANY), ("udp", "547", ANY)}
FETCHERS = {"_apt", "root", "0", "100", "42"}  # apt's account has one of these numbers
FETCHED = {("tcp", "80", ANY), ("tcp", "443", ANY)}


@dataclass(frozen=True, slots=True)
class Opening:
    """One rule that lets packets through."""

    protocol: str
    ports: frozenset[str]
    addresses: frozenset[str]
    users: frozenset[str]
    harmless: bool  # answers, the loopback, ICMP

    def keys(self) -> set[tuple[str, str, str]]:
        """Return protocol, port and address of everything it opens."""
        return {(self.protocol, port, where) for port in self.ports or {"every port"}
                for where in self.addresses or {ANY}}  # fmt: skip


def ruleset(subject: Subject) -> list[dict[str, Any]]:
    """Return the objects of the ruleset."""
    found: list[dict[str, Any]] = json.loads(subject.facts.text("nft"))["nftables"]
    return found


def policy(hook: str, subject: Subject) -> Finding:
    """Return whether what no rule lets through is dropped."""
    chains = [one["chain"] for one in ruleset(subject) if "chain" in one]
    found = [str(one.get("policy")) for one in chains
             if one.get("hook") == hook and one.get("type") == "filter"]  # fmt: skip
    return Finding("drop", ", ".join(found) or "no chain", "drop" in found)


def openings(subject: Subject, hook: str) -> Iterator[Opening]:
    """Yield the accepting rules of the chains at a hook, and of chains they may jump to."""
    objects = ruleset(subject)
    bases = {(one["chain"]["table"], one["chain"]["name"]): one["chain"].get("hook")
             for one in objects if "chain" in one}  # fmt: skip
    for one in objects:
        rule = one.get("rule")
        if rule is None or not any("accept" in step for step in rule["expr"]):
            continue
        at = bases.get((rule["table"], rule["chain"]))
        if at == hook or (at is None and hook == "input"):
            yield opening(rule["expr"])


def opening(steps: list[dict[str, Any]]) -> Opening:
    """Return what one rule lets through."""
    protocol, harmless = "any", False
    ports: set[str] = set()
    addresses: set[str] = set()
    users: set[str] = set()
    for step in steps:
        match = step.get("match")
        if match is None:
            continue
        left, values = match["left"], texts(match["right"])
        payload, meta = left.get("payload", {}), left.get("meta", {})
        if payload.get("field") == "dport":
            protocol = str(payload["protocol"])
            ports |= values
        elif payload.get("field") in ("saddr", "daddr"):
            addresses |= values
        elif meta.get("key") == "skuid":
            users |= values
        harmless = harmless or answers(left, payload, meta, values)
    return Opening(protocol, frozenset(ports), frozenset(addresses), frozenset(users), harmless)


def answers(
    left: Mapping[str, Any],
    payload: Mapping[str, Any],
    meta: Mapping[str, Any],
    values: set[str],
) -> bool:
    """Return whether a match narrows a rule to what opens nothing."""
    loopback = meta.get("key") in ("iif", "oif", "iifname", "oifname") and values == {"lo"}
    icmp = str(payload.get("protocol", "")).startswith("icmp") or (
        meta.get("key") == "l4proto" and all("icmp" in one for one in values)
    )
    state = left.get("ct", {}).get("key") == "state" and values <= {"established", "related"}
    running = payload.get("field") == "flags" and values == {"syn"}  # all but the first packet
    return loopback or icmp or state or running


def texts(right: Any) -> set[str]:
    """Return the values on the right of a match as texts: 80, 8069-9999, 10.0.0.0/24."""
    if isinstance(right, dict):
        if "set" in right:
            return {text for one in right["set"] for text in texts(one)}
        if "range" in right:
            return {"-".join(str(one) for one in right["range"])}
        if "prefix" in right:
            return {f"{right['prefix']['addr']}/{right['prefix']['len']}"}
    if isinstance(right, list):
        return {text for one in right for text in texts(one)}
    return {str(right)}


def declared(rules: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return what the inventory opens, in the same form."""
    return {
        (str(rule.get("protocol", "tcp")), str(port), normal(str(address)))
        for rule in rules
        for port in rule["ports"]
        for address in rule["addresses"]
    }


def ground(subject: Subject, *ways: tuple[str, str, str]) -> set[tuple[str, str, str]]:
    """Return the ways of every host: protocol, port, and the variable that may narrow who."""
    given = subject.host.variables
    return {
        (protocol, port, normal(str(address)))
        for protocol, port, name in ways
        for address in given.get(name) or EVERYWHERE
    }


def normal(address: str) -> str:
    """Return an address as the kernel spells it; everywhere is one word."""
    if address in EVERYWHERE:
        return ANY
    network = ipaddress.ip_network(address, strict=False)
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def messages(keys: set[tuple[str, str, str]]) -> list[str]:
    """Return openings as a person reads them."""
    return [f"{protocol} {port} {where}" for protocol, port, where in keys]


def inbound(subject: Subject) -> Finding:
    """Return the openings nobody declared."""
    opened = {key for one in openings(subject, "input") if not one.harmless for key in one.keys()}  # noqa: SIM118 (no dict)
    port = str(subject.host.variables.get("firewall_ssh_port") or 22)
    wanted = ALWAYS_IN | ground(subject, ("tcp", port, "firewall_ssh_sources"))
    wanted |= declared(subject.host.variables.get("firewall_inbound") or [])
    return nothing(messages(opened - wanted), "SSH and the declared openings")


def missing(subject: Subject) -> Finding:
    """Return the declared openings that are not there."""
    opened = {key for one in openings(subject, "input") for key in one.keys()}  # noqa: SIM118
    wanted = declared(subject.host.variables.get("firewall_inbound") or [])
    return nothing(messages(wanted - opened), "every declared opening")


def resolvers(subject: Subject) -> set[str]:
    """Return the name servers that are meant: the declared ones, else those of the host."""
    given = subject.host.variables.get("firewall_dns_servers")
    known = re.findall(r"^\s*nameserver\s+(\S+)", subject.facts.text("resolvers"), re.MULTILINE)
    return {str(one) for one in given or known}


def outbound(subject: Subject) -> Finding:
    """Return the ways out nobody declared; fetching is for apt and root, the time for chrony."""
    wanted = ALWAYS_OUT | declared(subject.host.variables.get("firewall_outbound") or [])
    names = resolvers(subject)
    wanted |= {(how, "53", normal(one)) for how in ("tcp", "udp") for one in names}
    time = ground(subject, ("udp", "123", "firewall_ntp_servers"))
    clock = {"_chrony", *re.findall(r"(?m)^_chrony:[^:]*:(\d+):", subject.facts.text("passwd"))}
    found: set[tuple[str, str, str]] = set()
    for one in openings(subject, "output"):
        fetched = FETCHED if one.users and one.users <= FETCHERS else set()
        timed = time if one.users and one.users <= clock else set()
        found |= set() if one.harmless else one.keys() - fetched - timed
    return nothing(messages(found - wanted), "names, time, packages and the declared ways")


CHECKS = (
    Check("firewall.policy_in", "What is not let in is dropped", "all",
          partial(policy, "input")),
    Check("firewall.policy_out", "What is not let out is dropped", "all",
          partial(policy, "output")),
    Check("firewall.policy_forward", "Nothing passes through", "all",
          partial(policy, "forward")),
    Check("firewall.inbound", "No undeclared opening", "all", inbound),
    Check("firewall.missing", "Every declared opening is there", "all", missing),
    Check("firewall.outbound", "No undeclared way out", "all", outbound),
)  # fmt: skip
