"""Takes the pictures of storefront and widget for the README: `make screenshots`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import DESKTOP, QUIET, SANDBOX, sign_in
from tests.browser.equipment import chromium
from tests.browser.served_shop import ServedShop, Site, other_site, served
from tests.browser.test_widget import EXAMPLE, with_widget
from tests.conftest import ROOT, Shop

IMAGES = ROOT / "docs" / "images"
PHONE = {"width": 390, "height": 844}
CUSTOMER = 1


def main() -> None:
    """Serves the release beside the warehouse and looks at it."""
    warehouse = Path(os.environ.get("GLOWHOUSE_WAREHOUSE", ROOT / "warehouse.duckdb")).resolve()
    with (
        tempfile.TemporaryDirectory() as folder,
        other_site() as site,
        served(Shop(warehouse.parent), Path(folder), origins=site.address) as shop,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *SANDBOX])
        take_storefront(browser, shop)
        take_widget(browser, shop, site)


def take_storefront(browser: Browser, shop: ServedShop) -> None:
    """The list at a desk, with something left out; list and product on a phone, in light and dark."""
    page = opened(browser, shop, DESKTOP, "light")
    sign_in(page, shop.customers()[CUSTOMER])
    page.get_by_label("Leave out an ingredient").fill("fragrance")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="You will not be shown").wait_for()
    page.locator(".save").first.click()
    page.mouse.move(0, 0)
    take(page, "storefront_desktop")
    page = opened(browser, shop, PHONE, "light")
    sign_in(page, shop.customers()[CUSTOMER])
    take(page, "storefront_phone")
    page = opened(browser, shop, PHONE, "dark")
    sign_in(page, shop.customers()[CUSTOMER])
    page.locator(".tile-open").nth(1).click()
    page.get_by_role("heading", name="Alike").wait_for()
    page.get_by_label("4 stars").check(force=True)
    page.get_by_role("button", name="Send rating").scroll_into_view_if_needed()
    take(page, "storefront_phone_dark")


def take_widget(browser: Browser, shop: ServedShop, site: Site) -> None:
    """The widget on another site's page."""
    for size, scheme, name in ((DESKTOP, "light", "desktop"), (PHONE, "dark", "phone_dark")):
        page = opened(browser, shop, size, scheme)
        with_widget(page, shop, site, shop.customers()[CUSTOMER], EXAMPLE.read_text(encoding="utf-8"))
        take(page, f"storefront_widget_{name}", is_whole_page=True)


def opened(browser: Browser, shop: ServedShop, size: dict[str, int], scheme: str) -> Page:
    """A page of somebody who was never there."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        base_url=shop.address,
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    return context.new_page()


def take(page: Page, name: str, is_whole_page: bool = False) -> None:
    """Writes the picture."""
    page.evaluate("document.activeElement?.blur()")
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file, full_page=is_whole_page)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
