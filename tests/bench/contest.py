"""One race: a loader, a fresh copy of the database, the same input, seconds and what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench import goods
from phaseline.odoo.drivers.connect import Credentials, connect

if TYPE_CHECKING:
    from phaseline.odoo.port import Port

FLAGS = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
}
WARMERS = 8
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Result:
    """What one run took, and what Odoo holds after it."""

    seconds: float
    products: int
    lines: int
    written: int


class Race:
    """One copy of the database with what stands before the race: categories and suppliers."""

    def __init__(self, database: Any, folder: Path, count: int) -> None:
        self.database = database
        self.folder = folder
        self.count = count
        folder.mkdir()
        goods.for_phaseline(folder / "data", count)
        (folder / "tenant.yml").write_text("format: 1\nblueprint: ecommerce\n")
        (folder / "journal").mkdir()
        (folder / "inventory.ini").write_text(
            f"[bench:vars]\nodoo_url={database.url}\nodoo_database={database.database}\n"
            f"odoo_login={database.login}\nenvironment_kind=testing\n"
        )
        self.run_phaseline("data/before")
        self.port = self.open()
        self.warm()

    def open(self) -> Port:
        known = Credentials(self.database.login, self.database.password, self.database.api_key)
        return connect(self.database.url, self.database.database, known)

    def warm(self) -> None:
        """Let every worker of the server know the database before anybody is timed."""
        with ThreadPoolExecutor(max_workers=WARMERS) as pool:
            for _ in range(2):
                list(pool.map(self.ask, range(WARMERS)))

    def ask(self, _: int) -> None:
        self.port.call("product.product", "default_get", fields=["uom_id"])

    def phaseline(self) -> Result:
        """`phaseline data load` as a person types it: start, validation and journal included."""
        return self.timed(lambda: self.run_phaseline("data/race"))

    def run_phaseline(self, folder: str) -> None:
        env = os.environ | {"PHASELINE_SECRET_BENCH_ODOO_API_KEY": self.database.api_key}
        command = ["data", "load", folder, "--env", "bench", "--project", str(self.folder)]
        answer = subprocess.run(
            [str(PROGRAMS / "phaseline"), *command, "--format", "json"],
            check=False, capture_output=True, text=True, env=env,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert not any(one["rejected"] for one in json.loads(answer.stdout)["objects"])

    def peer(self, *, tuned: bool) -> Result:
        """The peer's own program, at its defaults or as fast as its settings make it."""
        address = urlsplit(self.database.url)
        secret = self.database.api_key if tuned else self.database.password
        (self.folder / "peer.conf").write_text(
            f"[Connection]\nhostname={address.hostname}\nport={address.port}\n"
            f"database={self.database.database}\nlogin={self.database.login}\n"
            f"password={secret}\nprotocol={'json2' if tuned else 'xmlrpc'}\nuid=2\n"
        )
        goods.for_peer(self.folder, self.count, *self.names())
        command = ["--file", str(self.folder / goods.PEER_PRODUCTS), "--model", "product.product"]
        if tuned:
            command += ["--size", "1000", "--worker", "2", "--context", str(FLAGS)]
        program = [str(PROGRAMS / "python"), str(PROGRAMS / "odoo_import_thread.py")]
        config = ["-c", str(self.folder / "peer.conf")]
        return self.timed(
            lambda: subprocess.run([*program, *config, *command], check=True, capture_output=True)
        )

    def names(self) -> tuple[dict[str, str], dict[str, str]]:
        """The external ids of categories and suppliers by their code."""
        rows = self.port.call(
            "ir.model.data",
            "search_read",
            domain=[["module", "=", "phaseline_data"]],
            fields=["complete_name", "name"],
        )
        found: dict[str, dict[str, str]] = {"categories": {}, "suppliers": {}}
        for row in rows:
            kind, _, code = row["name"].partition(".")
            if kind in found:
                found[kind][code] = row["complete_name"]
        return found["categories"], found["suppliers"]

    def timed(self, run: Any) -> Result:
        """The result of a run; rows written are those Odoo dates after its start."""
        time.sleep(1.1)  # Odoo's dates have whole seconds
        stamp = self.now()
        started = time.perf_counter()
        run()
        seconds = time.perf_counter() - started
        ours = [["default_code", "=like", "BENCH-%"]]
        after = [["write_date", ">", stamp]]
        return Result(
            seconds,
            self.port.call("product.product", "search_count", domain=ours),
            self.port.call("product.supplierinfo", "search_count", domain=[]),
            self.port.call("product.product", "search_count", domain=[*ours, *after])
            + self.port.call("product.supplierinfo", "search_count", domain=after),
        )

    def now(self) -> str:
        """The server's time, as it dates what it writes."""
        made = self.port.call("res.partner.category", "create", vals_list=[{"name": "now"}])
        row = self.port.call("res.partner.category", "read", made, fields=["create_date"])
        self.port.call("res.partner.category", "unlink", made)
        return str(row[0]["create_date"])
