"""Whose a row is, and what a load leaves of it."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pytest

from glowhouse.erasure.belongings import ERASED, MARKS, all_identifiers, erased_rows
from glowhouse.erasure.identifiers import Identifiers, Kind
from glowhouse.erasure.loading import Gatekeeper
from glowhouse.erasure.tombstones import Tombstones

KEY = b"a key of thirty-two bytes or more"
# Ann has an account, a card, an order and a session; she shares one session with Bob, one with Bob and Eve, a tablet
# with Bob, and a coupon page with everybody.
EXTRACTS = {
    "crm.customers": "customer_id email\nann Ann@x.de\nbob bob@x.de\neve -",
    "pos.loyalty_cards": "customer_id card_number\nann K1\nbob K2\nann K3\nbob K3",
    "pos.sales": "receipt_no loyalty_card\nR1 K1\nR2 K2\nR3 K3\nR4 -",
    "webshop.orders": "order_id customer_id\nO1 ann\nO2 bob",
    "webshop.order_lines": "order_id line_number\nO1 1\nO1 2\nO2 1",
    "app.events": "event_id customer_id session_id device_id query\n"
    "e1 ann s1 d1 -\ne2 - s1 d1 -\ne3 bob s2 d2 -\ne4 ann s2 d2 -\ne5 - s2 - -\n"
    "e6 ann s3 - -\ne7 bob s3 - -\ne8 eve s3 - -\ne9 - s3 - -\ne10 - s9 d1 -\ne11 - s8 d2 -\ne12 - s7 - ANN@x.de",
    "app.landed_events": "event_id customer_id session_id device_id query\ne13 - s1 - -",
}  # fmt: skip


def rows(name: str, extra: str = "") -> Iterable[pa.RecordBatch]:
    header, *lines = (line.split() for line in [*EXTRACTS[name].split("\n"), *extra.split("\n")] if line)
    values = [[None if text == "-" else text for text in line] for line in lines]
    columns = {column: pa.array([line[at] for line in values], pa.string()) for at, column in enumerate(header)}
    numbers = {"_row_number": pa.array(range(1, len(values) + 1), pa.int64())}
    yield pa.record_batch(columns | numbers | {"_unreadable": pa.nulls(len(values), pa.string())})


def left(name: str, cover: Identifiers | Tombstones) -> list[str | None]:
    """The first column of an extract after it has passed the gate, and where rows were erased what stands there."""
    (batch,) = rows(name)
    gate = Gatekeeper(cover if isinstance(cover, Tombstones) else Tombstones(KEY).with_also(cover), rows)
    table = gate.filtered(name, pa.RecordBatchReader.from_batches(batch.schema, [batch])).read_all()
    gone = [text == ERASED for text in table["_unreadable"].to_pylist()]
    for column in table.column_names[:-2]:
        assert not any(table[column][at].is_valid for at in range(len(gone)) if gone[at])
    assert table["_row_number"].to_pylist() == list(range(1, batch.num_rows + 1))
    return [ERASED if away else key for away, key in zip(gone, table.column(0).to_pylist(), strict=True)]


ANN = Identifiers().with_also(Kind.CUSTOMER, frozenset({"ann"}))


def test_everything_is_found_that_is_hers_and_nothing_that_may_be_anothers() -> None:
    found = {kind: sorted(values) for kind, values in all_identifiers(ANN, rows).by_kind.items()}
    assert found == {
        Kind.CUSTOMER: ["ann"], Kind.EMAIL: ["ann@x.de"], Kind.CARD: ["K1"], Kind.ORDER: ["O1"],
        Kind.SESSION: ["s1", "s2"], Kind.DEVICE: ["d1"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("crm.customers", [ERASED, "bob", "eve"]),
        ("pos.loyalty_cards", [ERASED, "bob", ERASED, "bob"]),
        ("pos.sales", [ERASED, "R2", "R3", "R4"]),
        ("webshop.orders", [ERASED, "O2"]),
        ("webshop.order_lines", [ERASED, ERASED, "O2"]),
        # e2: her session. e5: hers or Bob's, and taken for Bob's once she is gone. e9: anybody's. e10: her telephone.
        # e12: somebody searched for her address.
        (
            "app.events",
            [ERASED, ERASED, "e3", ERASED, ERASED, ERASED, "e7", "e8", "e9", ERASED, "e11", ERASED],
        ),
        ("app.landed_events", [ERASED]),
    ],
)
def test_her_rows_are_blank_and_all_others_as_they_were(name: str, stays: list[str]) -> None:
    assert left(name, ANN) == stays


def test_what_names_her_in_a_row_that_cannot_be_read_is_gone_as_well() -> None:
    broken = ['{"customer_id": "ann", "eve', "ann;2026-01-01", "annette;2026-01-01", "Hello, ANN@X.de!"]
    columns = {name: pa.nulls(4, pa.string()) for name in ("customer_id", "email")}
    batch = pa.record_batch(columns | {"_unreadable": pa.array(broken)})
    cover = ANN.with_also(Kind.EMAIL, frozenset({"ann@x.de"}))
    assert erased_rows("crm.customers", batch, cover).tolist() == [True, True, False, True]
    assert erased_rows("catalog.products", batch, cover).tolist() == [False] * 4
    assert "catalog.products" not in MARKS


def test_what_came_after_the_erasure_is_followed_from_what_is_known() -> None:
    """Only the id was known when she was erased; her order and its lines came later, and name her or nobody."""
    assert left("webshop.order_lines", ANN) == [ERASED, ERASED, "O2"]
    address_alone = Identifiers().with_also(Kind.EMAIL, frozenset({"ANN@x.de"}))
    assert left("webshop.order_lines", address_alone) == [ERASED, ERASED, "O2"]


def test_an_address_that_is_let_in_again_brings_the_new_account_and_not_the_old_one() -> None:
    def later(name: str) -> Iterable[pa.RecordBatch]:
        return rows(name, {"crm.customers": "anna ann@x.de", "webshop.orders": "O3 anna"}.get(name, ""))

    def kept(cover: Identifiers, name: str) -> list[str]:
        (batch,) = later(name)
        gate = Gatekeeper(Tombstones(KEY).with_also(cover), later)
        table = gate.filtered(name, pa.RecordBatchReader.from_batches(batch.schema, [batch])).read_all()
        return [key for key in table["customer_id"].to_pylist() if key]

    with_address = ANN.with_also(Kind.EMAIL, frozenset({"ann@x.de"}))
    assert (kept(with_address, "crm.customers"), kept(with_address, "webshop.orders")) == (["bob", "eve"], ["bob"])
    assert (kept(ANN, "crm.customers"), kept(ANN, "webshop.orders")) == (["bob", "eve", "anna"], ["bob", "anna"])


def test_where_a_session_is_many_peoples_its_anonymous_events_stay() -> None:
    assert left("app.events", ANN)[8] == "e9"
    two_gone = ANN.with_also(Kind.CUSTOMER, frozenset({"bob"}))
    assert left("app.events", two_gone)[8] == ERASED
