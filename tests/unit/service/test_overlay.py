"""What a customer says acts from the next request on, and after a restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import cast
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient

from glowhouse.landing import Event, LandingZone, read
from glowhouse.service.app import Options, create_app
from tests.unit.service.conftest import KEY, SECRET, MovableClock
from tests.unit.service.test_events import report, send


def listed(client: TestClient, customer: str) -> list[str]:
    answer = client.get(f"/v1/customers/{customer}/recommendations", headers=KEY).json()
    return [item["product"]["product_id"] for item in answer["items"]]


def wants(client: TestClient, customer: str) -> dict[str, str | None]:
    answer = client.get(f"/v1/customers/{customer}/exclusions", headers=KEY).json()
    return {one["term"]: one["evidence"] for one in answer["exclusions"]}


def test_what_is_excluded_is_never_shown_again_and_the_list_stays_as_long(
    client: TestClient, landing: LandingZone
) -> None:
    assert set(listed(client, "eve")) == {"rose", "balm"}  # she has the others, or they conflict with these

    assert client.put("/v1/customers/eve/exclusions/No%20Glycerin", headers=KEY).status_code == 422  # no such word
    for term in ("No%20perfume", "silicones"):
        assert client.put(f"/v1/customers/eve/exclusions/{term}", headers=KEY).status_code == 200

    # The rose oil is perfumed, of the balm nobody knows; what she has bought fills the list.
    assert set(listed(client, "eve")) == {"serum", "cream"}
    assert set(wants(client, "eve")) == {"fragrance", "silicones"}
    assert [(event.event_type, event.query) for event in read(landing.folder)] == [
        ("exclude_ingredient", "perfume"),
        ("exclude_ingredient", "silicones"),
    ]


def test_what_the_release_excludes_can_be_allowed_again(client: TestClient) -> None:
    assert wants(client, "fay") == {"fragrance": "You searched for “cream without perfume”."}
    assert not set(listed(client, "fay")) & {"rose", "balm"}

    left = client.delete("/v1/customers/fay/exclusions/perfume", headers=KEY).json()

    assert left == {"customer_id": "fay", "exclusions": []}
    client.put("/v1/customers/fay/exclusions/fragrance", headers=KEY)
    assert wants(client, "fay") == {"fragrance": "You asked for it."}
    assert not set(listed(client, "fay")) & {"rose", "balm"}


def test_a_word_that_a_later_release_does_not_know_still_keeps_away_what_mentions_it(
    client: TestClient, landing: LandingZone, clock: MovableClock
) -> None:
    at = clock().replace(tzinfo=UTC)
    said = Event(event_id="1", event_type="exclude_ingredient", occurred_at=at, session_id="s", customer_id="dan")
    words = ("niacinamide", "rose", "unheard of")
    events = [replace(said, event_id=word, query=word, extracted_at=at) for word in words]
    landing.append(events)
    cast(FastAPI, client.app).state.service.lists.overlay.record(events)

    # Niacinamide is in the serum, rose in a name; of the balm nobody knows what it contains.
    assert set(listed(client, "dan")) == {"cream", "scrub"}
    assert wants(client, "dan") == dict.fromkeys(words, "You asked for it.")
    why = client.get("/v1/customers/dan/why/serum", headers=KEY).json()
    assert why["obstacles"] == ["It contains niacinamide, which you want left out."]

    for word in words:
        assert client.delete(f"/v1/customers/dan/exclusions/{word}", headers=KEY).status_code == 200
    assert wants(client, "dan") == {}


def test_one_star_and_a_purchase_take_a_product_off_the_list(client: TestClient) -> None:
    first = listed(client, "dan")[0]
    send(client, report(event_type="rating", product_id=first, rating=1, customer_id="dan"))
    second = listed(client, "dan")[0]
    send(client, report(event_type="purchase", product_id=second, customer_id="dan"))

    assert len(set(listed(client, "dan")) - {first, second}) == 2


def test_what_conflicts_with_a_purchase_goes_at_once(client: TestClient) -> None:
    send(client, report(event_type="purchase", product_id="serum", customer_id="dan"))

    assert "scrub" not in listed(client, "dan")


def test_somebody_unknown_is_heard_as_well(client: TestClient) -> None:
    client.put("/v1/customers/zoe/exclusions/perfume", headers=KEY)
    client.put("/v1/customers/zoe/exclusions/sodium%20chloride", headers=KEY)

    assert set(listed(client, "zoe")) == {"serum", "cream"}


def test_a_rating_that_is_sent_again_does_not_undo_a_later_one(client: TestClient) -> None:
    product = listed(client, "dan")[0]
    first = report(event_type="rating", product_id=product, rating=1, customer_id="dan")
    send(client, first)
    send(client, report(event_type="rating", product_id=product, rating=5, customer_id="dan"))
    send(client, first, report(event_type="search", query=str(uuid4()), customer_id="dan"))

    assert product in listed(client, "dan")


def test_what_was_said_outlives_the_service(shop: Path, clock: MovableClock, tmp_path: Path) -> None:
    def served(zone: LandingZone) -> TestClient:
        return TestClient(create_app(shop.parent, zone, Options((KEY["X-API-Key"],), SECRET, clock)))

    with LandingZone(tmp_path / "zone") as zone, served(zone) as client:
        client.put("/v1/customers/bob/exclusions/perfume", headers=KEY)
    with LandingZone(tmp_path / "zone") as zone, served(zone) as client:
        assert set(wants(client, "bob")) == {"fragrance"}


def test_why_says_what_speaks_against_a_product(client: TestClient) -> None:
    def obstacles(customer: str, product: str) -> list[str]:
        answer = client.get(f"/v1/customers/{customer}/why/{product}", headers=KEY)
        assert answer.status_code == 200, answer.text
        found: list[str] = answer.json()["obstacles"]
        return found

    client.put("/v1/customers/bob/exclusions/perfume", headers=KEY)

    assert obstacles("bob", "rose") == ["It contains fragrance, which you want left out."]
    assert obstacles("fay", "balm") == ["You want fragrance left out, and we do not know what it contains."]
    assert obstacles("eve", "scrub")[0].startswith("It does not go well with Alba Dew Serum, which you use.")
    assert obstacles("ann", "serum") == ["You have bought it, and it should not be used up yet."]
    assert obstacles("ann", "gel") == ["It is out of stock."]
    assert client.get("/v1/customers/ann/why/unheard-of", headers=KEY).status_code == 404


def test_why_says_what_speaks_for_a_product(client: TestClient) -> None:
    first = listed(client, "ann")[0]
    answer = client.get(f"/v1/customers/ann/why/{first}", headers=KEY).json()

    assert (answer["is_recommended"], answer["rank"], answer["obstacles"]) == (True, 1, [])
    assert answer["reason"]
