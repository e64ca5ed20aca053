"""A project is opened only when it is one this kit knows, and holds no secret in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import Exit, PhaselineError
from phaseline.files.project.project import open_project
from phaseline.flows import init
from unit.memory_project import Workshop, workshop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def told(shop: Workshop) -> list[str]:
    with pytest.raises(PhaselineError) as error:
        open_project(shop.folder)
    return [f"{one.place} {one.code} {one.message}" for one in error.value.faults]


def test_the_kits_own_example_opens(tmp_path: Path) -> None:
    init.run(tmp_path / "new")
    assert open_project(tmp_path / "new").blueprint.name == "ecommerce"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("format: 2\nblueprint: mini\n", "tenant.yml:1:9 B008 format 2 is not the format 1"),
        ("blueprint: mini\n", "tenant.yml:1:1 B006 key 'format' is missing"),
        ("format: one\nblueprint: mini\n", "tenant.yml:1:9 B008 format one is not the format 1"),
    ],
)
def test_a_tenant_file_of_another_format_is_refused(
    shop: Workshop, file: str, sentence: str
) -> None:
    (shop.folder / "tenant.yml").write_text(file)
    (found,) = told(shop)
    assert found.startswith(sentence)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("format: 9", "1:9 B008 format 9 is not the format 1"), ("", "1:1 B006 key 'format' is miss")],
)
def test_a_blueprint_of_another_format_is_refused(
    shop: Workshop, written: str, sentence: str
) -> None:
    path = shop.folder / "blueprints" / "mini" / "blueprint.yml"
    path.write_text(path.read_text().replace("format: 1\n", f"{written}\n".lstrip()))
    (found,) = told(shop)
    assert found.startswith(f"blueprints/mini/blueprint.yml:{sentence}")


def test_secrets_in_clear_are_found_by_name_and_look_and_not_repeated(shop: Workshop) -> None:
    random = "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW"
    shop.tenant(f"mail: {{smtp_password: hunter2}}\nnote: {random}\n")
    record = "{ref: server.a, model: ir.mail_server, values: {smtp_pass: hunter2}}"
    shop.write("10_one", "10_file.yml", f"phase: one\nsets:\n  - {record}\n")
    found = told(shop)
    assert found == [
        "tenant.yml:3:8 C012 smtp_password is a secret in clear",
        "tenant.yml:4:1 C012 note is a secret in clear",
        "blueprints/mini/10_one/10_file.yml:3:53 C012 smtp_pass is a secret in clear",
    ]
    with pytest.raises(PhaselineError) as error:
        open_project(shop.folder)
    assert error.value.exit_code == Exit.SECRET
    assert "hunter2" not in repr(error.value.faults)


def test_a_secret_that_is_only_named_is_none(shop: Workshop) -> None:
    text = (
        'phase: one\nsets:\n  - {ref: user.a, model: res.users, initial: {password: "secret:a"}}\n'
    )
    shop.write("10_one", "10_file.yml", text)
    assert open_project(shop.folder).blueprint.name == "mini"
