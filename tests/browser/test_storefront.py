"""What a customer sees and does on the storefront, with a mouse or with the keyboard alone."""

from __future__ import annotations

import base64
import json
import re

from playwright.sync_api import Page, Route, expect

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
    def refuse(route: Route) -> None:
        route.fulfill(status=401, json={"detail": "The customer token has expired."})

    page.route("**/recommendations?**", refuse, times=1)
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


def test_without_the_demo_nobody_can_sign_in(page: Page) -> None:
    page.route("**/v1/demo", lambda route: route.fulfill(status=404, json={"detail": "Not Found"}))
    page.goto("/")
    expect(page.get_by_role("heading", name="No demo here")).to_be_visible()


def test_what_one_customer_did_is_never_told_in_the_name_of_the_next(page: Page, shop: ServedShop) -> None:
    first, second = shop.customers()[:2]
    told: list[tuple[str, list[str]]] = []
    page.route("**/v1/events", lambda route: (told.append(_told(route)), route.continue_()))
    sign_in(page, first)
    page.locator(".tile").first.wait_for()
    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name=second, exact=True).click()
    page.locator(".tile").first.wait_for()
    page.get_by_role("heading", name="Recommended for you").wait_for()
    page.wait_for_timeout(2000)
    owners = {(customer, of) for customer, events in told for of in events}
    assert owners == {(first, first), (second, second)}


def _told(route: Route) -> tuple[str, list[str]]:
    """Whose token a request carries, and whose places its events are about."""
    request = route.request
    told = json.loads(request.post_data or "{}")["events"]
    return _first_fact(request.headers["authorization"].removeprefix("Bearer ")), [
        _first_fact(event["tracking"]) for event in told if "tracking" in event
    ]


def _first_fact(signed: str) -> str:
    """The customer, with whom tokens and trackings begin."""
    body = signed.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))[0])
