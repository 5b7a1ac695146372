"""Hostile input: whatever comes, nothing fails, answers are as described, and nothing but events is changed.

GLOWHOUSE_FUZZ_EXAMPLES asks each route so many random questions with each credential; the suite asks a few, always the
same ones.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from glowhouse.landing import LandingZone
from glowhouse.service.app import Options, create_app
from glowhouse.service.credentials import Credentials
from tests.unit.service.conftest import KEY, SECRET

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HOSTILE = [
    "../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "....//", "C:\\boot.ini", "/etc/passwd",
    "' or 1=1 --", "'; drop table recommendations; --", "ann' union select * from release --", "%", "_", "$1", "?",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{7*7}}", "${jndi:ldap://x}",
    "\r\nSet-Cookie: a=b", "\u202eann", "a" * 200, "\U0001f9f4", "NaN", "null", "-1", "٣",
]  # fmt: skip
NOW = datetime(2026, 1, 2)
EXAMPLES = int(os.environ.get("GLOWHOUSE_FUZZ_EXAMPLES", "0"))
FUZZED = settings(
    max_examples=EXAMPLES or 3,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def served(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One service for all of it: what one request leaves behind the next one meets."""
    options = Options((KEY["X-API-Key"],), SECRET, lambda: NOW)
    with LandingZone(tmp_path_factory.mktemp("zone")) as zone:
        app = create_app(shop.parent, zone, options)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client


@pytest.fixture(scope="module")
def described(served: TestClient) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(served.get("/v1/openapi.json").json())


def bearer(customer: str, at: datetime = NOW) -> dict[str, str]:
    return {"Authorization": f"Bearer {Credentials((), SECRET, lambda: at).token_for(customer).text}"}


@pytest.mark.parametrize(
    "credential",
    [
        pytest.param({}, id="nobody"),
        pytest.param(KEY, id="back end"),
        pytest.param({"X-API-Key": "made up"}, id="unknown key"),
        pytest.param(bearer("ann"), id="customer"),
        pytest.param(bearer("ann", NOW - timedelta(days=1)), id="customer of yesterday"),
    ],
)
def test_every_route_answers_as_it_is_described(
    served: TestClient, described: schemathesis.BaseSchema, credential: dict[str, str]
) -> None:
    for result in described.get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy())
        @FUZZED
        def answers_as_described(case: schemathesis.Case) -> None:
            asked = case.as_transport_kwargs(headers=credential)
            answer = served.request(**asked)
            case.validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)

        answers_as_described()


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_ids_and_words_change_nothing_and_come_back_as_data(served: TestClient, shop: Path, text: str) -> None:
    before = digest(shop.parent)
    quoted = "".join(f"%{byte:02X}" for byte in text.encode())
    paths = [
        f"/v1/customers/{quoted}/recommendations",
        f"/v1/customers/{quoted}/exclusions",
        f"/v1/customers/ann/why/{quoted}",
        f"/v1/products/{quoted}",
        f"/v1/products/{quoted}/similar",
        f"/v1/products?search={quoted}",
        f"/{quoted}",
    ]
    for path in paths:
        answer = served.get(path, headers=KEY)
        assert answer.status_code in (200, 404, 422), (path, answer.text)
        assert "set-cookie" not in answer.headers
        if path.startswith("/v1/customers") and answer.status_code == 200:
            assert answer.headers["content-type"] == "application/json"
            assert json.loads(answer.text).get("customer_id", text) == text
    wish = served.put(f"/v1/customers/ann/exclusions/{quoted}", headers=KEY)
    profile = served.post("/v1/recommendations", json={"excluded": [text[:100]], "bought": [text[:100]]})
    assert wish.status_code in (404, 422) and profile.status_code == 422
    assert digest(shop.parent) == before


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@FUZZED
def test_a_body_that_is_no_question_is_refused(served: TestClient, body: bytes) -> None:
    for path in ("/v1/events", "/v1/recommendations"):
        answer = served.post(path, content=body, headers={**KEY, "Content-Type": "application/json"})
        assert answer.status_code in (400, 422) and set(answer.json()) == {"detail"}


@given(tracking=st.text(min_size=1, max_size=80) | st.from_regex(r"[\w-]{1,60}\.[\w-]{22}", fullmatch=True))
@FUZZED
def test_no_tracking_can_be_made_up(served: TestClient, tracking: str) -> None:
    event = {"event_id": "0" * 32, "event_type": "impression", "session_id": "s", "tracking": tracking}
    assert served.post("/v1/events", json={"events": [event]}, headers=KEY).status_code == 422
