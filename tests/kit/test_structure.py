"""Every feature has its room: small folders, no circles, tests where the code is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kit import structure
from kit.tree import PACKAGE, ROOT

if TYPE_CHECKING:
    import grimp

MOST_MODULES = 15
OUTSIDE = {"roles", "playbooks"}  # programs sent to hosts and plug-ins are tested in unit/, too


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return structure.graph()


def test_no_folder_holds_more_modules_than_the_budget() -> None:
    crowded = {name: count for name, count in structure.folders().items() if count > MOST_MODULES}
    assert crowded == {}


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    assert structure.module_circles(graph) == []


def test_no_rooms_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    assert structure.room_circles(structure.arrows(graph)) == []


def test_no_command_imports_a_command(graph: grimp.ImportGraph) -> None:
    prefix, shared = "phaseline.commands.", "phaseline.commands.console"
    imports = [
        f"{importer} -> {imported}"
        for importer in sorted(graph.modules)
        if importer.startswith(prefix)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if imported.startswith(prefix) and not imported.startswith(shared)
    ]
    assert imports == []


def test_unit_tests_lie_in_the_room_they_test() -> None:
    unit = ROOT / "tests" / "unit"
    folders = {path.parent.relative_to(unit) for path in unit.rglob("test_*.py")}
    strays = [
        str(one)
        for one in sorted(folders)
        if one.parts and one.parts[0] not in OUTSIDE and not (PACKAGE / one).is_dir()
    ]
    assert strays == []


def test_the_scan_finds_circles_however_long_they_are() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set()}
    assert structure.circles(edges) == [["a", "b", "c"]]
    assert structure.circles({"a": {"b"}, "b": set()}) == []
