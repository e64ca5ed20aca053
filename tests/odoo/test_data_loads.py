"""Master data on a real Odoo: loaded once, found again, and honest when things break."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from phaseline.files import journal
from phaseline.files.data import specs
from phaseline.files.paths import kit_dir
from phaseline.flows.data import load as data_load
from phaseline.flows.data import reconcile
from phaseline.flows.data.load import LoadRequest
from phaseline.flows.data.validate import ReadOptions
from phaseline.masterdata.records import Record
from phaseline.masterdata.spec import RecordTemplate
from phaseline.odoo.data.loader import Loader
from phaseline.odoo.drivers.connect import Credentials, connect

pytestmark = pytest.mark.odoo
ENV = "testing"
MODELS = (
    "uom.uom", "product.category", "stock.location", "product.template", "product.product",
    "res.partner", "product.pricelist", "product.pricelist.item", "product.supplierinfo",
    "stock.warehouse.orderpoint", "stock.quant", "stock.move",
)  # fmt: skip


@pytest.fixture
def port(database):
    found = connect(database.url, database.database, Credentials("admin", None, database.api_key))
    ids = found.call(
        "res.currency", "search", domain=[["name", "in", ["EUR", "GBP"]]],
        context={"active_test": False},
    )  # fmt: skip
    found.call("res.currency", "write", ids, vals={"active": True})
    yield found
    found.close()


@pytest.fixture
def project(tmp_path, database, monkeypatch):
    monkeypatch.setenv("PHASELINE_SECRET_TESTING_ODOO_API_KEY", database.api_key)
    return made(tmp_path / "project", database.url, database.database)


def made(folder, url, database):
    (folder / "data").mkdir(parents=True)
    (folder / "inventory.ini").write_text(
        f"[testing:vars]\nodoo_url={url}\nodoo_database={database}\nenvironment_kind=testing\n"
    )
    return folder


def products(project, count, *, bad=()):
    lines = ["sku,name,list_price"]
    lines += [f"SKU-{n:05},Thing {n},{'x' if n in bad else n}.50" for n in range(count)]
    (project / "data" / "products.csv").write_text("\n".join(lines) + "\n")


def load(project, target="data", **options):
    return data_load.run(project, LoadRequest(target, ENV, **options)).data()


def command(project, *words):
    program = [sys.executable, "-c", "from phaseline.commands.main import main; main()"]
    return [*program, "data", "load", "products", "--project", str(project), "--env", ENV, *words]


def last_writes(port):
    """The newest write of each model: what a load that writes nothing leaves alone."""
    found = {}
    for model in MODELS:
        told = port.call(
            model, "formatted_read_group", domain=[], groupby=[],
            aggregates=["write_date:max", "__count"], context={"active_test": False},
        )  # fmt: skip
        found[model] = told
    return found


def test_the_samples_of_all_objects_load_reconcile_and_load_again_without_a_write(project, port):
    for spec in specs.read_all(kit_dir()):
        sample = specs.folder(kit_dir()) / spec.name / "sample.csv"
        shutil.copy(sample, project / "data" / f"{spec.name}.csv")
    first = load(project)
    assert [one["refused"] for one in first["objects"] if one["refused"]] == []
    assert first["exit_code"] == 0
    before = last_writes(port)
    time.sleep(1.1)  # write_date counts whole seconds
    second = load(project)
    assert {one["object"]: one["writes"] for one in second["objects"]} == {
        spec.name: 0 for spec in specs.read_all(kit_dir())
    }
    assert last_writes(port) == before
    checks = reconcile.run(project, "data", env=ENV, how=ReadOptions()).data()
    assert [check for check in checks["checks"] if not check["agrees"]] == []
    variants = port.call(
        "product.product", "search_read", domain=[["product_tmpl_id.name", "=", "Linen apron"]],
        fields=["default_code", "product_template_attribute_value_ids"],
    )  # fmt: skip
    assert {one["default_code"] for one in variants} == {"APRON-S-RED", "APRON-L-BLUE"}
    assert all(len(one["product_template_attribute_value_ids"]) == 2 for one in variants)
    kinds = [entry.kind for entry in journal.read(project)]
    assert {"validate", "load", "reconcile"} <= set(kinds)


def test_only_what_changed_is_written(project, port):
    products(project, 20)
    load(project)
    text = (project / "data" / "products.csv").read_text().replace("Thing 7,7.50", "Thing 7,8.00")
    (project / "data" / "products.csv").write_text(text)
    (project / "journal" / "journal.jsonl").unlink()
    (project / "journal" / "head").unlink()
    (result,) = load(project)["objects"]
    assert (result["updated"], result["unchanged"], result["writes"]) == (1, 19, 1)
    (found,) = port.call(
        "product.product", "search_read", domain=[["default_code", "=", "SKU-00007"]],
        fields=["list_price"],
    )  # fmt: skip
    assert found["list_price"] == 8.0


def test_opening_stock_is_booked_once_even_when_it_was_sold_since(project, port):
    products(project, 3)
    (project / "data" / "opening_stock.csv").write_text(
        "sku,quantity\nSKU-00000,10\nSKU-00001,20\nSKU-00002,30\n"
    )
    load(project)
    (quant,) = port.call(
        "stock.quant", "search_read", fields=["quantity"],
        domain=[
            ["product_id.default_code", "=", "SKU-00001"], ["location_id.usage", "=", "internal"],
        ],
    )  # fmt: skip
    assert quant["quantity"] == 20.0
    inventory = {"inventory_mode": True}
    port.call(
        "stock.quant", "write", [quant["id"]], vals={"inventory_quantity": 5.0}, context=inventory
    )
    port.call("stock.quant", "action_apply_inventory", [quant["id"]], context=inventory)
    result = load(project)["objects"][1]
    assert (result["unchanged"], result["writes"]) == (3, 0)
    (quant,) = port.call("stock.quant", "read", [quant["id"]], fields=["quantity"])
    assert quant["quantity"] == 5.0


def test_a_load_killed_midway_is_finished_by_the_next_without_duplicates(project, port):
    products(project, 2100)
    running = subprocess.Popen(command(project), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 180
    ours = [["module", "=", "phaseline_data"], ["model", "=", "product.product"]]
    while time.monotonic() < deadline and running.poll() is None:
        if port.call("ir.model.data", "search_count", domain=ours):
            break
        time.sleep(0.2)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    while time.monotonic() < deadline:  # the killed run's lease on the database runs out first
        (result,) = load(project)["objects"]
        if result["stopped"] != "O008":
            break
        time.sleep(2)
    assert result["created"] + result["unchanged"] == 2100
    assert port.call("ir.model.data", "search_count", domain=ours) == 2100
    codes = [["default_code", "=like", "SKU-%"]]
    assert port.call("product.product", "search_count", domain=codes) == 2100


def test_one_bad_line_among_a_thousand_is_rejected_alone(project, port):
    products(project, 1000, bad={500})
    stopped = subprocess.run(command(project), capture_output=True, text=True, check=False)
    assert stopped.returncode == 3
    assert "0 lines were loaded" in stopped.stderr
    assert "products.csv:502:list_price" in stopped.stderr
    codes = [["default_code", "=like", "SKU-%"]]
    assert port.call("product.product", "search_count", domain=codes) == 0
    words = ("--allow-rejects", "1", "--format", "json")
    done = subprocess.run(command(project, *words), capture_output=True, text=True, check=False)
    assert done.returncode == 3
    (result,) = json.loads(done.stdout)["objects"]
    assert (result["created"], result["rejected"]) == (999, 1)
    assert port.call("product.product", "search_count", domain=codes) == 999


def test_a_line_odoo_itself_refuses_is_told_and_the_rest_is_loaded(project, port):
    port.call("product.product", "create", vals_list=[{"name": "Old", "barcode": "4006381333931"}])
    (project / "data" / "products.csv").write_text(
        "sku,name,barcode\nA-1,One,4006381333931\nA-2,Two,\nA-3,Three,\n"
    )
    result = load(project)
    (told,) = result["objects"]
    assert result["exit_code"] == 3
    assert (told["created"], [one["code"] for one in told["refused"]]) == (2, ["D020"])


def test_with_the_server_down_nothing_was_loaded_and_the_command_says_so(tmp_path):
    project = made(tmp_path / "down", "http://127.0.0.1:9", "none")
    products(project, 10)
    environment = {**os.environ, "PHASELINE_SECRET_TESTING_ODOO_API_KEY": "none"}
    done = subprocess.run(
        command(project), capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 13
    assert "0 lines were loaded" in done.stderr
    assert Path(project, "data", "products.csv").exists()


def test_one_line_odoo_refuses_among_a_thousand_is_named_and_the_others_are_kept(port):
    """Odoo's `load` alone would retry all of them row by row, and its worker would be killed."""
    shape = RecordTemplate("articles", "product.product", ("sku",), (("name", "n"), ("type", "t")))
    records = [
        Record(
            f"phaseline_data.articles.{number}",
            number + 2,
            (("name", f"Many {number}"), ("type", "nonsense" if number == 700 else "consu")),
        )
        for number in range(1000)
    ]
    loader = Loader([port])
    loader.load(shape, records)
    outcome = loader.outcome
    assert (outcome.created, outcome.unknown, outcome.not_sent) == (999, 0, 0)
    assert [one.row for one in outcome.refused] == [702]
    assert "nonsense" in outcome.refused[0].message
    many = [["name", "=like", "Many %"]]
    assert port.call("product.product", "search_count", domain=many) == 999
