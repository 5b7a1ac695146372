"""What a customer sees and does is written down by the service: once, with the facts of the place it happened in."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic, sleep

from playwright.sync_api import Page, Route, expect

from glowhouse.landing import Event
from tests.browser.conftest import OpenPage, shown, sign_in
from tests.browser.served_shop import ServedShop, Site
from tests.browser.test_widget import EXAMPLE, with_widget

PHONE_WITH_TWO_TILES = {"width": 390, "height": 844}


def landed(shop: ServedShop, page: Page, is_enough: Callable[[list[Event]], bool]) -> list[Event]:
    """The events of the page's visit, as soon as they are what the test waits for."""
    visit = page.evaluate("sessionStorage.getItem('glowhouse.visit')")
    ends = monotonic() + 30
    while True:
        events = [event for event in shop.events() if event.session_id == visit]
        if is_enough(events):
            return events
        assert monotonic() < ends, [(event.event_type, event.product_id) for event in events]
        # Not `time.sleep`: a route that the test has taken over is only served while Playwright waits.
        page.wait_for_timeout(100)


def of_type(event_type: str, events: list[Event]) -> list[Event]:
    return [event for event in events if event.event_type == event_type]


def test_an_impression_is_what_was_on_the_screen_and_carries_the_facts_of_its_place(
    open_page: OpenPage, shop: ServedShop, customer: str
) -> None:
    page = open_page(viewport=PHONE_WITH_TWO_TILES)
    sign_in(page, customer)
    on_screen = [
        tile.get_attribute("data-product")
        for tile in page.locator(".tile").all()
        if tile.evaluate("tile => Math.min(innerHeight, tile.getBoundingClientRect().bottom) "
                         "- tile.getBoundingClientRect().top >= tile.offsetHeight / 2")
    ]  # fmt: skip
    events = landed(shop, page, lambda events: len(events) >= len(on_screen))
    assert [event.product_id for event in of_type("impression", events)] == on_screen
    released = shop.ask("/v1/release")
    for rank, event in enumerate(of_type("impression", events), 1):
        assert (event.customer_id, event.rank, event.platform) == (customer, rank, "web")
        assert event.reason_code
        assert event.propensity is not None
        assert event.model_run_id in (released["model_run_id"], None)
    page.locator(".tile").last.scroll_into_view_if_needed()
    landed(shop, page, lambda events: shown(page)[-1] in {event.product_id for event in events})


def test_clicks_saves_and_stars_count_for_the_place_that_showed_the_product(
    page: Page, shop: ServedShop, customer: str
) -> None:
    sign_in(page, customer)
    product = shown(page)[2]
    page.locator(".save").nth(2).click()
    expect(page.locator(".save").nth(2)).to_have_attribute("aria-pressed", "true")
    page.locator(".tile-open").nth(2).click()
    page.get_by_role("button", name="Add to bag").click()
    page.get_by_role("group", name="How do you like it?").wait_for()
    # The keyboard alone: to the stars, four to the right, and to the button.
    page.get_by_role("radio").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You gave 4 of 5 stars.")).to_be_visible()
    expected = {"save", "click", "view", "add_to_cart", "rating"}
    events = landed(shop, page, lambda events: expected <= {event.event_type for event in events})
    for event_type in expected:
        (event,) = of_type(event_type, events)
        assert (event.product_id, event.rank, event.customer_id) == (product, 3, customer)
    assert of_type("rating", events)[0].rating == 4
    page.reload()
    expect(page.get_by_label("4 stars")).to_be_checked()


def test_what_could_not_be_sent_is_sent_after_a_reload_and_counts_once(
    page: Page, shop: ServedShop, customer: str
) -> None:
    def write_down_and_lose_the_answer(route: Route) -> None:
        page.context.request.post(
            route.request.url, headers=route.request.headers, data=json.loads(route.request.post_data or "{}")
        )
        route.abort()

    page.route("**/v1/events", write_down_and_lose_the_answer)
    sign_in(page, customer)
    saved = shown(page)[0]
    page.locator(".save").first.click()
    landed(shop, page, lambda events: bool(of_type("save", events)))
    assert waiting(page), "an event without an answer must wait"
    page.unroute("**/v1/events")
    page.reload()
    page.locator(".tile").first.wait_for()
    page.wait_for_timeout(500)
    landed(shop, page, lambda _: not waiting(page))
    events = landed(shop, page, lambda events: bool(of_type("save", events)))
    assert [event.product_id for event in of_type("save", events)] == [saved]
    assert len({event.event_id for event in events}) == len(events)


def test_one_event_that_the_service_does_not_take_keeps_no_other_from_it(
    page: Page, shop: ServedShop, customer: str, expected_complaints: list[str]
) -> None:
    expected_complaints.append("The service does not take this event")
    sign_in(page, customer)
    page.evaluate("""customer => {
        const about = {event_type: "rating", session_id: "s", product_id: "P", rating: 99};
        const wrong = {event_id: crypto.randomUUID(), ...about};
        localStorage.setItem(`glowhouse.events.${customer}`, JSON.stringify([wrong]));
    }""", customer)  # fmt: skip
    page.locator(".save").first.click()
    landed(shop, page, lambda events: bool(of_type("save", events)) and not waiting(page))


def test_a_queue_that_nobody_takes_is_bounded_and_gives_up_impressions_first(page: Page, customer: str) -> None:
    page.route("**/v1/events", lambda route: route.abort())
    sign_in(page, customer)
    kept = page.evaluate("""async () => {
        const { EventQueue, LONGEST_QUEUE } = await import("/parts/events.js");
        const queue = new EventQueue(() => Promise.reject(new Error("nobody")), localStorage, "test");
        queue.add({ event_type: "rating" });
        for (let sent = 0; sent < LONGEST_QUEUE + 5; sent += 1) queue.add({ event_type: "impression" });
        queue.stop();
        return [queue.waiting.length - LONGEST_QUEUE, queue.waiting[0].event_type];
    }""")
    assert kept == [0, "rating"]


def test_leaving_the_page_hands_over_what_waits(open_page: OpenPage, shop: ServedShop, customer: str) -> None:
    page = open_page(viewport=PHONE_WITH_TWO_TILES)
    sign_in(page, customer)
    page.locator(".tile").first.wait_for()
    visit = page.evaluate("sessionStorage.getItem('glowhouse.visit')")
    # At once: impressions are sent a second and a half after they were seen.
    page.close(run_before_unload=True)
    ends = monotonic() + 30
    while not any(event.session_id == visit for event in shop.events()):
        assert monotonic() < ends
        sleep(0.1)


def test_the_widget_tells_what_was_seen_and_clicked_from_the_other_origin(
    page: Page, shop: ServedShop, shops_site: Site, customer: str
) -> None:
    with_widget(page, shop, shops_site, customer, EXAMPLE.read_text(encoding="utf-8"))
    page.locator(".tile-open").first.click()
    events = landed(shop, page, lambda events: bool(of_type("click", events)) and bool(of_type("impression", events)))
    (click,) = of_type("click", events)
    assert (click.customer_id, click.rank) == (customer, 1)


def waiting(page: Page) -> list[object]:
    """Events that the browser has not been told are written down."""
    keys = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('glowhouse.events'))")
    return [event for key in keys for event in page.evaluate("key => JSON.parse(localStorage.getItem(key))", key)]
