"""What a key opens, what a token opens, and that nothing else opens anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from tests.unit.service.conftest import KEY, MovableClock

ANN = "/v1/customers/ann/recommendations"


def token(client: TestClient, customer: str) -> dict[str, str]:
    answer = client.post(f"/v1/customers/{customer}/token", headers=KEY)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_without_a_credential_no_customer_opens(client: TestClient) -> None:
    answer = client.get(ANN)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.post("/v1/customers/ann/token").status_code == 401
    assert client.get("/v1/demo").status_code == 404


@pytest.mark.parametrize("key", ["", "back-end-key", "back-end-key-of-the-shop,another-key-of-the-shop", "ключ"])
def test_a_wrong_key_opens_nothing(client: TestClient, key: str) -> None:
    assert client.get(ANN, headers={"X-API-Key": key.encode()}).status_code == 401


def test_a_token_opens_its_customer_and_nobody_else(client: TestClient) -> None:
    ann = token(client, "ann")

    assert client.get(ANN, headers=ann).status_code == 200
    assert client.get("/v1/customers/bob/recommendations", headers=ann).status_code == 403
    assert client.post("/v1/customers/ann/token", headers=ann).status_code == 403


def test_a_token_ends(client: TestClient, clock: MovableClock) -> None:
    ann = token(client, "ann")
    clock.advance(timedelta(minutes=59, seconds=59))
    assert client.get(ANN, headers=ann).status_code == 200

    clock.advance(timedelta(seconds=1))
    assert "expired" in client.get(ANN, headers=ann).json()["detail"]


def test_a_changed_token_opens_nothing(client: TestClient) -> None:
    body, signature = token(client, "ann")["Authorization"].split(".")
    place = client.get(ANN, headers=KEY).json()["items"][0]["tracking"]

    for text in (f"{body[:-1]}x.{signature}", f"{body}.{signature[::-1]}", body.split()[1], "x.y", ".", "é.é"):
        shown = {"Authorization": f"Bearer {text.removeprefix('Bearer ')}".encode()}
        assert client.get(ANN, headers=shown).status_code == 401
    # Signed by the service as well, but for another purpose.
    assert client.get(ANN, headers={"Authorization": f"Bearer {place}"}).status_code == 401
