"""What a customer leaves out is never shown again: not now, not after a reload, not with the next release."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shown, sign_in
from tests.browser.served_shop import ServedShop
from tests.browser.test_hostile_text import wait_for_release


def families(shop: ServedShop, product_id: str) -> dict[str, str]:
    """What a customer may leave out that a product contains: labels by term."""
    return {family["term"]: family["label"] for family in shop.ask(f"/v1/products/{product_id}")["ingredient_families"]}


def narrowest(shop: ServedShop, products: list[str], already: set[str | None]) -> tuple[str, str]:
    """What the fewest of these products contain: a small shop has enough others to fill the list."""
    contained = [family for product in products for family in families(shop, product).items()]
    (rarest, *_) = sorted((family for family in contained if family[0] not in already), key=contained.count)
    return rarest


def test_an_ingredient_is_left_out_at_once_after_a_reload_and_by_the_next_release(
    page: Page, shop: ServedShop, customer: str
) -> None:
    sign_in(page, customer)
    before = shown(page)
    already = {chip.get_attribute("data-term") for chip in page.locator(".chip").all()}
    term, label = narrowest(shop, before, already)
    page.get_by_label("Leave out an ingredient").fill(label)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="You will not be shown")).to_be_visible()
    expect(page.get_by_label("Leave out an ingredient")).to_be_focused()
    expect(page.locator(".chip").filter(has_text=label)).to_be_visible()

    def assert_left_out() -> list[str]:
        expect(page.locator(".tile")).to_have_count(len(before))
        products = shown(page)
        for product in products:
            facts = shop.ask(f"/v1/products/{product}")
            assert facts["ingredients"], "what nobody knows the ingredients of may hold it"
            assert term not in families(shop, product)
        return products

    assert assert_left_out() != before
    page.reload()
    page.locator(".tile").first.wait_for()
    assert_left_out()

    shop.change_release("update release set release_id = 'rel_next'")
    wait_for_release(shop, "rel_next")
    page.reload()
    page.locator(".tile").first.wait_for()
    assert_left_out()
    expect(page.locator(".chip").filter(has_text=label)).to_be_visible()

    page.get_by_role("button", name=f"Allow {label} again").click()
    expect(page.get_by_role("status").filter(has_text="may be shown again")).to_be_visible()
    expect(page.locator(".chip").filter(has_text=label)).to_have_count(0)
    assert shown(page) == before


@pytest.mark.parametrize("word", ["unobtainium", "<b>x</b>", "a/b?c#d", "%2e%2e%2f", "x' or 1=1 --"])
def test_a_word_that_is_no_ingredient_changes_nothing_and_is_said(page: Page, customer: str, word: str) -> None:
    sign_in(page, customer)
    before, chips = shown(page), page.locator(".chip").count()
    page.get_by_label("Leave out an ingredient").fill(word)
    page.get_by_role("button", name="Leave out").click()
    expect(page.get_by_role("status").filter(has_text="Nothing was changed.")).to_be_visible()
    expect(page.get_by_label("Leave out an ingredient")).to_have_value(word)
    assert shown(page) == before
    assert page.locator(".chip").count() == chips
