"""A real browser in front of a really served shop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.equipment import chromium
from tests.browser.served_shop import ServedShop, Site, other_site, served
from tests.conftest import Shop

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Chromium's sandbox does not work for root.
SANDBOX = ("--no-sandbox",) if os.geteuid() == 0 else ()

# A headless browser says that it is one, and what it reports would be a machine's to the build.
PERSONS_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"

# How long a page may take: much more than it needs, for machines that are busy with other tests.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *SANDBOX])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shops_site() -> Iterator[Site]:
    """The shop's own web site, which embeds the widget."""
    with other_site() as site:
        yield site


@pytest.fixture(scope="session")
def shop(built_shop: Shop, shops_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    with served(built_shop, tmp_path_factory.mktemp("served"), origins=shops_site.address) as shop:
        yield shop


_played = count()


@pytest.fixture
def customer(shop: ServedShop) -> str:
    """Another customer for each test, as long as the demo's customers last."""
    customers = shop.customers()
    return customers[next(_played) % len(customers)]


OpenPage = Callable[..., Page]


@pytest.fixture
def expected_complaints() -> list[str]:
    """Beginnings of what a page may complain of because the test makes it."""
    return []


@pytest.fixture
def open_page(browser: Browser, shop: ServedShop, expected_complaints: list[str]) -> Iterator[OpenPage]:
    """Opens a page as somebody who was never there; what goes wrong in it fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(**options: object) -> Page:
        ours = {"viewport": DESKTOP, "base_url": shop.address, "user_agent": PERSONS_BROWSER}
        context = browser.new_context(**(ours | options))  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    unexpected = [said for said in complaints if not said.startswith(tuple(expected_complaints))]
    assert not unexpected, unexpected


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


def sign_in(page: Page, customer: str) -> None:
    """Opens the storefront as a customer of the demo and waits for the recommendations."""
    page.goto("/")
    page.get_by_role("button", name=customer, exact=True).click()
    page.get_by_role("heading", name="Recommended for you").wait_for()


def shown(page: Page) -> list[str]:
    """Ids of the products on the page, in their order."""
    return [tile.get_attribute("data-product") or "" for tile in page.locator(".tile").all()]


def _complaint(message: ConsoleMessage) -> list[str]:
    # A test that breaks the way to the service on purpose makes the browser write this.
    is_expected = "net::ERR_" in message.text or "Failed to load resource" in message.text
    return [message.text] if message.type in ("error", "warning") and not is_expected else []
