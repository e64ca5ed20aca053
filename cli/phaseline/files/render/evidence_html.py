"""An environment's verdict as one self-contained page that prints well, for a client's IT."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import jinja2

from phaseline import durable
from phaseline.files.render import evidence, hardening
from phaseline.files.report import duration, moment, number, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SHEETS = ("style.css", "environment.css")


def write(path: Path, result: Mapping[str, Any]) -> None:
    """Write the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, render(result))


def render(result: Mapping[str, Any]) -> str:
    """Return the page; every value is escaped by the template."""
    loader = jinja2.PackageLoader("phaseline.files.report", ".")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, duration=duration, moment=moment, words=words)
    style = "\n".join(loader.get_source(environment, name)[0].strip() for name in SHEETS)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    checks = [check for host in result["hosts"] for check in host["checks"]]
    return environment.get_template("environment.html.j2").render(
        result=result,
        style=style,
        style_hash=f"sha256-{digest}",
        checks=checks,
        count=evidence.counted(checks),
        bad=evidence.bad(checks),
        areas=areas(checks),
        grid=grid(result["hosts"], areas(checks)),
        area_of=evidence.area,
        whose=evidence.whose,
        baseline=baseline(checks),
    )


def areas(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the headings in the order of the report."""
    there = {evidence.area(check) for check in checks}
    return [one for one in (*dict.fromkeys(evidence.AREAS.values()), "Other") if one in there]


def grid(hosts: Sequence[Mapping[str, Any]], headings: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row an area with a cell a host: how many hold, how many apply."""
    rows = []
    for heading in headings:
        cells = []
        for host in hosts:
            checks = [one for one in host["checks"] if evidence.area(one) == heading]
            count = evidence.counted(checks)
            applying = len(checks) - count["not applicable"]
            state = "good" if count["ok"] == applying else "bad"
            cells.append({"ok": count["ok"], "all": applying, "state": state if applying else ""})
        rows.append({"area": heading, "cells": cells})
    return rows


def baseline(checks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each line that was asked about: its text, how many answers apply and how many hold."""
    known = hardening.lines()
    asked = {str(one["source"]) for one in checks}
    found = []
    for name in [*(one for one in known if one in asked), *sorted(asked - set(known))]:
        count = evidence.counted([one for one in checks if one["source"] == name])
        applying = sum(count.values()) - count["not applicable"]
        found.append({"id": name, "line": known.get(name), "all": applying, "ok": count["ok"]})
    return found
