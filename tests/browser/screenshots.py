"""Takes the pictures of storefront, widget and report for the README: `make screenshots`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from glowhouse.report.command import write_report
from tests.browser.conftest import DESKTOP, QUIET, SANDBOX, shown, sign_in
from tests.browser.equipment import chromium
from tests.browser.served_shop import ServedShop, Site, other_site, served
from tests.browser.test_exclusions import families
from tests.browser.test_widget import EXAMPLE, with_widget
from tests.conftest import ROOT, Shop

IMAGES = ROOT / "docs" / "images"
# What people leave out, whichever of it the list holds.
LEFT_OUT = ("Coconut", "Essential oils", "Silicones", "Plant oils", "Glycols")
PHONE = {"width": 390, "height": 844}


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
        customer = somebody_known(browser, shop)
        take_storefront(browser, shop, customer)
        take_widget(browser, shop, site, customer)
        report = Path(folder) / "report.html"
        write_report(warehouse, report, Console())
        take_report(browser, report)


def somebody_known(browser: Browser, shop: ServedShop) -> str:
    """A customer whom the demo's experiment shows the model's list, not bestsellers."""
    for customer in shop.customers():
        page = opened(browser, shop, DESKTOP, "light")
        sign_in(page, customer)
        page.locator(".tile").first.wait_for()
        if all("Popular with" not in reason for reason in page.locator(".tile-reason").all_inner_texts()[:6]):
            return customer
    raise LookupError("The experiment shows every customer of the demo bestsellers.")


def take_storefront(browser: Browser, shop: ServedShop, customer: str) -> None:
    """The list at a desk, with something left out; list and product on a phone, in light and dark."""
    page = opened(browser, shop, DESKTOP, "light")
    sign_in(page, customer)
    held = {label for product in shown(page) for label in families(shop, product).values()}
    page.get_by_label("Leave out an ingredient").fill(next(label for label in LEFT_OUT if label in held))
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="You will not be shown").wait_for()
    page.locator(".save").first.click()
    take(page, "storefront_desktop")
    page = opened(browser, shop, PHONE, "light")
    sign_in(page, customer)
    page.locator(".tile").first.wait_for()
    take(page, "storefront_phone")
    page = opened(browser, shop, PHONE, "dark")
    sign_in(page, customer)
    page.locator(".tile-open").nth(1).click()
    page.get_by_role("heading", name="Alike").wait_for()
    page.get_by_label("4 stars").check(force=True)
    page.get_by_role("button", name="Send rating").scroll_into_view_if_needed()
    take(page, "storefront_phone_dark")


def take_widget(browser: Browser, shop: ServedShop, site: Site, customer: str) -> None:
    """The widget on another site's page."""
    for size, scheme, name in ((DESKTOP, "light", "desktop"), (PHONE, "dark", "phone_dark")):
        page = opened(browser, shop, size, scheme)
        with_widget(page, shop, site, customer, EXAMPLE.read_text(encoding="utf-8"))
        take(page, f"storefront_widget_{name}", is_whole_page=True)


def take_report(browser: Browser, report: Path) -> None:
    """What the report says of the evaluation, at a desk; of customers and products, on a phone in the dark."""
    for size, scheme, article, name in (
        (DESKTOP, "light", "evaluation_by_protocol", "desktop"),
        (PHONE, "dark", "distributions", "phone_dark"),
    ):
        page = browser.new_context(
            viewport=size, color_scheme=scheme, reduced_motion="reduce",  # type: ignore[arg-type]
        ).new_page()  # fmt: skip
        page.goto(f"{report.as_uri()}#{article}")
        take(page, f"report_{name}")


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
    page.mouse.move(0, 0)
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file, full_page=is_whole_page)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
