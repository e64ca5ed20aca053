"""The input of the contest: products with one supplier line each, as both loaders want it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CATEGORIES = 12
SUPPLIERS = 20
PEER_PRODUCTS = "product.template.csv"


def gtin(number: int) -> str:
    """A GTIN-13 with its check digit, below the prefix that is free for own use."""
    body = f"20{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def rows(count: int) -> list[dict[str, str]]:
    """The same `count` products each time."""
    return [
        {
            "sku": f"BENCH-{number:06d}",
            "name": f"Bench article {number} of the contest",
            "category": f"C{number % CATEGORIES:02d}",
            "supplier": f"V-{number % SUPPLIERS:03d}",
            "list_price": f"{5 + number % 97}.{number % 100:02d}",
            "cost": f"{2 + number % 41 / 20:.2f}",
            "barcode": gtin(number),
            "weight": f"{number % 50 / 10:.2f}",
            "price": f"{1 + number % 41 / 20:.2f}",
            "from_quantity": str(1 + number % 10),
            "lead_days": str(3 + number % 60),
        }
        for number in range(1, count + 1)
    ]


def write(path: Path, header: list[str], lines: list[list[str]], separator: str = ",") -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=separator)
        out.writerow(header)
        out.writerows(lines)


def for_phaseline(folder: Path, count: int) -> None:
    """The files of `phaseline data load`; what stands before the race goes to `before`."""
    goods = rows(count)
    before, race = folder / "before", folder / "race"
    before.mkdir(parents=True)
    race.mkdir()
    write(
        before / "categories.csv",
        ["category", "name"],
        [[f"C{number:02d}", f"Bench category {number}"] for number in range(CATEGORIES)],
    )
    write(
        before / "suppliers.csv",
        ["supplier", "name", "country", "currency", "tag"],
        [
            [f"V-{number:03d}", f"Bench supplier {number}", "GB", "USD", "Bench"]
            for number in range(SUPPLIERS)
        ],
    )
    columns = ["sku", "name", "category", "list_price", "cost", "barcode", "weight"]
    write(race / "products.csv", columns, [[row[key] for key in columns] for row in goods])
    columns = ["supplier", "sku", "from_quantity", "price", "lead_days"]
    write(
        race / "supplier_prices.csv",
        [*columns, "currency"],
        [[*(row[key] for key in columns), "USD"] for row in goods],
    )


def for_peer(folder: Path, count: int, categories: dict[str, str], vendors: dict[str, str]) -> None:
    """The file of the peer: one table with the supplier line beside the product."""
    write(
        folder / PEER_PRODUCTS,
        [
            "id", "default_code", "name", "categ_id/id", "list_price", "standard_price", "barcode",
            "weight", "is_storable", "seller_ids/partner_id/id", "seller_ids/price",
            "seller_ids/min_qty", "seller_ids/delay",
        ],
        [
            [
                f"bench.{row['sku']}", row["sku"], row["name"], categories[row["category"]],
                row["list_price"], row["cost"], row["barcode"], row["weight"], "True",
                vendors[row["supplier"]], row["price"], row["from_quantity"], row["lead_days"],
            ]
            for row in rows(count)
        ],
        ";",
    )  # fmt: skip
