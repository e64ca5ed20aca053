"""A spec that cannot be meant is refused with the place of every fault, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.data import specs
from phaseline.files.data.decode_spec import object_spec
from phaseline.files.paths import kit_dir
from phaseline.files.yaml import nodes

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
format: 1
object: things
version: "1"
title: Things
about: What there is.
owner: nobody
order: 10
key: [code]
columns:
  code: {type: code, required: true, length: 64, says: Its code.}
  kind: {type: choice, choices: [big, small], says: Its size.}
  price: {type: money, at_least: "0", says: Its price.}
  group: {type: reference, references: things, found_by: x.group/name, says: Its group.}
rules:
  - {rule: unique, columns: [code]}
  - {rule: same_in_group, columns: [price], group: [group]}
records:
  - name: things
    model: x.thing
    key: [code]
    when: [kind]
    fields: {name: code, group_id: {link: things, of: [group]}, size: {choose: kind, of: {big: L}}}
    initial: {label: {text: "No {code}"}}
sums: [price]
balance: {of: price, once: [code]}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(PhaselineError) as error:
        object_spec(nodes.parse(text, "spec.yml"))
    return [
        f"{fault.place} {fault.code} {fault.message} {fault.hint}" for fault in error.value.faults
    ]


def test_a_whole_spec_is_read() -> None:
    spec = object_spec(nodes.parse(SPEC, "spec.yml"))
    assert spec.header == ("code", "kind", "price", "group")
    assert spec.column("group").found_by == ("x.group", "name")
    assert dict(spec.main.fields)["group_id"] == {"link": "things", "of": ["group"]}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title:", "titel:", "spec.yml:4:1 D041 unknown key 'titel' Did you mean 'title'?"),
        ("title: Things\n", "", "spec.yml:1:1 D041 key 'title' is missing"),
        ("format: 1", "format: 2", "spec.yml:1:9 D041 the format is not 1"),
        ("order: 10", "order: ten", "spec.yml:7:8 D041 a whole number wanted, a text found"),
        ('version: "1"', "version: 1", "spec.yml:3:10 D041 a text wanted, a whole number found"),
        ("key: [code]\ncol", "key: [cod]\ncol", "spec.yml:8:7 D041 there is no column 'cod' Did"),
        ("length:", "lenght:", "spec.yml:10:38 D041 unknown key 'lenght' Did you mean 'length'?"),
        ("length: 64", 'length: "64"', "spec.yml:10:46 D041 a whole number wanted, a text found"),
        ("required: true", "required: yes", "spec.yml:10:32 D041 true or false wanted, a text"),
        ("type: choice", "type: chioce", "spec.yml:11:16 D041 there is no type 'chioce' Did you"),
        ("[big, small]", "big", "spec.yml:11:33 D041 a list wanted, a text found"),
        ('at_least: "0"', "at_least: 0", "spec.yml:12:34 D041 a text wanted, a whole number"),
        ('at_least: "0"', 'at_least: "1,5"', "spec.yml:12:34 D041 a decimal wanted"),
        ("x.group/name", "x.group", "spec.yml:13:58 D041 model/field wanted"),
        (", says: Its size.", "", "spec.yml:11:9 D041 key 'says' is missing"),
        ("rule: unique", "rule: uniqe", "spec.yml:15:12 D041 there is no rule 'uniqe' Did you"),
        ("group: [group]", "group: [grup]", "spec.yml:16:53 D041 there is no column 'grup'"),
        ("    model: x.thing\n", "", "spec.yml:18:5 D041 key 'model' is missing"),
        ("when: [kind]", "when: [knd]", "spec.yml:21:12 D041 there is no column 'knd'"),
        ("{name: code", "{name: cod", "spec.yml:22:20 D041 there is no column 'cod'"),
        ("of: [group]}", "of: [grop]}", "spec.yml:22:56 D041 there is no column 'grop'"),
        ("{link: things, of", "{lnik: things, of", "spec.yml:22:36 D041 it is not said where"),
        ("{choose: kind", "{choose: knd", "spec.yml:22:80 D041 there is no column 'knd'"),
        (", of: {big: L}", "", "spec.yml:22:71 D041 key 'of' is missing"),
        ("No {code}", "No {cod}", "spec.yml:23:29 D041 there is no column 'cod'"),
        ("sums: [price]", "sums: [prise]", "spec.yml:24:8 D041 there is no column 'prise'"),
        ("of: price", "of: prise", "spec.yml:25:15 D041 there is no column 'prise'"),
        ("balance: {", "loader: fast\nbalance: {", "spec.yml:25:9 D041 'fast' is none of the"),
        (
            "owner: nobody",
            "owner: nobody\nowner: me",
            "spec.yml:7:1 B003 key 'owner' is dup",
        ),
        ("owner: nobody", "owner: &me nobody", "spec.yml:6:8 B002 anchor &me"),
        ("  code: {", "\tcode: {", "spec.yml:10:1 B001"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in SPEC
    found = faults(SPEC.replace(old, new, 1))
    assert found[0].startswith(told), found


def test_all_faults_are_told_at_once() -> None:
    text = SPEC.replace("title:", "titel:").replace("type: choice", "type: 3")
    text = text.replace("of: price", "of: prise")
    assert [one.split()[0] for one in faults(text)] == [
        "spec.yml:4:1", "spec.yml:1:1", "spec.yml:11:16", "spec.yml:25:15",
    ]  # fmt: skip


def test_a_file_that_is_no_mapping_is_one_fault() -> None:
    assert faults("[things]\n") == ["spec.yml:1:1 D041 a mapping wanted, a list found "]


def test_a_fault_of_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "data_templates" / "things" / "spec.yml"
    path.parent.mkdir(parents=True)
    path.write_text(SPEC.replace("title:", "titel:"), encoding="utf-8")
    with pytest.raises(PhaselineError) as error:
        specs.read_all(tmp_path)
    assert str(error.value.faults[0].place) == f"{path}:4:1"


def test_an_object_that_is_misspelt_is_told_with_what_was_meant() -> None:
    with pytest.raises(PhaselineError) as error:
        specs.lookup(kit_dir(), "prodcuts")
    assert error.value.faults[0].hint.startswith("Did you mean 'products'? Use: units, ")
