"""The service over the very small shop's release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from glowhouse.landing import LandingZone
from glowhouse.service.app import Options, create_app

KEY = {"X-API-Key": "back-end-key-of-the-shop"}
SECRET = b"0123456789abcdef0123456789abcdef"


class MovableClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 12)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def landing(tmp_path: Path, clock: MovableClock) -> Iterator[LandingZone]:
    with LandingZone(tmp_path / "landing", clock=lambda: clock().replace(tzinfo=UTC)) as zone:
        yield zone


@pytest.fixture
def client(shop: Path, landing: LandingZone, clock: MovableClock) -> Iterator[TestClient]:
    options = Options((KEY["X-API-Key"], "another-key-of-the-shop"), SECRET, clock)
    with TestClient(create_app(shop.parent, landing, options)) as client:
        yield client
