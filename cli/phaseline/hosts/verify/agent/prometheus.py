"""Readings of what watches the hosts; sent along with the agent, changes nothing."""

from __future__ import annotations

import json
import ssl
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from phaseline.hosts.verify.agent.main import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED_AGAIN = 65  # seconds: the longest interval of a scrape
KNOWN = 10  # seconds: Prometheus looks every five for whom it asks and tells


def http(url: str, home: str) -> Any:
    """Return the JSON that a service of this host answers to a holder of the host's certificate."""
    context = ssl.create_default_context(cafile=f"{home}/ca.crt")
    context.check_hostname = False  # it is asked on the loopback
    context.load_cert_chain(f"{home}/host.crt", f"{home}/host.key")
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
    with opener.open(url, timeout=10) as answered:
        return json.load(answered)


def targets(url: str, home: str, domains: list[str]) -> Any:
    """Return whom Prometheus asks; what looks wrong is believed once it had time to mend.

    A site that restarted a moment ago is down until it is probed the next time, and one that came
    a moment ago is known some seconds after Prometheus has read its configuration.
    """
    doubted = down(http(url, home))

    def patience(found: Any) -> int:
        if doubted & down(found):
            return ASKED_AGAIN
        said = json.dumps(found["data"]["activeTargets"])
        return KNOWN if any(domain not in said for domain in domains) else 0

    return settled(url, home, patience)


def managers(url: str, home: str) -> Any:
    """Return whom Prometheus tells of alerts; it forgets them for the moment it reads anew."""
    return settled(url, home, lambda found: 0 if found["data"]["activeAlertmanagers"] else KNOWN)


def settled(url: str, home: str, patience: Callable[[Any], int]) -> Any:
    """Return an answer once it is right or had the seconds it may take to mend by itself."""
    begun, found = time.monotonic(), http(url, home)
    while time.monotonic() - begun < patience(found):
        time.sleep(1)
        found = http(url, home)
    return found


def down(found: Any) -> set[tuple[str, str, str]]:
    """Return the targets that did not answer, and when that was."""
    return {
        (one["scrapePool"], one["scrapeUrl"], one["lastScrape"])
        for one in found["data"]["activeTargets"]
        if one["health"] == "down"
    }


VERBS.update(http=http, targets=targets, managers=managers)
