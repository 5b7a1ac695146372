"""The loop once around: what customers do in the browser reaches the warehouse, its experiment, and their next list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PERSONS_BROWSER, shown, sign_in
from tests.browser.served_shop import ServedShop, serving
from tests.browser.test_exclusions import families
from tests.browser.test_hostile_text import wait_for_release
from tests.conftest import WITHOUT_TESTS, Shop, copy_of

# The demo's experiment begins on 2026-11-01, and counts what customers do in the two weeks after they saw it first.
FIRST_VISIT, LATER = "2026-11-02T18:00:00", "2026-11-20T18:00:00"
PLAYERS = 4


@dataclass(frozen=True)
class Loop:
    """What was done, and what came of it.

    Attributes:
        shop: with the warehouse that was built afterwards.
        rated: product that the first customer gave one star.
        term: what the first customer left out.
        before: what the first customer was shown at first.
        after: what the first customer was shown by the service, which was never stopped, once the build was done.
        contents: what can be left out that the products of both lists, and of the release, hold.
    """

    shop: Shop
    customers: list[str]
    rated: str
    term: str
    before: list[str]
    after: list[str]
    contents: Mapping[str, set[str]]

    def released(self) -> list[str]:
        """What the build released for the first customer."""
        query = f"select product_id from recommendations where customer_id = '{self.customers[0]}' order by rank"
        return [str(product_id) for (product_id,) in self.shop.query(query, self.shop.serving)]


@pytest.fixture(scope="module")
def loop(built_shop: Shop, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    shop = copy_of(built_shop, tmp_path_factory.mktemp("loop"))
    with serving(shop.folder, shop.landing, clock=FIRST_VISIT) as served:
        customers = served.customers()[:PLAYERS]
        before, rated, term = play(browser, served, customers[0])
        for customer in customers[1:]:
            visit(browser, served, customer)
    with serving(shop.folder, shop.landing, clock=LATER) as served:
        visit(browser, served, customers[1])
        # The build's own data tests have their own tests.
        shop.build(*WITHOUT_TESTS, "resource_type:seed")
        (release,) = shop.query("select release_id from release", shop.serving)
        wait_for_release(served, str(release[0]))
        page = opened(browser, served, customers[0])
        contents: dict[str, set[str]] = {}
        loop = Loop(shop, customers, rated, term, before, shown(page), contents)
        contents |= {product: set(families(served, product)) for product in {*before, *loop.after, *loop.released()}}
        page.close()
    return loop


def opened(browser: Browser, served: ServedShop, customer: str) -> Page:
    """The customer's recommendations."""
    page = browser.new_page(base_url=served.address, user_agent=PERSONS_BROWSER)
    sign_in(page, customer)
    page.locator(".tile").first.wait_for()
    return page


def visit(browser: Browser, served: ServedShop, customer: str) -> None:
    """Looks, and opens the first product."""
    page = opened(browser, served, customer)
    page.locator(".tile-open").first.click()
    page.get_by_role("button", name="Add to bag").click()
    leave(page, served, customer, "add_to_cart")


def play(browser: Browser, served: ServedShop, customer: str) -> tuple[list[str], str, str]:
    """Opens a product and gives it one star, then leaves out an ingredient of another."""
    page = opened(browser, served, customer)
    before = shown(page)
    page.locator(".tile-open").first.click()
    page.get_by_label("1 star:").check(force=True)
    page.get_by_role("button", name="Send rating").click()
    page.go_back()
    page.locator(".tile").first.wait_for()
    held = [set(families(served, product)) for product in before]
    # The family that the fewest of the products hold: the list then changes, and not all of it.
    term = min(sorted(set.union(*held)), key=lambda family: sum(family in one for one in held))
    page.get_by_label("Leave out an ingredient").fill(term)
    page.get_by_role("button", name="Leave out").click()
    expect(page.get_by_role("status").filter(has_text="You will not be shown")).to_be_visible()
    leave(page, served, customer, "rating")
    return before, before[0], term


def leave(page: Page, served: ServedShop, customer: str, event_type: str) -> None:
    """Closes the page when the service has written down the last thing done."""
    for _ in range(100):
        if any((e.customer_id, e.event_type) == (customer, event_type) for e in served.events()):
            break
        page.wait_for_timeout(100)
    page.close()


def test_the_rating_is_an_interaction_of_the_warehouse(loop: Loop) -> None:
    rows = loop.shop.query(
        "select product_id, rating, rank, is_simulated from core.fct_interactions "
        f"where event_type = 'rating' and customer_id = '{loop.customers[0]}' and platform = 'web' and rank is not null"
    )
    assert rows == [(loop.rated, 1.0, 1, False)]


def test_who_saw_which_arm_is_an_exposure_in_the_arm_that_was_assigned(loop: Loop) -> None:
    exposures = dict(
        loop.shop.query("select customer_id, is_as_assigned and is_complete from marts.experiment_exposures")
    )
    assert exposures == dict.fromkeys(loop.customers, True)


def test_the_readout_counts_them_when_their_window_has_closed(loop: Loop) -> None:
    rows = loop.shop.query(
        "select customers + control_customers from experiment_readout "
        "where metric = 'add_to_carts' and slice_kind = 'all'",
        loop.shop.serving,
    )
    assert rows == [(PLAYERS,)]


def test_what_was_left_out_is_in_no_list_any_more_and_the_release_says_who_asked(loop: Loop) -> None:
    assert any(loop.term in loop.contents[product] for product in loop.before)
    for product in {*loop.released(), *loop.after}:
        assert loop.term not in loop.contents[product]
    evidence = loop.shop.query(
        "select distinct evidence_source, evidence_text from blocked_recommendations "
        f"where customer_id = '{loop.customers[0]}' and exclusion_id = '{loop.term}'",
        loop.shop.serving,
    )
    assert evidence == [("opt_out", loop.term)]


def test_the_next_list_is_another_one_without_the_product_that_got_one_star(loop: Loop) -> None:
    assert loop.released() != loop.before
    assert loop.rated in loop.before
    assert loop.rated not in loop.after
    assert len(loop.after) == len(loop.before)
