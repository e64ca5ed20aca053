"""Files are found, judged together, refused when they changed, and migrated the same way twice."""

from __future__ import annotations

import gzip
import json

import click
import pytest

from phaseline.commands.console.data_options import one_sign
from phaseline.commands.main import cli
from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.flows.data import data_files, load, migrate, template, validate
from phaseline.flows.data.validate import ReadOptions

ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,85123a,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
1,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
2,85123A,WHITE HEART,48,2010-12-02 08:26:00,2.10,17850.0,EIRE
3,POST,POSTAGE,1,2010-12-02 08:26:00,18.00,17850.0,EIRE
C4,85123A,WHITE HEART,-6,2010-12-03 08:26:00,2.55,,Unspecified
5,22000,damaged,-20,2010-12-03 08:26:00,0.00,,United Kingdom
A6,B,Adjust bad debt,1,2010-12-03 08:26:00,11062.06,,United Kingdom
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "tenant.yml").write_text("format: 1\nblueprint: ecommerce\n")
    return tmp_path


def put(project, name, *lines):
    (project / "data" / name).write_text("\n".join(lines) + "\n")


def test_a_folder_gives_its_files_in_load_order(project):
    for name in ("reorder_rules.csv", "products.csv", "units.csv", "notes.csv"):
        put(project, name, "sku")
    found = data_files.lookup(project, "data")
    assert [one.spec.name for one in found] == ["units", "products", "reorder_rules"]


def test_two_files_of_one_object_are_a_fault(project):
    put(project, "products.csv", "sku")
    put(project, "products.tsv", "sku")
    with pytest.raises(PhaselineError) as caught:
        data_files.lookup(project, "products")
    assert caught.value.faults[0].code == "D001"


def test_a_misspelt_object_is_answered_with_the_right_one(project):
    with pytest.raises(PhaselineError) as caught:
        data_files.lookup(project, "prodcts")
    assert "products" in caught.value.faults[0].hint


def test_faults_of_all_files_are_told_at_once(project):
    put(project, "products.csv", "sku,nme", "A,x")
    put(project, "customers.csv", "customer,name,customer", "C,x,C")
    with pytest.raises(PhaselineError) as caught:
        validate.run(project, "data", env=None, how=ReadOptions(), mark=None)
    told = [(fault.place.file, fault.message) for fault in caught.value.faults]
    assert ("products.csv", "column 'nme' is unknown") in told
    assert ("customers.csv", "column 'customer' is there 2 times") in told


def test_a_line_that_names_a_rejected_line_is_rejected_too(project):
    put(project, "products.csv", "sku,name,list_price", "GOOD,x,1", "POOR,x,abc")
    put(project, "reorder_rules.csv", "sku,minimum,maximum", "GOOD,1,2", "POOR,1,2")
    result = validate.run(project, "data", env=None, how=ReadOptions(), mark=None)
    products, rules = result.verdicts
    assert [one.code for one in products.findings] == ["D014"]
    assert [(one.row, one.code) for one in rules.findings] == [(3, "D021")]
    assert result.rejected == 2


def test_a_circle_of_categories_refuses_the_file_and_prints_it(project):
    put(project, "categories.csv", "category,name,parent", "A,a,B", "B,b,C", "C,c,A")
    with pytest.raises(PhaselineError) as caught:
        validate.run(project, "data", env=None, how=ReadOptions(), mark=None)
    (fault,) = caught.value.faults
    assert (fault.code, "A > B > C > A" in fault.message) == ("D022", True)


def test_rejected_lines_come_back_marked_and_as_csv(project):
    put(project, "products.csv", "sku,name,list_price", "A,=1+1,abc")
    mark = project / "returned"
    validate.run(project, "products", env=None, how=ReadOptions(), mark=mark)
    assert sorted(path.name for path in mark.iterdir()) == [
        "products.marked.xlsx",
        "products.rejected.csv",
    ]
    assert "D014" in (mark / "products.rejected.csv").read_text()


def test_a_validation_is_in_the_journal(project):
    put(project, "products.csv", "sku,name", "A,x")
    validate.run(project, "products", env=None, how=ReadOptions(), mark=None)
    (entry,) = journal.read(project)
    assert (entry.kind, entry.payload["object"], entry.payload["rows"]) == (
        "validate",
        "products",
        1,
    )


def test_a_file_that_changed_since_it_was_validated_is_not_loaded(project):
    put(project, "products.csv", "sku,name", "A,x")
    validate.run(project, "products", env=None, how=ReadOptions(), mark=None)
    put(project, "products.csv", "sku,name", "A,y")
    verdicts = validate.evaluate(data_files.lookup(project, "products"), ReadOptions(), None)
    with pytest.raises(PhaselineError) as caught:
        load.require_unchanged(project, verdicts)
    assert caught.value.faults[0].code == "D034"


def test_a_load_with_rejected_lines_says_that_nothing_was_loaded(project):
    put(project, "products.csv", "sku,name,list_price", "A,x,abc")
    verdicts = validate.evaluate(data_files.lookup(project, "products"), ReadOptions(), None)
    with pytest.raises(PhaselineError) as caught:
        load.require_accepted(verdicts, 0)
    assert [fault.code for fault in caught.value.faults] == ["D042", "D014"]
    assert "0 lines were loaded" in caught.value.faults[0].message
    load.require_accepted(verdicts, 1)


