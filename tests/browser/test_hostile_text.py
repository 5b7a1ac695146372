"""Names that are markup are shown as they are written, and nothing in them runs."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.served_shop import ServedShop, Site, served
from tests.browser.test_widget import EXAMPLE, with_widget
from tests.conftest import Shop

NAME = "<img src=x onerror=window.ran=1>\"'><script>window.ran=1</script>"
BRAND = "<svg/onload=window.ran=1>"
REASON = "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>{{7*7}}"

HOSTILE_ADDRESSES = (
    "#/product/<img src=x onerror=window.ran=1>",
    "#/search/%3Csvg onload=window.ran=1%3E",
    "#/product/..%2f..%2fhealth",
)


@pytest.fixture(scope="module")
def shop(built_shop: Shop, shops_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """A shop all of whose products, brands and reasons are hostile."""
    with served(built_shop, tmp_path_factory.mktemp("hostile"), origins=shops_site.address) as shop:
        quoted = {key: value.replace("'", "''") for key, value in {"n": NAME, "b": BRAND, "r": REASON}.items()}
        shop.change_release(
            f"update products set product_name = '{quoted['n']}' || product_id, brand = '{quoted['b']}', "
            f"category_path = '{quoted['b']} > {quoted['n']}'",
            f"update recommendations set reason = '{quoted['r']}', caution = '{quoted['r']}'",
            # Bestsellers, which half of the customers would be shown, have reasons of their own.
            "delete from experiments",
            "update release set release_id = 'rel_hostile'",
        )
        wait_for_release(shop, "rel_hostile")
        yield shop


def wait_for_release(shop: ServedShop, release_id: str) -> None:
    """Returns when the service serves the release."""
    ends = monotonic() + 30
    while shop.ask("/health")["release_id"] != release_id:
        assert monotonic() < ends, "the service did not notice the release"
        sleep(0.1)


def test_names_brands_and_reasons_are_text_on_every_page(page: Page, shop: ServedShop, customer: str) -> None:
    sign_in(page, customer)
    expect(page.locator(".tile-name").first).to_contain_text(NAME)
    expect(page.locator(".tile-brand").first).to_have_text(BRAND)
    expect(page.locator(".tile-reason").first).to_have_text(REASON)
    page.locator(".tile-open").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    page.get_by_role("searchbox").fill("<img src=x onerror=window.ran=1>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("“<img src=x onerror=window.ran=1>”")
    expect(page.locator(".tile").first).to_be_visible()
    assert_nothing_ran(page)


def test_an_address_that_is_markup_is_text_as_well(page: Page, customer: str) -> None:
    sign_in(page, customer)
    for address in HOSTILE_ADDRESSES:
        page.goto(f"/{address}")
        page.locator("main:not([aria-busy]) h1").wait_for()
    assert_nothing_ran(page)


def test_they_are_text_in_the_widget(page: Page, shop: ServedShop, shops_site: Site, customer: str) -> None:
    with_widget(page, shop, shops_site, customer, EXAMPLE.read_text(encoding="utf-8"))
    expect(page.locator(".tile-name").first).to_contain_text(NAME)
    expect(page.locator(".tile-reason").first).to_have_text(REASON)
    assert_nothing_ran(page)


def assert_nothing_ran(page: Page) -> None:
    assert page.evaluate("window.ran") is None
    assert page.locator("main img, main iframe, main script, .tile img, .tile iframe, .tile script").count() == 0
