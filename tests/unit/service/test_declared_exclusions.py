"""What a customer's profile says they avoid, an allergy perhaps, is lifted by nothing that is said on the site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from glowhouse.landing import LandingZone, read
from glowhouse.model_package import Package
from glowhouse.release import publish
from glowhouse.release_files import SERVING_FILE
from glowhouse.service.app import Options, create_app
from tests.unit.service.conftest import KEY, SECRET, MovableClock
from tests.unit.service.test_events import report, send
from tests.unit.service.test_overlay import listed


@pytest.fixture
def client(shop: Path, package: Package, clock: MovableClock, tmp_path: Path) -> Iterator[TestClient]:
    """The shop, in which fay's profile says what elsewhere she searched for."""
    with duckdb.connect(str(shop.parent / SERVING_FILE), read_only=True) as released:
        tables = {name: released.table(name).to_arrow_table() for name in ("recommendations", "products")}
    evidence = package.tables["exclusion_evidence"].to_pylist()
    said = [{**row, "evidence_source": "profile", "evidence_text": "perfume"} for row in evidence]
    changed = {**package.tables, "exclusion_evidence": pa.Table.from_pylist(said)}
    publish(tables, tmp_path, Package(changed, package.artifact))
    options = Options((KEY["X-API-Key"],), SECRET, clock)
    with (
        LandingZone(tmp_path / "landing", clock=lambda: clock().replace(tzinfo=UTC)) as zone,
        TestClient(create_app(tmp_path, zone, options)) as client,
    ):
        yield client


def test_it_cannot_be_allowed_on_the_site(client: TestClient, tmp_path: Path) -> None:
    answer = client.delete("/v1/customers/fay/exclusions/fragrance", headers=KEY)

    assert answer.status_code == 409
    assert "profile" in answer.json()["detail"]
    assert list(read(tmp_path / "landing")) == []


def test_it_is_marked_as_such(client: TestClient) -> None:
    client.put("/v1/customers/fay/exclusions/perfume", headers=KEY)  # saying it again changes nothing

    (only,) = client.get("/v1/customers/fay/exclusions", headers=KEY).json()["exclusions"]

    assert only["is_declared"] is True
    assert only["evidence"] == "Your profile says “perfume”."


def test_an_event_from_elsewhere_does_not_lift_it(client: TestClient) -> None:
    send(client, report(event_type="allow_ingredient", query="perfume", customer_id="fay"))

    assert not set(listed(client, "fay")) & {"rose", "balm"}
