"""A busy Odoo is asked again a few times, anything else it says counts at once."""

from __future__ import annotations

import pytest

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.retries import call_when_free


def answering(*codes):
    """A call that fails with these codes, one a time, and then works."""
    left = list(codes)

    def do():
        if left:
            raise PhaselineError(Fault(left.pop(0), "told to fail"))
        return "done"

    return do


def test_what_was_rolled_back_is_done_again():
    assert call_when_free(answering("O011", "O011"), (0.0, 0.0)) == "done"


def test_an_odoo_that_stays_busy_is_the_error():
    with pytest.raises(PhaselineError, match="told to fail"):
        call_when_free(answering("O011", "O011", "O011"), (0.0, 0.0))


@pytest.mark.parametrize("code", ["O001", "O005", "O007"])
def test_nothing_else_is_done_again(code):
    with pytest.raises(PhaselineError) as caught:
        call_when_free(answering(code), (0.0, 0.0))
    assert caught.value.faults[0].code == code
