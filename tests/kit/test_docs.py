"""The docs say what the code says."""

from __future__ import annotations

import re

import click
import pytest

from kit import reference
from kit.tree import ROOT, TOP_FOLDERS, tracked
from phaseline.errors import CODES, Exit

COMMANDS = list(reference.commands())
OBJECTS = sorted(path.parent.name for path in (ROOT / "data_templates").glob("*/spec.yml"))


@pytest.mark.parametrize("name", sorted(reference.TABLES))
def test_a_generated_table_is_what_the_code_says(name: str) -> None:
    text = (ROOT / name).read_text()
    assert text == reference.fill(text, reference.TABLES[name]), "run: make docs"


@pytest.mark.parametrize("folder", TOP_FOLDERS)
def test_each_top_folder_has_a_readme(folder: str) -> None:
    assert len((ROOT / folder / "README.md").read_text().splitlines()) > 3


def test_nothing_but_the_fixed_folders_stands_at_the_top() -> None:
    found = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "__")) and path.name != "dist"
    }
    assert found == set(TOP_FOLDERS)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_each_command_says_what_it_does(name: str, command: click.Command) -> None:
    assert command.help, f"{name} has no help"
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_every_command_is_in_the_reference() -> None:
    text = (ROOT / "cli" / "README.md").read_text()
    assert [name for name, _ in COMMANDS if f"`{name}" not in text] == []


def test_every_error_code_is_in_the_reference() -> None:
    text = (ROOT / "cli" / "README.md").read_text()
    assert [code for code in CODES if f"`{code}`" not in text] == []


def test_every_exit_code_is_explained() -> None:
    assert set(reference.EXITS) == set(Exit)


def test_every_business_object_is_in_the_docs() -> None:
    text = (ROOT / "data_templates" / "README.md").read_text()
    assert [name for name in OBJECTS if name not in text] == []


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()


def test_the_readme_leads_to_each_page() -> None:
    text = (ROOT / "README.md").read_text()
    pages = [f"{folder}/README.md" for folder in TOP_FOLDERS]
    pages += ["CONTRIBUTING.md", "DECISIONS.md", "SECURITY.md", "CHANGELOG.md"]
    assert [page for page in pages if f"]({page})" not in text] == []


PAGES = sorted(path.relative_to(ROOT).as_posix() for path in tracked() if path.suffix == ".md")


@pytest.mark.parametrize("page", PAGES)
def test_each_link_of_a_page_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / page).read_text())
    inside = [link for link in links if not link.startswith(("http://", "https://"))]
    assert [link for link in inside if not ((ROOT / page).parent / link).exists()] == []


def test_each_module_that_the_ways_name_is_there() -> None:
    """A way through the code that leads to no file is worse than none."""
    text = (ROOT / "cli" / "README.md").read_text()
    floors = "commands|flows|files|odoo|hosts|core|masterdata"
    named = set(re.findall(rf"`((?:{floors})/[\w/.]+)`", text))
    assert len(named) > 20
    assert [one for one in sorted(named) if not (ROOT / "cli/phaseline" / one).exists()] == []
