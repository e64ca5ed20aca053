"""Each line of a template's rejects.csv is rejected by the rule it names, and by no other."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from phaseline.files.data import specs, tables
from phaseline.files.paths import kit_dir
from phaseline.masterdata.parsing.values import Reading
from phaseline.masterdata.validation import references, validate
from phaseline.masterdata.validation.rules import RULES
from phaseline.masterdata.validation.units import mismatches

SPECS = specs.read_all(kit_dir())
ODD_ROW = 99


def file(spec, name):
    return specs.folder(kit_dir()) / spec.name / name


def rejects(spec):
    with file(spec, "rejects.csv").open(newline="", encoding="utf-8") as source:
        return list(csv.reader(source))[1:]


CASES = [(spec.name, line) for spec in SPECS for line in rejects(spec)]


def judged(odd=None, line=None):
    """Every sample's verdict, with one more line in the file of one object."""
    keys = {}
    verdicts = []
    for spec in SPECS:
        table = tables.read(file(spec, "sample.csv"))
        if spec.name == odd:
            table = replace(table, rows=(*table.rows, (ODD_ROW, tuple(line))))
        verdict = validate.check(spec, table, Reading())
        keys[spec.name] = references.own_keys(verdict)
        found = references.references(verdict, keys, {}, strict=False)
        verdicts.append(replace(verdict, findings=(*verdict.findings, *found)))
    units = mismatches(verdicts, ())
    return {
        verdict.spec.name: (*verdict.findings, *verdict.faults, *units.get(verdict.spec.name, ()))
        for verdict in verdicts
    }


def test_no_line_of_a_sample_is_rejected():
    assert {name: found for name, found in judged().items() if found} == {}


@pytest.mark.parametrize(
    ("name", "line"), CASES, ids=[f"{name}-{line[-1]}-{n}" for n, (name, line) in enumerate(CASES)]
)
def test_a_rejecting_line_breaks_its_rule_and_no_other(name, line):
    found = judged(name, line[:-1])
    assert {one.code for one in found[name] if one.row == ODD_ROW} == {line[-1]}


def test_every_rule_a_template_uses_has_a_rejecting_line():
    for spec in SPECS:
        codes = {line[-1] for line in rejects(spec)}
        used = {RULES[use.rule].code for use in spec.rules} - {"D016"}
        assert used <= codes, f"{spec.name}: {used - codes}"


def test_every_required_column_is_missed_somewhere():
    assert all("D050" in {line[-1] for line in rejects(spec)} for spec in SPECS)
