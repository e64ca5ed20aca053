"""Every role has one skeleton, says what it takes, and knows nothing of the inventory."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from kit.tree import ROOT

ROLES = sorted(path.parent for path in (ROOT / "roles").glob("*/tasks"))
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
SKELETON = (
    "README.md",
    "defaults/main.yml",
    "meta/main.yml",
    "meta/argument_specs.yml",
    "tasks/main.yml",
)
CONTENTS = {
    "ansible.builtin.import_tasks",
    "ansible.builtin.include_tasks",
    "ansible.builtin.meta",  # flush_handlers, so that a run killed after the role loses none
}
HEADER = "Managed by Phaseline: what is changed here is lost at the next run."
LOOKED_UP = re.compile(r"ansible\.builtin\.template', *'([^']+)'")
HARDENED = "ProtectSystem=strict"
OWN_TASKS = {"tasks", "pre_tasks", "post_tasks", "handlers"}


class Loader(yaml.SafeLoader):
    """Ansible's YAML: a vault or unsafe value is read as its text."""


def text(loader: Loader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


Loader.add_constructor("!unsafe", text)


def load(path):
    return yaml.load(path.read_text(), Loader)  # noqa: S506  # the loader above is a safe one


def options(role):
    return load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"].get("options", {})


def examples(role):
    text = (role / "README.md").read_text()
    return [yaml.load(body, Loader) for body in re.findall(r"```ya?ml\n(.*?)```", text, re.DOTALL)]  # noqa: S506


def by_name(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


def test_there_are_roles_and_playbooks() -> None:
    assert ROLES
    assert PLAYBOOKS


@by_name(ROLES)
def test_a_role_has_the_skeleton(path) -> None:
    assert [name for name in SKELETON if not (path / name).is_file()] == []


@by_name(ROLES)
def test_a_roles_main_is_a_contents_page(path) -> None:
    for task in load(path / "tasks" / "main.yml"):
        assert CONTENTS & set(task), task.get("name")


@by_name(ROLES)
def test_specs_and_defaults_are_one(path) -> None:
    defaults = load(path / "defaults" / "main.yml") or {}
    declared = options(path)
    optional = {name: spec for name, spec in declared.items() if not spec.get("required")}
    assert sorted(set(defaults) - set(declared)) == []
    assert {name: spec.get("default") for name, spec in optional.items()} == {
        name: defaults.get(name) for name in optional
    }


@by_name(ROLES)
def test_every_option_is_described(path) -> None:
    assert [n for n, spec in options(path).items() if not spec.get("description")] == []
    assert [n for n, spec in options(path).items() if not spec.get("type")] == []


@by_name(ROLES)
def test_the_readme_shows_a_play_with_the_role(path) -> None:
    plays = [play for found in examples(path) if isinstance(found, list) for play in found]
    names = {
        role if isinstance(role, str) else role.get("role")
        for play in plays
        for role in play.get("roles", ())
    }
    assert path.name in names


@by_name(ROLES)
def test_a_role_names_no_group(path) -> None:
    for file in path.rglob("*"):
        if file.suffix in {".yml", ".j2"}:
            assert not re.search(r"\bgroups\[|\bgroups\.|group_names", file.read_text()), file


@by_name(ROLES)
def test_a_file_that_a_template_becomes_says_who_manages_it(path) -> None:
    """Texts that go to a program, and JSON, which knows no comments, say nothing."""
    tasks = "".join(file.read_text() for file in path.glob("*/*.yml"))
    sent = set(LOOKED_UP.findall(tasks))
    files = [file for file in path.glob("templates/*.j2") if file.name not in sent]
    bare = [
        file.name
        for file in files
        if not file.name.endswith(".json.j2")
        and HEADER not in "".join(file.read_text().splitlines()[:2])
    ]
    assert bare == []


def test_what_confines_every_service_stands_once() -> None:
    units = [path for path in (ROOT / "roles").glob("*/templates/*.j2") if path.is_file()]
    assert [path for path in units if HARDENED in path.read_text()] == []
    users = {path.parts[-3] for path in units if "systemd_hardening_" in path.read_text()}
    assert users == {
        path.parts[-3]
        for path in (ROOT / "roles").glob("*/meta/main.yml")
        if {"role": "systemd_hardening"} in load(path)["dependencies"]
    }


@by_name(PLAYBOOKS)
def test_a_playbook_is_a_short_list_of_roles(path) -> None:
    assert len(path.read_text().splitlines()) <= 40
    for play in load(path):
        assert not OWN_TASKS & set(play), play.get("name")


def test_an_input_of_roles_is_set_in_one_short_file() -> None:
    """Two files of group_vars/all/ that set one name would leave it to their order."""
    files = sorted((ROOT / "playbooks" / "group_vars" / "all").glob("*.yml"))
    names = [name for path in files for name in load(path)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [path.name for path in files if len(path.read_text().splitlines()) > 60] == []


def test_every_play_that_gathers_asks_for_the_same_facts() -> None:
    """They are gathered once a run: a play that needs others would not get them."""
    plays = [play for path in PLAYBOOKS for play in load(path) if play.get("gather_facts")]
    assert len(plays) > 1
    assert len({tuple(play["gather_subset"]) for play in plays}) == 1


@pytest.mark.parametrize("folder", ["roles", "playbooks"])
def test_the_folders_readme_names_everything_in_it(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text()
    names = [path.name for path in (ROLES if folder == "roles" else PLAYBOOKS)]
    assert [name for name in names if name not in text] == []
