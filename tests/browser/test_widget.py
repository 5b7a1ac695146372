"""The widget on the shop's own page, which comes from another origin."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.served_shop import ServedShop, Site
from tests.conftest import ROOT

EXAMPLE: Path = ROOT / "docs" / "widget_example.html"
LISTEN = """
    window.heard = [];
    for (const type of ["shown", "open", "failed", "token-needed"]) {
      addEventListener(`glowhouse-${type}`, (event) => {
        if (type === "open") event.preventDefault();
        heard.push([type, event.detail]);
      });
    }
"""


def with_widget(page: Page, shop: ServedShop, site: Site, customer: str, html: str) -> None:
    """Opens the shop's page with the customer's widget and waits for its tiles."""
    site.page = html.replace("http://127.0.0.1:8000", shop.address).replace("TOKEN", shop.token(customer))
    page.add_init_script(LISTEN)
    page.goto(site.address)
    page.locator("glowhouse-recommendations .tile").first.wait_for()


def test_the_example_page_shows_a_customers_recommendations(
    page: Page, shop: ServedShop, shops_site: Site, customer: str
) -> None:
    with_widget(page, shop, shops_site, customer, EXAMPLE.read_text(encoding="utf-8"))
    expect(page.get_by_role("heading", name="Chosen for you")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(4)
    expect(page.locator(".tile-open").first).to_have_attribute("href", "/products/" + first_product(page))
    # The shop's own colour, and none of the shop's own style.
    reason = page.locator(".tile-reason").first
    assert reason.evaluate("node => getComputedStyle(node).borderLeftColor") == "rgb(29, 92, 74)"
    assert "Georgia" not in reason.evaluate("node => getComputedStyle(node).fontFamily")


def test_a_tile_is_opened_with_the_keyboard_and_the_page_is_told(
    page: Page, shop: ServedShop, shops_site: Site, customer: str
) -> None:
    with_widget(page, shop, shops_site, customer, EXAMPLE.read_text(encoding="utf-8"))
    page.keyboard.press("Tab")
    expect(page.locator(".tile-open").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("heard.some(([type]) => type === 'open')")
    heard = dict(page.evaluate("heard"))
    assert heard["open"]["product"]["product_id"] == first_product(page)
    assert heard["open"]["rank"] == 1
    assert len(heard["shown"]["items"]) == 4
    assert page.url == shops_site.address + "/"


def test_attributes_change_what_is_shown(page: Page, shop: ServedShop, shops_site: Site, customer: str) -> None:
    with_widget(page, shop, shops_site, customer, EXAMPLE.read_text(encoding="utf-8"))
    page.evaluate("""() => {
        const widget = document.querySelector("glowhouse-recommendations");
        widget.setAttribute("count", "2");
        widget.setAttribute("heading", "Two <b>things</b>");
        widget.removeAttribute("product-address");
    }""")
    expect(page.locator(".tile")).to_have_count(2)
    expect(page.get_by_role("heading", name="Two <b>things</b>")).to_be_visible()
    expect(page.locator(".tile").get_by_role("button")).to_have_count(2)


def test_a_token_that_is_worth_nothing_is_said_to_the_page_and_to_the_customer(
    page: Page, shop: ServedShop, shops_site: Site, customer: str
) -> None:
    with_widget(page, shop, shops_site, customer, EXAMPLE.read_text(encoding="utf-8"))
    page.evaluate(
        "document.querySelector('glowhouse-recommendations').setAttribute('customer-token', 'WyJhIiwwXQ.AAAA')"
    )
    expect(page.get_by_role("alert")).to_contain_text("The customer token was not issued by this service.")
    assert "token-needed" in dict(page.evaluate("heard"))
    token = shop.token(customer)
    page.evaluate(
        "token => document.querySelector('glowhouse-recommendations').setAttribute('customer-token', token)", token
    )
    expect(page.locator(".tile")).to_have_count(4)


def test_a_site_that_the_shop_did_not_name_gets_nothing(
    open_page: OpenPage, shop: ServedShop, shops_site: Site, customer: str
) -> None:
    answer = open_page(viewport=PHONE).request.get(
        f"{shop.address}/v1/customers/{customer}/recommendations",
        headers={"Origin": "https://elsewhere.example", "Authorization": f"Bearer {shop.token(customer)}"},
    )
    assert "access-control-allow-origin" not in answer.headers


def first_product(page: Page) -> str:
    return page.locator(".tile").first.get_attribute("data-product") or ""
