"""axe-core finds nothing serious on any page, in light and dark, on a phone and at a desk."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, sign_in
from tests.browser.equipment import AXE_FILE
from tests.browser.served_shop import ServedShop, Site
from tests.browser.test_widget import EXAMPLE, with_widget

LOOKS = list(product(("light", "dark"), (PHONE, DESKTOP)))
SERIOUS = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical: rule, what it asks for, and where."""
    # Through the debugger, as a bookmarklet would be: the page's own policy lets no other script in.
    page.evaluate(AXE_FILE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'][:120] for node in violation['nodes'][:3]]}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
def test_no_page_of_the_storefront_has_a_serious_violation(
    open_page: OpenPage, shop: ServedShop, scheme: str, size: dict[str, int]
) -> None:
    page = open_page(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    page.goto("/")
    page.get_by_role("heading", name="Who are you today?").wait_for()
    found = {"sign-in": violations(page)}
    sign_in(page, shop.customers()[0])
    if size is PHONE:
        page.get_by_text("Left out for you").click()
    page.locator(".why summary").first.click()
    found["for you"] = violations(page)
    page.locator(".tile-open").first.click()
    page.get_by_role("heading", name="Alike").wait_for()
    page.get_by_label("4 stars").check(force=True)
    page.get_by_text("Ingredients (").click()
    found["product"] = violations(page)
    page.goto("/#/search/cream")
    page.get_by_role("heading", name="“cream”").wait_for()
    found["search"] = violations(page)
    page.route("**/v1/products?**", lambda route: route.abort())
    page.goto("/#/search/serum")
    page.get_by_role("alert").wait_for()
    found["failure"] = violations(page)
    assert found == {where: [] for where in found}


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
def test_the_widget_has_no_serious_violation_on_the_shops_own_page(
    open_page: OpenPage, shop: ServedShop, shops_site: Site, scheme: str, size: dict[str, int]
) -> None:
    page = open_page(color_scheme=scheme, viewport=size)
    with_widget(page, shop, shops_site, shop.customers()[0], EXAMPLE.read_text(encoding="utf-8"))
    assert violations(page) == []


def test_the_checker_does_find_what_is_wrong(page: Page) -> None:
    page.goto("/")
    page.get_by_role("heading", name="Who are you today?").wait_for()
    page.evaluate("document.body.append(document.createElement('button'))")
    assert any(found.startswith("button-name") for found in violations(page))
