"""What clients report lands once, with the facts that the service signed, and takes effect at once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from glowhouse.erasure import tombstones
from glowhouse.erasure.identifiers import Identifiers, Kind
from glowhouse.landing import Event, LandingZone, read
from glowhouse.service.app import Options, create_app
from tests.unit.service.conftest import KEY, SECRET, MovableClock


def report(**facts: Any) -> dict[str, Any]:
    return {"event_id": str(uuid4()), "session_id": "s1", **facts}


def send(client: TestClient, *events: dict[str, Any], headers: dict[str, str] = KEY) -> Any:
    return client.post("/v1/events", json={"events": list(events)}, headers=headers)


def shown(client: TestClient, customer: str = "ann") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"/v1/customers/{customer}/recommendations", headers=KEY).json()["items"]
    return items


def token(client: TestClient, customer: str) -> dict[str, str]:
    answer = client.post(f"/v1/customers/{customer}/token", headers=KEY)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def landed(zone: LandingZone) -> list[Event]:
    return list(read(zone.folder))


def test_an_impression_lands_with_the_facts_of_its_place(client: TestClient, landing: LandingZone) -> None:
    second = shown(client)[1]
    answer = send(client, report(event_type="impression", tracking=second["tracking"]))

    assert (answer.status_code, answer.json()) == (200, {"landed": 1, "known": 0})
    (event,) = landed(landing)
    assert (event.customer_id, event.product_id, event.rank) == ("ann", second["product"]["product_id"], 2)
    assert event.model_run_id is not None
    assert (event.reason_code, event.propensity) == (second["reason_code"], 1.0)


def test_an_event_that_is_sent_again_lands_once(client: TestClient, landing: LandingZone) -> None:
    view = report(event_type="view", product_id="serum", customer_id="ann")

    assert send(client, view, view).json() == {"landed": 1, "known": 1}
    assert send(client, view).json() == {"landed": 0, "known": 1}
    assert len(landed(landing)) == 1


def test_a_browser_reports_what_its_own_customer_does(client: TestClient, landing: LandingZone) -> None:
    ann = token(client, "ann")
    of_bob = shown(client, "bob")[0]["tracking"]

    assert send(client, report(event_type="search", query="serum"), headers=ann).status_code == 200
    assert send(client, report(event_type="click", tracking=of_bob), headers=ann).status_code == 403
    assert (
        send(client, report(event_type="view", product_id="serum", customer_id="bob"), headers=ann).status_code == 403
    )
    assert send(client, report(event_type="search", query="serum"), headers={}).status_code == 401
    assert [(event.customer_id, event.query) for event in landed(landing)] == [("ann", "serum")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"event_type": "impression", "product_id": "serum"},
        {"event_type": "exclude_ingredient", "query": "perfume"},  # has a route of its own, which knows the words
        {"event_type": "view"},
        {"event_type": "view", "product_id": "unheard-of"},
        {"event_type": "view", "product_id": "serum", "session_id": " "},
        {"event_type": "rating", "product_id": "serum"},
        {"event_type": "rating", "product_id": "serum", "rating": 6},
        {"event_type": "view", "product_id": "serum", "rating": 5},
        {"event_type": "click", "tracking": "WyJhbm4iXQ.AAAAAAAAAAAAAAAAAAAAAA"},
        {"event_type": "view", "product_id": "serum", "rank": 1},
        {"event_type": "search", "query": "a\0b"},
        {"event_id": "1", "event_type": "search", "query": "serum"},
    ],
)
def test_of_a_batch_with_a_wrong_event_nothing_lands(
    client: TestClient, landing: LandingZone, wrong: dict[str, Any]
) -> None:
    answer = send(client, report(event_type="search", query="serum"), report(**wrong))

    assert answer.status_code == 422, answer.text
    assert landed(landing) == []


def test_too_much_at_once_is_refused(client: TestClient, landing: LandingZone) -> None:
    assert send(client, *(report(event_type="search", query="serum") for _ in range(101))).status_code == 422
    assert client.post("/v1/events", content=b" " * 300_000, headers=KEY).status_code == 413
    in_pieces = (b" " * 1000 for _ in range(300))
    assert client.post("/v1/events", content=in_pieces, headers=KEY).status_code == 413
    assert landed(landing) == []


def test_an_event_says_what_the_customers_own_client_calls_itself(client: TestClient, landing: LandingZone) -> None:
    browser = token(client, "ann") | {"User-Agent": "SomeCrawler/2.1 " + "x" * 1000}
    back_end = KEY | {"User-Agent": "python-requests/3"}
    save = {"event_type": "save", "product_id": "serum"}
    send(client, report(**save), headers=browser)
    send(client, report(**save, customer_id="ann"), headers=back_end)
    send(client, report(**save, customer_id="ann", user_agent="Firefox"), headers=back_end)
    crawler, unknown, app = (event.user_agent for event in landed(landing))
    assert (crawler or "").startswith("SomeCrawler/2.1 xxx")
    assert len(crawler or "") == 300
    assert (unknown, app) == (None, "Firefox"), "the shop's back end is no customer's client"


def test_events_of_somebody_who_was_erased_do_not_land(
    shop: Path, tmp_path: Path, landing: LandingZone, clock: MovableClock
) -> None:
    folder = shutil.copytree(shop.parent, tmp_path / "shop")
    ann = Identifiers().with_also(Kind.CUSTOMER, frozenset({"ann"})).with_also(Kind.SESSION, frozenset({"hers"}))
    tombstones.save(tombstones.load_or_new(folder).with_also(ann), folder)
    events = [report(event_type="view", product_id="serum", **whose) for whose in (
        {"customer_id": "ann"}, {"session_id": "hers"}, {"customer_id": "bob", "session_id": "hers"}, {},
    )]  # fmt: skip

    with TestClient(create_app(folder, landing, Options((KEY["X-API-Key"],), SECRET, clock))) as client:
        # The others are not held up: a batch that is refused would be sent again for ever.
        assert send(client, *events).json() == {"landed": 2, "known": 0}
        assert client.put("/v1/customers/ann/exclusions/fragrance", headers=KEY).json()["exclusions"] == []
    assert [event.customer_id for event in landed(landing)] == ["bob", None]
