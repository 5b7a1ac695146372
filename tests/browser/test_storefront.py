"""What a customer sees and does on the storefront, with a mouse or with the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, shown, sign_in
from tests.browser.served_shop import ServedShop


def test_a_customer_sees_the_released_recommendations_with_their_reasons(
    page: Page, shop: ServedShop, customer: str
) -> None:
    sign_in(page, customer)
    expect(page.locator(".tile")).to_have_count(10)
    assert len(set(shown(page))) == 10
    for reason in page.locator(".tile-reason").all():
        assert len(reason.inner_text()) > 10


def test_a_product_page_shows_what_is_alike_and_the_back_button_returns_to_the_list(page: Page, customer: str) -> None:
    sign_in(page, customer)
    first = shown(page)[0]
    name = page.locator(".tile-open").first.inner_text()
    page.locator(".tile-open").first.click()
    heading = page.get_by_role("heading", level=1, name=name)
    expect(heading).to_be_focused()
    expect(page).to_have_title(re.compile(re.escape(name)))
    expect(page.get_by_role("heading", name="Alike")).to_be_visible()
    assert first not in shown(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Recommended for you")).to_be_focused()


def test_search_finds_products_by_the_words_of_their_kind(page: Page, customer: str) -> None:
    sign_in(page, customer)
    page.get_by_role("searchbox", name="Search products").fill("serum")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("“serum”")
    assert shown(page)
    page.get_by_role("searchbox").fill("a b/c?d#e%f & g")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is called that.")).to_be_visible()


def test_somebody_new_describes_themselves_and_is_recommended_products(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Age", exact=True).fill("31")
    page.get_by_text("Sensitive", exact=True).click()
    page.get_by_text("Redness", exact=True).click()
    page.get_by_label("Leave out").fill("fragrance, coconut")
    page.get_by_role("button", name="Show my recommendations").click()
    expect(page.locator(".tile")).to_have_count(10)
    expect(page.locator(".chip")).to_have_count(2)
    page.reload()
    expect(page.locator(".chip")).to_have_count(2)


def test_a_word_that_nobody_understands_is_said_and_changes_nothing(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Leave out").fill("unobtainium")
    page.get_by_role("button", name="Show my recommendations").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is known of the ingredient 'unobtainium'.")
    expect(page.get_by_role("heading", name="Who are you today?")).to_be_visible()


def test_a_failure_is_said_in_words_and_can_be_tried_again(page: Page, customer: str) -> None:
    sign_in(page, customer)
    page.route("**/v1/products?**", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_role("searchbox").fill("cream")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The shop has a problem of its own right now.")
    page.unroute("**/v1/products?**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".tile").first).to_be_visible()


def test_a_token_that_ran_out_is_replaced_without_a_word(page: Page, customer: str) -> None:
    refused = []

    def refuse_once(route) -> None:  # type: ignore[no-untyped-def]
        refused.append(route) if not refused else None
        route.fulfill(status=401, json={"detail": "expired"}) if len(refused) == 1 else route.continue_()
        refused.append(route)

    page.route("**/recommendations?**", refuse_once)
    sign_in(page, customer)
    expect(page.locator(".tile")).to_have_count(10)


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: OpenPage, customer: str) -> None:
    page = open_page(viewport=PHONE)
    sign_in(page, customer)
    page.locator(".tile-open").first.click()
    page.get_by_role("heading", name="Alike").wait_for()
    for address in ("#/", "#/search/cream"):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.goto(f"/{address}")
        page.locator(".tile").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_keyboard_alone_reaches_a_product(page: Page, customer: str) -> None:
    sign_in(page, customer)
    page.keyboard.press("Tab")
    first = page.locator(".tile-open").first
    for _ in range(12):
        if first.evaluate("link => link === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Alike")).to_be_visible()
