"""The import scan of the tree: files a folder, arrows between rooms, circles. Run it for a summary.

usage: .venv/bin/python tests/kit/structure.py
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "cli" / "phaseline"
FLOOR_DEPTH = 2  # floor/module: what is deeper lives in a room


def graph() -> grimp.ImportGraph:
    """Return who imports whom, imports for type checking included."""
    return grimp.build_graph("phaseline", cache_dir=None)


def room(module: str) -> str:
    """Return the room a module lives in, as `odoo/data`; beside rooms a module is its own."""
    inside = Path(*module.split(".")[1:])
    if (PACKAGE / inside).is_dir():
        return str(inside)
    return str(inside.parent if len(inside.parts) > FLOOR_DEPTH else inside)


def arrows(found: grimp.ImportGraph) -> Counter[tuple[str, str]]:
    """Return how many imports go from one room to another."""
    pairs = Counter[tuple[str, str]]()
    for importer in found.modules:
        for imported in found.find_modules_directly_imported_by(importer):
            if room(importer) != room(imported):
                pairs[room(importer), room(imported)] += 1
    return pairs


def reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    """Return every node that arrows lead to from one; the node itself only through a circle."""
    seen: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += edges.get(node, ())
    return seen


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of nodes that lead to each other."""
    leads = {node: reachable(edges, node) for node in edges}
    rings = {
        tuple(sorted(other for other in leads[node] if node in leads.get(other, ())))
        for node in edges
        if node in leads[node]
    }
    return [list(ring) for ring in sorted(rings)]


def module_circles(found: grimp.ImportGraph) -> list[list[str]]:
    """Return the modules that import each other in a circle."""
    return circles(
        {one: set(found.find_modules_directly_imported_by(one)) for one in found.modules}
    )


def room_circles(pairs: Counter[tuple[str, str]]) -> list[list[str]]:
    """Return the rooms that import each other in a circle."""
    edges: dict[str, set[str]] = {}
    for importer, imported in pairs:
        edges.setdefault(importer, set()).add(imported)
    return circles(edges)


def folders() -> dict[str, int]:
    """Return how many modules each folder of the package holds, `__init__` not counted."""
    files = [one for one in PACKAGE.rglob("*.py") if one.name != "__init__.py"]
    return dict(sorted(Counter(str(one.parent.relative_to(PACKAGE)) for one in files).items()))


def main() -> None:
    """Print the scan."""
    found = graph()
    pairs = arrows(found)
    between = sum(len(found.find_modules_directly_imported_by(one)) for one in found.modules)
    print(f"{len(found.modules)} modules, {between} imports between them")
    print(f"{len(pairs)} arrows between {len({one for pair in pairs for one in pair})} rooms")
    for title, rings in (("modules", module_circles(found)), ("rooms", room_circles(pairs))):
        print(f"{len(rings)} circles of {title}")
        for ring in rings:
            print("  " + " ".join(ring))
    for folder, count in folders().items():
        print(f"  {count:3}  {folder}")


if __name__ == "__main__":
    main()
