"""While an experiment is running each customer sees the list of their arm, and events say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from fastapi.testclient import TestClient

from glowhouse.landing import LandingZone, read
from glowhouse.service.app import Options, create_app
from models_py.experiments.assignment import draw
from tests.unit.service.conftest import KEY, SECRET, MovableClock
from tests.unit.service.test_events import report, send, shown
from tests.unit.service.test_overlay import listed

EXPERIMENT = """
    create table experiments as
        select 'lists' as experiment_id, 'pepper' as salt, timestamp '2026-01-01' as starts_at,
            timestamp '2026-02-01' as ends_at;
    create table experiment_arms as select * from (values
        ('lists', 'bestsellers', 0.5, true, 'most_popular'), ('lists', 'model', 0.5, false, 'model')
    ) as arms (experiment_id, arm, share, is_control, policy);
"""
OF_BESTSELLERS = [customer for customer in ("ann", "bob", "dan", "eve", "fay") if draw(customer, "pepper") < 0.5]
OF_MODEL = [customer for customer in ("ann", "bob", "dan", "eve", "fay") if draw(customer, "pepper") >= 0.5]


@pytest.fixture
def client(shop: Path, tmp_path: Path, landing: LandingZone, clock: MovableClock) -> Iterator[TestClient]:
    """The service over a release in whose shop an experiment is planned."""
    shutil.copytree(shop.parent, tmp_path / "shop")
    with duckdb.connect(str(tmp_path / "shop" / "serving.duckdb")) as connection:
        connection.execute(EXPERIMENT)
    options = Options((KEY["X-API-Key"],), SECRET, clock)
    with TestClient(create_app(tmp_path / "shop", landing, options)) as client:
        yield client


def test_bestsellers_are_what_most_customers_bought(client: TestClient) -> None:
    for customer in OF_BESTSELLERS:
        assert listed(client, customer) == ["serum", "cream"]  # bought three times and twice; the scrub once
        assert {(item["reason_code"], item["reason"]) for item in shown(client, customer)} == {
            ("popular_now", "Popular.")
        }


def test_bestsellers_leave_out_what_the_customer_wants_left_out(client: TestClient) -> None:
    for customer in OF_BESTSELLERS:
        send(client, report(event_type="rating", product_id="serum", rating=1, customer_id=customer))
        assert listed(client, customer) == ["cream", "scrub"]


def test_bestsellers_leave_out_what_contains_what_is_excluded(client: TestClient) -> None:
    # The scrub is of salt. What nobody has bought yet fills the list: the rose oil, which Fay wants as little.
    expected = {"ann": ["cream", "rose"], "eve": ["cream", "rose"], "fay": ["cream"]}
    for customer in OF_BESTSELLERS:
        send(client, report(event_type="rating", product_id="serum", rating=1, customer_id=customer))
        client.put(f"/v1/customers/{customer}/exclusions/sodium%20chloride", headers=KEY)
        assert listed(client, customer) == expected[customer]


def test_events_say_in_which_arm_the_list_was_seen(client: TestClient, landing: LandingZone) -> None:
    arms = {}
    for customer in OF_BESTSELLERS + OF_MODEL:
        send(client, report(event_type="impression", tracking=shown(client, customer)[0]["tracking"]))
    for event in read(landing.folder):
        assert event.experiment_id == "lists"
        arms[event.customer_id] = (event.experiment_arm, event.model_run_id is None)

    assert arms == {
        **dict.fromkeys(OF_BESTSELLERS, ("bestsellers", True)),
        **dict.fromkeys(OF_MODEL, ("model", False)),
    }


@pytest.mark.parametrize("now", [datetime(2025, 12, 31, 23, 59, 59), datetime(2026, 2, 1)])
def test_before_and_after_everybody_sees_the_released_list(
    client: TestClient, clock: MovableClock, landing: LandingZone, now: datetime
) -> None:
    clock.now = now
    for customer in OF_BESTSELLERS:
        assert all(item["reason"] for item in shown(client, customer))
        send(client, report(event_type="impression", tracking=shown(client, customer)[0]["tracking"]))

    events = list(read(landing.folder))
    assert {(event.experiment_id, event.experiment_arm) for event in events} == {(None, None)}
    assert all(event.model_run_id for event in events)
    assert {event.occurred_at for event in events} == {now.replace(tzinfo=UTC)}


def test_somebody_unknown_is_in_no_arm(client: TestClient, landing: LandingZone) -> None:
    send(client, report(event_type="impression", tracking=shown(client, "zoe")[0]["tracking"]))

    assert [event.experiment_arm for event in read(landing.folder)] == [None]
