"""What stands between the service and the world: hosts, origins, headers, limits, shedding, and a discreet log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from glowhouse.landing import LandingZone
from glowhouse.service.app import Options, create_app
from glowhouse.service.live_customer import LiveCustomer
from tests.unit.service.conftest import KEY, SECRET, MovableClock
from tests.unit.service.test_events import report, send

SHOP = "https://shop.example"
Serve = Callable[..., Any]


@pytest.fixture
def serve(shop: Path, landing: LandingZone, clock: MovableClock) -> Serve:
    """Serves the shop with some options changed."""

    @contextmanager
    def served(**changed: Any) -> Iterator[TestClient]:
        options = replace(Options((KEY["X-API-Key"],), SECRET, clock), **changed)
        with TestClient(create_app(shop.parent, landing, options)) as client:
            yield client

    return served


def test_only_its_own_names_are_answered_to(serve: Serve) -> None:
    with serve(hosts=("127.0.0.1", "localhost")) as client:
        assert client.get("/health", headers={"Host": "localhost:8000"}).status_code == 200
        for host in ("shop.example", "127.0.0.1.shop.example", "localhost.", ""):
            assert client.get("/health", headers={"Host": host}).status_code == 400


def preflight(client: TestClient, origin: str, header: str = "Authorization") -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": header}
    return client.options("/v1/customers/ann/recommendations", headers=asked)


def test_pages_of_listed_sites_may_ask(serve: Serve) -> None:
    with serve(origins=(SHOP,)) as client:
        allowed = preflight(client, SHOP)
        assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, SHOP)
        assert "Access-Control-Allow-Credentials" not in allowed.headers
        # A key has no business in a browser.
        assert preflight(client, SHOP, "X-API-Key").status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "http://shop.example", f"{SHOP}.evil.example", "null"])
def test_pages_of_other_sites_may_not(serve: Serve, origin: str) -> None:
    with serve(origins=(SHOP,)) as client:
        assert preflight(client, origin).status_code == 400
        answer = client.get("/v1/release", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/release", 200),
        ("/", 200),
        ("/v1/customers/ann/recommendations", 401),
        ("/v1/products/unheard-of", 404),
        ("/v1/products?count=0", 422),
        ("/unheard-of", 404),
    ],
)
def test_every_answer_tells_browsers_to_be_careful(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert policy["require-trusted-types-for"] == "'script'"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == ("no-store" if path.startswith("/v1/") else "no-cache")


@pytest.mark.parametrize(
    "question",
    [
        {"concerns": ["redness"] * 21},
        {"excluded": ["perfume"] * 51},
        {"bought": ["serum"] * 51},
        {"excluded": ["x" * 101]},
        {"count": 51},
        {"count": 0},
        {"age": True},
        {"unheard_of": 1},
    ],
)
def test_a_question_has_limits(client: TestClient, question: dict[str, Any]) -> None:
    assert client.post("/v1/recommendations", json=question).status_code == 422


def test_who_asks_the_busy_model_is_told_to_come_back_and_lookups_go_on(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()
    recommended = LiveCustomer.recommended

    def slow(*asked: Any) -> Any:
        is_asked.set()
        assert may_answer.wait(timeout=20), "nobody may wait behind this question"
        return recommended(*asked)

    monkeypatch.setattr(LiveCustomer, "recommended", slow)
    with serve(most_waiting=0) as client, ThreadPoolExecutor(1) as others:
        first = others.submit(client.post, "/v1/recommendations", json={})
        try:
            assert is_asked.wait(timeout=60)
            second = client.post("/v1/recommendations", json={})
            lookup = client.get("/v1/customers/ann/recommendations", headers=KEY)
            # Visitors wait for visitors only.
            wish = client.put("/v1/customers/ann/exclusions/silicones", headers=KEY)
        finally:
            may_answer.set()
        assert (second.status_code, second.headers["Retry-After"]) == (503, "1")
        assert (lookup.status_code, wish.status_code) == (200, 200)
        assert first.result().status_code == 200
        assert client.post("/v1/recommendations", json={}).status_code == 200


def test_the_log_tells_nothing_about_people(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="glowhouse")
    said = ("person-7", "secret-wish", "secret-search", "secret-session", "secret-token")
    client.get("/v1/customers/person-7/recommendations", headers=KEY)
    client.get("/v1/customers/person-7/recommendations", headers={"Authorization": "Bearer secret-token"})
    client.put("/v1/customers/person-7/exclusions/secret-wish", headers=KEY)
    client.get("/v1/products?search=secret-search")
    client.post("/v1/recommendations", json={"excluded": ["secret-wish"]})
    send(client, report(event_type="search", query="secret-search", session_id="secret-session"))
    send(client, report(event_type="view", product_id="secret-search", customer_id="person-7"))
    client.get("/person-7")

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("glowhouse")]
    assert sum("GET /v1/customers/{customer_id}/recommendations 200" in line for line in lines) == 1
    assert len(lines) == 8
    assert not [line for line in lines if any(word in line for word in (*said, KEY["X-API-Key"]))]
