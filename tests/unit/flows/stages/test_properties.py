"""What holds for any blueprint: an applied plan leaves nothing to do."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from phaseline.flows.stages.apply import Permission, apply_in
from phaseline.flows.stages.plan import make
from unit.memory_project import Workshop, workshop

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(25)


def some_stage(dice: random.Random) -> str:
    """A stage of up to twelve records that refer to each other without circles."""
    tags = [f"tag.t{number}" for number in range(dice.randint(0, 3))]
    places = [f"location.l{number}" for number in range(dice.randint(1, 8))]
    entries = [f"  - {{ref: {ref}, model: tag, values: {{name: {ref}}}}}" for ref in tags]
    for number, ref in enumerate(places):
        values = some_values(dice, ref, places[:number], tags)
        entries.append(f"  - {{ref: {ref}, model: location, values: {{{', '.join(values)}}}}}")
    dice.shuffle(entries)
    return "\n".join(["phase: one", "sets:", *entries]) + "\n"


def some_values(dice: random.Random, ref: str, before: list[str], tags: list[str]) -> list[str]:
    links = ", ".join(f'"ref:{tag}"' for tag in dice.sample(tags, dice.randint(0, len(tags))))
    options = [
        f"kind: {dice.choice(['bin', 'dock'])}",
        f'capacity: "{dice.randint(-500, 500)}.{dice.randint(0, 99):02}"',
        f"count: {dice.randint(-3, 3)}",
        "active: false",
        f"tag_ids: [{links}]" if dice.randint(0, 1) else f"tag_ids: {{add: [{links}]}}",
        f"line_ids: {{lines: [{{ref: line.of_{ref}, values: {{name: n}}}}]}}",
        *([f"parent_id: ref:{dice.choice(before)}"] if before else []),
    ]
    chosen = [option for option in options if dice.randint(0, 1)]
    return [f'name: "{ref} {dice.choice(["ä", "x", "7"])}"', *chosen]


def go(shop: Workshop) -> bool:
    allowed = Permission(max_changes=100)
    return apply_in(shop.project, shop.environment(), "one", allowed).applied


@pytest.mark.parametrize("seed", SEEDS)
def test_an_applied_plan_leaves_nothing_to_do(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 (dice for a test)
    shop = workshop(tmp_path)
    for _ in range(3):
        shop.write("10_one", "10_file.yml", some_stage(dice))
        go(shop)
        assert make(shop.project, shop.environment(), ("one",)).plan.changes == ()
        assert not go(shop)
