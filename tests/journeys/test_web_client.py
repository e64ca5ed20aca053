"""Odoo's own web client on the demo: it starts, shows what the kit made, does not complain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Demo

pytestmark = [pytest.mark.odoo, pytest.mark.browser]

SLOW = 120_000  # ms; the first page makes Odoo build its assets


class Client:
    """A signed-in web client."""

    def __init__(self, watched: Any, url: str) -> None:
        self.watched = watched
        self.page = watched.page
        self.url = url
        self.page.set_default_timeout(SLOW)

    def sign_in(self, login: str, password: str) -> None:
        self.page.goto(f"{self.url}/web/login")
        self.page.fill(".oe_login_form input[name=login]", login)
        self.page.fill(".oe_login_form input[name=password]", password)
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def open(
        self, path: str, *, record: str = ".o_data_row, .o_kanban_record, .o_form_view"
    ) -> str:
        """Open a screen, wait for its records, keep a screenshot and return its text."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(f".o_content >> {record}")
        self.page.wait_for_timeout(300)
        name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
        self.watched.shot(f"odoo-{name}")
        assert self.page.locator(".o_error_dialog, .o_dialog_error").count() == 0
        return str(self.page.locator(".o_content").inner_text())

    def total(self) -> int:
        """How many records the screen that is open has."""
        return int(re.sub(r"\D", "", self.page.locator(".o_pager_limit").inner_text()))


@pytest.fixture
def client(watched: Any, demo: Demo) -> Iterator[Client]:
    """The administrator's client; at the end the browser must not have complained."""
    client = Client(watched, demo.url)
    client.sign_in(*demo.admin)
    yield client
    assert watched.complaints == []


def test_a_product_of_the_catalogue_is_shown(client: Client) -> None:
    text = client.open("action-stock.product_template_action_product")
    assert client.total() >= 2900
    assert re.search(r"\n\[\d{5}[A-Z]?\]\nPrice: \n£\xa0\d", text), text


def test_the_reorder_rules_are_on_the_replenishment_screen(client: Client) -> None:
    client.page.goto(f"{client.url}/odoo/action-stock.action_orderpoint")
    client.page.wait_for_selector(".o_content .o_data_row")
    client.watched.shot("odoo-reorder-rules")
    assert client.total() >= 2900


def test_the_replenishment_screen_proposes_to_buy(client: Client) -> None:
    text = client.open("replenishment", record=".o_data_row")
    assert "HUB/Stock" in text
    assert "Buy" in text


def test_purchase_orders_open(client: Client) -> None:
    """There are none yet: the list says so, with its own columns."""
    text = client.open("purchase", record=".o_list_renderer")
    assert "Requests for Quotation" in client.page.locator(".o_breadcrumb").inner_text()
    assert {"Reference", "Vendor", "Buyer"} <= set(text.split())


def test_the_approval_rules_are_listed(client: Client) -> None:
    text = client.open("action-base_tier_validation.tier_definition_action")
    assert "1000" in text.replace(",", "")


def test_the_bins_of_the_warehouse_are_listed(client: Client) -> None:
    text = client.open("action-stock.action_location_form")
    assert "HUB" in text


def test_a_buyer_signs_in_and_sees_purchases_but_no_settings(watched: Any, demo: Demo) -> None:
    client = Client(watched, demo.url)
    client.sign_in(*demo.login("Bea Buyer"))
    client.open("purchase", record=".o_list_renderer")
    assert client.page.locator(".o_list_button_add").is_visible()
    client.page.click(".o_navbar_apps_menu button")
    menu = client.page.locator(".o-dropdown--menu").inner_text()
    assert "Purchase" in menu
    assert "Settings" not in menu
    assert watched.complaints == []
