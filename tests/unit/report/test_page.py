"""The page around the plots: exact numbers, escaped text, and sentences where there is nothing to draw."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import pytest

from glowhouse.report.bars import bars
from glowhouse.report.exhibit import Exhibit
from glowhouse.report.numbers import cell, rounded
from glowhouse.report.page import Shown, page, shown
from glowhouse.report.queries import Answer, Query, ReportError, Row, ask, opened
from glowhouse.report.sections import SECTIONS

HOSTILE = "<script>alert(1)</script>"


def answer(name: str, rows: tuple[Row, ...], missing: str | None = None) -> Answer:
    query = Query(name, "What it asks.", f"select '{HOSTILE}'", "select 1")
    return Answer(query, tuple(rows[0]) if rows else (), rows, missing)


def empty_page(**instead: Shown) -> str:
    exhibits = {each.query: each for section in SECTIONS for each in section.exhibits}
    return page({name: instead.get(name, shown(each, answer(name, ()))) for name, each in exhibits.items()})


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("kept_share", 0.12345, "12.3%"), ("value", 0.0123456, "0.0123"), ("value", 12345.6, "12,346"),
        ("value", 0.0, "0"), ("value", 0.00012, "1.2e-04"), ("customers", 12345, "12,345"), ("seed", 12345, "12345"),
        ("is_significant", True, "yes"), ("value", None, "-"), ("value", Decimal("0.5"), "0.5"),
        ("at", dt.datetime(2026, 11, 1, 6), "2026-11-01 06:00"), ("on", dt.date(2026, 11, 1), "2026-11-01"),
    ],
)  # fmt: skip
def test_values_are_rounded_for_people(column: str, value: object, text: str) -> None:
    assert rounded(column, value) == text


def test_the_exact_number_is_kept_beside_the_rounded_one() -> None:
    assert cell("value", 0.123456789).exact == "0.123456789"
    assert cell("is_significant", True).exact is None


def test_a_shop_without_anything_has_a_sentence_in_place_of_each_plot() -> None:
    written = empty_page()

    assert "<svg" not in written
    for section in SECTIONS:
        for exhibit in section.exhibits:
            assert exhibit.empty.replace("'", "&#39;") in written


def test_a_warehouse_of_an_earlier_version_says_what_is_missing() -> None:
    exhibit = Exhibit("feature_drift", "Drift", "How to read it.", "Nothing.")

    written = empty_page(drift_by_feature=shown(exhibit, answer("drift_by_feature", (), missing="feature_drift")))

    assert "without feature_drift. Run <code>dbt build</code>" in written


def test_text_of_the_shop_is_never_markup() -> None:
    exhibit = Exhibit("most_bought_products", "Most bought", "Read it.", "Nothing.",
                      partial(bars, label=("product",), value="buyers"))  # fmt: skip

    written = empty_page(
        most_bought_products=shown(exhibit, answer("most_bought_products", ({"product": HOSTILE, "buyers": 3},)))
    )

    assert "<script" not in written
    assert '<data value="3">3</data>' in written


def test_what_a_simulator_made_is_marked() -> None:
    exhibit = Exhibit("off_policy_values", "Other lists", "Read it.", "Nothing.")
    rows = ({"value": 0.5, "is_simulated": True},)

    written = empty_page(off_policy_values=shown(exhibit, answer("off_policy_values", rows)))

    assert written.count('class="badge">simulated') == 1
    assert "<strong>Simulated.</strong>" in written


@pytest.mark.parametrize(
    ("sql", "missing"),
    [("select * from marts.feature_drift", "feature_drift"), ("select state from (select 1 as one)", "state")],
)
def test_a_table_or_column_of_a_later_version_is_missing(sql: str, missing: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        assert ask(connection, Query("any", "", "", sql)).missing == missing


def test_another_failure_of_a_query_is_told() -> None:
    with duckdb.connect() as connection, pytest.raises(ReportError, match=r"analyses/any\.sql fails"):
        ask(connection, Query("any", "", "", "select cast('x' as integer)"))


def test_a_missing_warehouse_and_a_busy_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no warehouse"), opened(tmp_path / "none.duckdb"):
        pass
    (tmp_path / "torn.duckdb").write_bytes(b"no database")
    with (
        pytest.raises(ReportError, match="cannot be opened; a build may be using it"),
        opened(tmp_path / "torn.duckdb"),
    ):
        pass
