from __future__ import annotations

import gzip
import json
from pathlib import Path

NAUGHTY = Path(__file__).with_name("naughty_strings.json.gz")


def naughty() -> list[str]:
    """The Big List of Naughty Strings (Max Woolf, MIT licence)."""
    return [text for text in json.loads(gzip.decompress(NAUGHTY.read_bytes())) if text]


def test_every_naughty_string_reads_back_as_it_was_written(port, partners, mark):
    texts = naughty()
    assert len(texts) > 500
    rows = [{"name": "x", "ref": f"{mark}{text}"} for text in texts]
    made = port.call("res.partner", "create", vals_list=rows)
    read = port.call("res.partner", "read", made, fields=["ref"])
    assert [row["ref"].removeprefix(mark) for row in read] == texts
    port.call("res.partner", "unlink", made)


def test_a_text_of_64_kilobytes_reads_back_whole(port, partners):
    text = "Ωabc" * 16384
    (one,) = partners("Long", ref=text)
    assert port.call("res.partner", "read", [one], fields=["ref"])[0]["ref"] == text
    port.call("res.partner", "unlink", [one])


def test_a_nul_character_is_refused_by_name(port, refusal):
    fault = refusal(port, "res.partner", "create", vals_list=[{"name": "a\0b"}])
    assert fault.code == "O005"


def test_a_batch_of_a_thousand_is_one_call_and_keeps_its_order(port, partners, mark):
    names = [f"{number:04d}" for number in range(1000)]
    made = partners(*names)
    rows = port.call(
        "res.partner", "search_read", domain=[["id", "in", made]], fields=["name"], order="id"
    )
    assert [row["name"] for row in rows] == names
    port.call("res.partner", "unlink", made)
