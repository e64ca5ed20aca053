"""The bill of materials of a release, as CycloneDX 1.6 JSON."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Component:
    """One thing a release is made of."""

    kind: str  # deb, pypi or generic
    name: str
    version: str
    sha256: str
    licence: str
    role: str

    @property
    def purl(self) -> str:
        """The component's package URL."""
        head = {"deb": "pkg:deb/debian/", "pypi": "pkg:pypi/"}.get(self.kind, "pkg:generic/")
        return f"{head}{quote(self.name)}@{quote(self.version, safe='')}"

    def as_dict(self) -> dict[str, str]:
        """Return the component as the manifest carries it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "version": self.version,
            "sha256": self.sha256,
            "licence": self.licence,
            "role": self.role,
        }


def render(release: str, series: str, components: tuple[Component, ...]) -> dict[str, Any]:
    """Return the bill of materials; it carries no date, so that equal releases have equal bills."""
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"phaseline:{release}")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": release,
                "name": "odoo-release",
                "version": release,
            },
            "properties": [{"name": "phaseline:odoo_series", "value": series}],
        },
        "components": [_component(one) for one in components],
        "dependencies": [
            {"ref": release, "dependsOn": sorted({one.purl for one in components})},
        ],
    }


def _component(one: Component) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "application" if one.role == "odoo" else "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        "properties": [{"name": "phaseline:role", "value": one.role}],
    }
    if one.sha256:
        body["hashes"] = [{"alg": "SHA-256", "content": one.sha256}]
    if one.licence:
        body["licenses"] = [{"license": {"name": one.licence}}]
    return body
