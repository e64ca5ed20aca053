"""A tenant's line is judged whole: every fault with its place, and no name that a host needs."""

from __future__ import annotations

import pytest

from phaseline.core.environments import tenant_line
from phaseline.files.yaml import nodes

GOOD = "- {name: harbour, domain: harbour.example.com, plan: s, port: 8069}"


def told(text: str) -> list[tuple[str, int | None, str]]:
    found = tenant_line.lint(nodes.parse(text, "tenants.yml"))
    return [(one.code, one.place.line if one.place else None, one.message) for one in found]


def test_a_whole_line_is_fine() -> None:
    line = (
        "- name: harbour\n  domain: shop.harbour.example.com\n  plan: {users: 9}\n"
        '  company: Häfen & Söhne "AG"\n  logo: brand/logo.png\n  primary_color: "#1a2b3c"\n'
        "  mail_sender: orders@harbour.example.com\n  lang: de_DE\n  country: DE\n"
        "  modules: [sale_management]\n"
    )
    assert told(line) == []


@pytest.mark.parametrize(
    "name",
    ["..", "a/b", "a'b", "a;b", "$(id)", "a\nb", "\u0430bc", "postgres", "template1", "-x", "x",
     "Harbour", "a" * 32, "phaseline_x", "harbour_owner", "root", "9lives", "pg_x"],
)  # fmt: skip
def test_a_dangerous_name_is_refused(name: str) -> None:
    assert tenant_line.wrong_name(name) is not None


@pytest.mark.parametrize(
    "domain",
    ["localhost", "a_b.example.com", "-a.example.com", "A.example.com", "10.0.0.1", "x..com",
     "a.example.com;rm", "a.example.com/x", "*.example.com", "a." * 130 + "com", "exämple.com"],
)  # fmt: skip
def test_what_is_no_domain_is_refused(domain: str) -> None:
    assert tenant_line.wrong("domain", domain) is not None


@pytest.mark.parametrize("key", ["name", "domain", "company", "logo", "mail_sender"])
def test_a_template_is_never_a_value(key: str) -> None:
    found = tenant_line.wrong(key, "{{ lookup('pipe', 'id') }}")
    assert found is not None
    assert "template" in found[0]


@pytest.mark.parametrize(
    "logo", ["../../etc/passwd.png", "/etc/logo.png", "logo.exe", "a/../b.png"]
)
def test_a_logo_stays_inside_the_project(logo: str) -> None:
    assert tenant_line.wrong("logo", logo) is not None


def test_every_fault_is_told_at_once_with_its_place() -> None:
    text = (
        f"{GOOD}\n"
        "- {name: harbour, domain: b.example.com, port: 22}\n"
        "- {nam: x, domain: c.example.com, plan: xl}\n"
        "- quayside\n"
    )
    found = told(text)
    assert [(code, line) for code, line, _ in found] == [
        ("C009", 2), ("C009", 3), ("C009", 3), ("H032", 3), ("C009", 4), ("C009", 2),
    ]  # fmt: skip
    assert any("is duplicated, first in line 1" in message for *_, message in found)


def test_a_misspelt_key_is_answered_with_the_nearest() -> None:
    found = list(tenant_line.lint(nodes.parse("- {name: harbour, domian: a.b.com}", "t")))
    assert "Did you mean 'domain'?" in [one.hint for one in found]


def test_a_plan_of_numbers_needs_users() -> None:
    assert [m for *_, m in told("- {name: ab, domain: a.b.com, plan: {orders_per_day: -1}}")] == [
        "a plan's orders_per_day is '-1'", "a plan has no users",
    ]  # fmt: skip


def test_tenants_that_left_the_list_are_named() -> None:
    assert tenant_line.lost(["harbour"], ["harbour", "quayside", "anchor"]) == (
        "anchor",
        "quayside",
    )
