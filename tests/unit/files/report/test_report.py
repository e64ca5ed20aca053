"""The report is one safe page that says the same thing each time."""

from __future__ import annotations

import re

from phaseline.core.evidence import summary as evidence
from phaseline.files import report
from unit import sample_journal


def page(*, failing: bool = False, written: str = "2026-11-23T21:00:00+00:00") -> str:
    about = report.Page("Harbour & Co", "Online brand", "0.1.0", written)
    gathered = evidence.gather(sample_journal.events(failing=failing), sample_journal.STAGES)
    return report.render(about, gathered)


def test_a_value_can_not_become_markup() -> None:
    assert "<script" not in page()
    assert "&lt;script&gt;" in page()


def test_the_page_asks_nothing_of_the_network() -> None:
    text = page()
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text.replace("&#39;", "'")


def test_two_pages_of_one_journal_differ_in_the_time_only() -> None:
    other = page(written="2026-11-24T08:15:00+00:00")
    changed = [
        (left, right)
        for left, right in zip(page().splitlines(), other.splitlines(), strict=True)
        if left != right
    ]
    assert len(changed) == 1
    assert 'datetime="2026-11-24T08:15:00+00:00"' in changed[0][1]


def test_every_proof_and_every_covered_row_is_on_the_page() -> None:
    text = page()
    for name in ("company_keeps_books_in_pounds", "order_becomes_cash"):
        assert name in text
    for row in ("A2", "A10", "T1d", "T1e", "W2", "X2"):
        assert f'id="row-{row}"' in text


def test_a_dangerous_change_stands_out_with_its_reason() -> None:
    events = list(sample_journal.events())
    plan = next(one for one in events if one.kind == "plan" and one.stage == "foundation")
    reason = f"The second order is refused {sample_journal.NASTY}"
    plan.payload["changes"][3]["dangerous"] = reason
    about = report.Page("Harbour & Co", "Online brand", "0.1.0", "2026-11-23T21:00:00+00:00")
    text = report.render(about, evidence.gather(events, sample_journal.STAGES))
    assert '<span class="badge bad">1 dangerous</span>' in text
    assert "The second order is refused &lt;script&gt;" in text
    assert "badge bad" not in page()


def test_a_failed_proof_is_said_in_the_first_sentence() -> None:
    summary = page(failing=True).split('id="gates"')[0]
    assert "Not everything holds." in summary
    assert "Core operations: 1 of 2 proofs hold." in summary


def test_a_finished_rollout_is_called_finished() -> None:
    assert "applied, proven and signed" in page().split('id="gates"')[0]


def test_an_empty_journal_gives_a_page_that_says_so() -> None:
    about = report.Page("New", "", "0.1.0", "2026-11-23T21:00:00+00:00")
    text = report.render(about, evidence.gather((), ("foundation",)))
    assert "no plan yet" in text
    assert "The work is not finished." in text


def test_the_page_stays_small() -> None:
    assert len(page().encode()) < 2_000_000


def test_every_link_on_the_page_leads_somewhere() -> None:
    text = page()
    targets = set(re.findall(r'href="#([^"]+)"', text))
    assert targets - set(re.findall(r'id="([^"]+)"', text)) == set()


def test_several_environments_stand_one_after_the_other() -> None:
    both = sample_journal.in_two_environments()
    about = report.Page("Two", "", "0.1.0", "2026-11-23T21:00:00+00:00")
    text = report.render(about, evidence.gather(both, sample_journal.STAGES))
    gates = text.split('id="gates"')[1].split('id="changes"')[0]
    assert re.findall(r"<h[34]>([^<]+)</h[34]>", gates) == [
        "Environment sandbox", "Foundation", "Core operations",
        "Environment testing", "Foundation", "Core operations",
    ]  # fmt: skip
    named = re.findall(r'id="([^"]+)"', text)
    assert len(named) == len(set(named))
    assert set(re.findall(r'href="#([^"]+)"', text)) - set(named) == set()
    alone = report.render(about, evidence.gather(both, sample_journal.STAGES, env="testing"))
    assert "sandbox" not in alone.split("</style>")[1].split('id="time"')[0]
