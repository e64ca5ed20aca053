"""Secrets: only the owner reads them, the environment goes before the file, nothing is shown."""

from __future__ import annotations

import json
import multiprocessing
from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.environments.secret_store import Secrets

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from pathlib import Path


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path / "state" / "secrets.json", "testing")


def test_a_secret_is_made_once(secrets: Secrets) -> None:
    made = secrets.get_or_make("users.buyer")
    assert len(made) >= 20
    assert secrets.get_or_make("users.buyer") == made
    assert secrets.path.stat().st_mode & 0o777 == 0o600


def test_the_environment_goes_before_the_file(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.put("odoo_api_key", "from the file")
    monkeypatch.setenv("PHASELINE_SECRET_TESTING_ODOO_API_KEY", "from outside")
    assert secrets.get("odoo_api_key") == "from outside"


def test_a_missing_secret_says_where_to_put_it(secrets: Secrets) -> None:
    with pytest.raises(PhaselineError) as error:
        secrets.get("users.buyer")
    assert error.value.exit_code == 12
    assert "PHASELINE_SECRET_TESTING_USERS_BUYER" in error.value.faults[0].hint


def put_often(path: Path, name: str) -> None:
    for number in range(10):
        Secrets(path, "testing").put(f"{name}.{number}", name)


def test_two_that_put_at_once_lose_nothing(secrets: Secrets) -> None:
    context = multiprocessing.get_context("fork")
    writers = [
        context.Process(target=put_often, args=(secrets.path, name)) for name in ("one", "other")
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    kept = json.loads(secrets.path.read_text())
    assert len(kept) == 20


def make_one(path: Path, queue: Queue[str]) -> None:
    queue.put(Secrets(path, "testing").get_or_make("users.buyer"))


def test_of_two_that_make_a_secret_at_once_both_have_the_one_that_is_kept(
    secrets: Secrets,
) -> None:
    context = multiprocessing.get_context("fork")
    queue: Queue[str] = context.Queue()
    makers = [context.Process(target=make_one, args=(secrets.path, queue)) for _ in range(4)]
    for one in makers:
        one.start()
    made = {queue.get(timeout=60) for _ in makers}
    for one in makers:
        one.join()
    assert made == {secrets.get("users.buyer")}


def test_a_file_others_can_read_is_refused(secrets: Secrets) -> None:
    secrets.put("a", "b")
    secrets.path.chmod(0o644)
    with pytest.raises(PhaselineError, match="read by others"):
        secrets.get("a")


def test_a_repr_shows_no_value(secrets: Secrets) -> None:
    secrets.put("a", "hush-hush")
    assert "hush-hush" not in repr(secrets)