def test_templates_of_all_objects_are_written(tmp_path):
    result = template.run("all", tmp_path)
    assert len(result.objects) == 10
    assert len(list(tmp_path.iterdir())) == 20


def test_a_migration_tells_each_rule_and_makes_files_that_validate(project):
    orders = project / "orders.csv"
    orders.write_text(ORDERS)
    result = migrate.run(project, "online_retail", given=orders, replace=False)
    rows = {one.rule: one.rows for one in result.rules}
    assert (rows["case_twin"], rows["repeated_line"], rows["not_an_article"]) == (1, 1, 1)
    assert (rows["cancellation"], rows["write_off"], rows["bad_debt"]) == (1, 1, 1)
    assert rows["customers.several_Country"] == 1
    made = (project / "data" / "products.csv").read_text()
    assert (
        made
        == "sku,name,category,unit,list_price,cost\n85123A,WHITE HEART,HOME_DECOR,Units,2.33,1.28\n"
    )
    checked = validate.run(project, "data", env=None, how=ReadOptions(), mark=None)
    assert checked.rejected == 0


def test_a_second_migration_changes_nothing_and_keeps_what_somebody_changed(project):
    orders = project / "orders.csv"
    orders.write_text(ORDERS)
    migrate.run(project, "online_retail", given=orders, replace=False)
    before = {path.name: path.read_bytes() for path in (project / "data").iterdir()}
    migrate.run(project, "online_retail", given=orders, replace=False)
    assert {path.name: path.read_bytes() for path in (project / "data").iterdir()} == before
    put(project, "customers.csv", "customer,name", "1,Mine")
    with pytest.raises(PhaselineError) as caught:
        migrate.run(project, "online_retail", given=orders, replace=False)
    assert caught.value.faults[0].code == "D043"
    assert "Mine" in (project / "data" / "customers.csv").read_text()


def test_the_command_tells_findings_as_json_and_leaves_with_three(project, capsys):
    put(project, "products.csv", "sku,name,list_price", "A,x,abc")
    code = cli.main(
        ["data", "validate", "products", "--project", str(project), "--format", "json"],
        standalone_mode=False,
    )
    told = json.loads(capsys.readouterr().out)
    assert (code, told["rejected"], told["objects"][0]["counts_by_code"]) == (3, 1, {"D014": 1})


def test_nothing_is_written_into_a_folder_that_is_no_project(tmp_path):
    (tmp_path / "data").mkdir()
    put(tmp_path, "units.csv", "unit,holds,of_unit", "Crate,12,Units")
    with pytest.raises(PhaselineError, match="is not a project"):
        validate.run(tmp_path, "units", env=None, how=ReadOptions(), mark=None)
    with pytest.raises(PhaselineError, match="is not a project"):
        migrate.run(tmp_path, "online_retail", given=None, replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_template_that_was_filled_in_is_not_written_over(tmp_path):
    template.run("units", tmp_path)
    template.run("units", tmp_path)
    filled = tmp_path / "units.template.csv"
    filled.write_text(filled.read_text() + "Crate,12,Units\n")
    with pytest.raises(PhaselineError) as caught:
        template.run("units", tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["D043"]
    assert "Crate" in filled.read_text()
    template.run("units", tmp_path, replace=True)
    assert "Crate" not in filled.read_text()


def test_a_file_in_another_encoding_is_in_the_way_of_a_migration(project, tmp_path):
    source = tmp_path / "orders.csv"
    source.write_text(ORDERS)
    (project / "data" / "products.csv").write_bytes(b"sku,name\nA,Caf\xe9\n")
    with pytest.raises(PhaselineError) as caught:
        migrate.run(project, "online_retail", given=source, replace=False)
    assert {fault.code for fault in caught.value.faults} == {"D043"}


OPTION = click.Context(click.Command("load")), click.Option(["--separator"])


@pytest.mark.parametrize(("said", "sign"), [("tab", "\t"), ("\\t", "\t"), (";", ";")])
def test_a_separator_is_one_sign(said, sign):
    assert one_sign(*OPTION, said) == sign


@pytest.mark.parametrize("said", [";;", "", '"', "\n"])
def test_another_separator_is_wrong_usage(said):
    with pytest.raises(click.BadParameter):
        one_sign(*OPTION, said)


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("orders.csv", ORDERS.encode() + b"\x81", "D002"),
        ("orders.csv.gz", b"no archive", "D001"),
        ("orders.csv.gz", gzip.compress(ORDERS.encode())[:-30], "D001"),
        ("orders.csv", b"a" * 1_200_000, "D006"),
        ("orders.csv", b"", "D007"),
    ],
)
def test_a_broken_export_is_told_and_no_bug(project, name, body, code):
    (project / name).write_bytes(body)
    with pytest.raises(PhaselineError) as caught:
        migrate.run(project, "online_retail", given=project / name, replace=False)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_nothing_is_said_to_be_marked_where_nothing_is_wrong(project, tmp_path):
    put(project, "units.csv", "unit,holds,of_unit", "Crate,12,Units")
    result = validate.run(project, "units", env=None, how=ReadOptions(), mark=tmp_path / "back")
    assert (result.rejected, result.marked) == (0, None)
    assert not (tmp_path / "back").exists()
