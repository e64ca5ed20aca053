"""An environment's verdict as text and as JUnit XML; only what deviates is told at length."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

from rich.text import Text

from phaseline.files.render.plan import on_paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = 3  # checks with one reason that are told one by one
BAD = ("deviates", "could not be read")
AREAS = {
    "host": "System and accounts", "updates": "Updates", "kernel": "Kernel", "ssh": "SSH",
    "firewall": "Firewall", "sockets": "Listening programs", "files": "Owners and modes of files",
    "certificate": "Certificates", "service": "Services", "unit": "The sandbox of Odoo's service",
    "postgres": "PostgreSQL", "pg_hba": "Who may connect to PostgreSQL",
    "database": "Tenants' databases", "odoo": "odoo.conf", "release": "Releases",
    "nginx": "nginx", "web": "Seen from outside", "health": "Deep health",
    "monitoring": "Monitoring", "numbers": "Monitoring",
}  # fmt: skip


def area(check: Mapping[str, Any]) -> str:
    """Return the heading a check stands under."""
    return AREAS.get(str(check["id"]).partition(".")[0], "Other")


def bad(checks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the checks somebody has to look at."""
    return [one for one in checks if one["verdict"] in BAD]


def whose(check: Mapping[str, Any]) -> str:
    """Return the host and tenant of a check."""
    return f"{check['host']}/{check['tenant']}" if check["tenant"] else str(check["host"])


def render(result: Mapping[str, Any], *, colour: bool) -> str:
    """Return the verdict as text, a line a host and the deviations below it."""
    lines = [Text(f"{result['environment']} ({result['kind']})", "bold")]
    width = max((len(host["name"]) for host in result["hosts"]), default=0)
    lost = {one["host"]: one["reason"] for one in result["unreachable"]}
    for host in result["hosts"]:
        line = Text(f"  {host['name']:<{width}}  ")
        if host["name"] in lost:
            line.append(f"not reachable: {lost[host['name']]}", "bold red")
            lines.append(line)
            continue
        line.append(of_host(host), "red" if bad(host["checks"]) else "green")
        line.append(f"  {', '.join(host['functions'])}", "dim")
        lines.append(line)
        lines += deviations(bad(host["checks"]))
    lines.append(total(result))
    return on_paper(lines, colour=colour)


def of_host(host: Mapping[str, Any]) -> str:
    """Return how many of a host's checks hold."""
    count = counted(host["checks"])
    applying = len(host["checks"]) - count["not applicable"]
    said = f"{count['ok']} of {applying} in order"
    if count["not applicable"]:
        said += f", {count['not applicable']} not applicable"
    return said


def counted(checks: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many checks ended in each verdict."""
    found = {"ok": 0, "deviates": 0, "not applicable": 0, "could not be read": 0}
    for one in checks:
        found[one["verdict"]] += 1
    return found


def deviations(checks: list[Mapping[str, Any]]) -> list[Text]:
    """Return the lines of a host's deviations; what one reason hides is told together."""
    reasons = Counter(one["found"] for one in checks if one["verdict"] == "could not be read")
    lines: list[Text] = []
    told: set[str] = set()
    for check in checks:
        reason = check["found"]
        if check["verdict"] != "could not be read" or reasons[reason] <= MOST:
            lines += deviation(check)
        elif reason not in told:
            told.add(reason)
            line = Text("    could not be read: ", "bold magenta")
            line.append(f"{reasons[reason]} checks want {reason}")
            lines.append(line)
    return lines


def deviation(check: Mapping[str, Any]) -> list[Text]:
    """Return the lines of one deviation."""
    style = "bold red" if check["verdict"] == "deviates" else "bold magenta"
    head = Text(f"    {check['verdict']}: ", style)
    head.append(f"{check['says']} ")
    head.append(f"{check['id']} {whose(check)}  [{check['source']}]", "dim")
    lines = [head]
    if check["expected"]:
        lines.append(Text(f"      expected {check['expected']}", "green"))
    lines.append(Text(f"      found    {check['found']}", "red"))
    return lines


def total(result: Mapping[str, Any]) -> Text:
    """Return the last line."""
    count = result["counts"]
    wrong = sum(count.get(name, 0) for name in BAD)
    answers = sum(count.values())
    style = "bold green" if result["verdict"] == "passed" else "bold red"
    said = f"\n{result['verdict']}: {result['checks']} checks, {answers} answers on "
    said += f"{len(result['hosts'])} hosts, {wrong} to look at, {result['seconds']} s"
    return Text(said, style)


def junit(result: Mapping[str, Any]) -> str:
    """Return the verdict as JUnit XML, a suite a host, for a CI system to show."""
    root = Xml.Element("testsuites", name=f"phaseline env verify {result['environment']}")
    lost = {one["host"]: one["reason"] for one in result["unreachable"]}
    for host in result["hosts"]:
        checks = host["checks"]
        count = counted(checks)
        errors = count["could not be read"] + (host["name"] in lost)
        suite = Xml.SubElement(
            root, "testsuite", name=host["name"], timestamp=str(result["written"]),
            tests=str(len(checks) + (host["name"] in lost)), failures=str(count["deviates"]),
            errors=str(errors), skipped=str(count["not applicable"]),
        )  # fmt: skip
        for check in checks:
            case(suite, check)
        if host["name"] in lost:
            one = Xml.SubElement(suite, "testcase", classname=host["name"], name="reachable")
            Xml.SubElement(one, "error", message=clean(lost[host["name"]]))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")


def case(suite: Xml.Element, check: Mapping[str, Any]) -> None:
    """Add one check to a suite."""
    name = f"{check['says']} ({check['tenant']})" if check["tenant"] else check["says"]
    one = Xml.SubElement(
        suite, "testcase", classname=f"{check['host']}.{check['id']}", name=clean(name)
    )
    kinds = {"deviates": "failure", "could not be read": "error", "not applicable": "skipped"}
    if check["verdict"] in kinds:
        said = f"expected {check['expected']}, found {check['found']}"
        message = said if check["expected"] else str(check["found"])
        Xml.SubElement(one, kinds[check["verdict"]], message=clean(message))


def clean(text: str) -> str:
    """Return a text without the characters XML does not know."""
    return "".join(char for char in text if char >= " " or char in "\t\n")
