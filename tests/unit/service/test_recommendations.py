"""What customers, known and unknown, and visitors are recommended over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from fastapi.testclient import TestClient

from tests.unit.service.conftest import KEY


def released(shop: Path, customer: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop.parent / "serving.duckdb"), read_only=True) as connection:
        query = "select product_id, reason from recommendations where customer_id = ? order by rank"
        return connection.execute(query, [customer]).fetchall()


def test_a_customer_gets_the_released_rows(client: TestClient, shop: Path) -> None:
    answer = client.get("/v1/customers/ann/recommendations", headers=KEY).json()

    assert [(item["product"]["product_id"], item["reason"]) for item in answer["items"]] == released(shop, "ann")
    assert [item["rank"] for item in answer["items"]] == [1, 2]
    assert (answer["customer_id"], answer["is_known"]) == ("ann", True)


def test_count_shortens_the_list(client: TestClient) -> None:
    assert len(client.get("/v1/customers/ann/recommendations?count=1", headers=KEY).json()["items"]) == 1


def test_an_unknown_customer_gets_what_suits_everybody(client: TestClient) -> None:
    answer = client.get("/v1/customers/zoe/recommendations", headers=KEY).json()

    assert (answer["is_known"], len(answer["items"])) == (False, 2)
    assert {item["reason"] for item in answer["items"]} == {"Popular."}


def test_a_visitor_describes_themselves_and_needs_no_key(client: TestClient) -> None:
    question = {"skin_type": "trocken", "concerns": ["redness"], "excluded": ["perfume"], "count": 3}
    answer = client.post("/v1/recommendations", json=question).json()

    assert {item["product"]["product_id"] for item in answer["items"]} == {"serum", "cream", "scrub"}
    assert answer["customer_id"] is None


def test_what_is_not_understood_is_said(client: TestClient) -> None:
    answer = client.post("/v1/recommendations", json={"excluded": ["perfum"]})

    assert answer.status_code == 422
    assert "Did you mean 'perfume'?" in answer.json()["detail"]
