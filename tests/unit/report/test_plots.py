"""Every number that a query gives stands where the plot says, whatever the size of the figure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from matplotlib.collections import LineCollection

from glowhouse.report.bars import bars, columns, parts
from glowhouse.report.canvas import NARROW, WIDE, as_svg, style, words
from glowhouse.report.heat import heat
from glowhouse.report.intervals import days, drift, intervals


@pytest.fixture(autouse=True)
def _as_in_the_page() -> Iterator[None]:
    with style():
        yield


SIZES = pytest.mark.parametrize("width", [WIDE, NARROW])
RIVALS = [
    {"protocol": "published", "model": "hybrid", "value": 0.3, "low": 0.25, "high": 0.35},
    {"protocol": "published", "model": "als", "value": 0.2, "low": None, "high": None},
    {"protocol": "refit", "model": "hybrid", "value": 0.1, "low": 0.05, "high": 0.15},
]


@SIZES
def test_a_bar_is_as_long_as_its_number(width: float) -> None:
    rows = [{"kind": "a", "rows": 12}, {"kind": "b", "rows": 3}]

    area = bars(rows, width, label=("kind",), value="rows").axes[0]

    assert [patch.get_width() for patch in area.patches] == [12, 3]
    assert [text.get_text() for text in area.texts] == ["12", "3"]


def test_only_the_first_rows_are_drawn_if_there_are_many() -> None:
    rows = [{"kind": str(number), "rows": number} for number in range(30)]

    assert len(bars(rows, WIDE, label=("kind",), value="rows", limit=20).axes[0].patches) == 20


@SIZES
def test_parts_stand_one_after_the_other(width: float) -> None:
    rows = [{"entity": "sales", "merged_share": 0.1, "rejected_share": 0.3}]

    merged, rejected = parts(rows, width, label=("entity",), parts=("merged_share", "rejected_share")).axes[0].patches

    assert (merged.get_x(), merged.get_width()) == pytest.approx((0.0, 0.1))
    assert (rejected.get_x(), rejected.get_width()) == pytest.approx((0.1, 0.3))


def test_a_shop_in_which_nothing_is_wrong_has_bars_of_no_length() -> None:
    rows = [{"entity": "sales", "merged_share": 0.0, "rejected_share": None}]

    area = parts(rows, WIDE, label=("entity",), parts=("merged_share", "rejected_share")).axes[0]

    assert [patch.get_width() for patch in area.patches] == [0, 0]


def test_what_an_interval_may_not_reach_below_is_marked_on_its_line() -> None:
    rows = [{"slice": "dry", "difference": 0.1, "low": -0.1, "high": 0.3, "least": -0.2}]

    area = intervals(rows, WIDE, label="slice", value="difference", interval=("low", "high"), least="least").axes[0]

    assert [tuple(line.get_xydata()[0]) for line in area.lines] == [(0.1, 0.0), (-0.2, 0.0)]


@SIZES
def test_a_column_is_as_high_as_its_bin_is_full(width: float) -> None:
    rows = [{"weeks": 0, "gaps": 9}, {"weeks": 1, "gaps": 4}, {"weeks": 7, "gaps": 1}]

    area = columns(rows, width, position="weeks", value="gaps").axes[0]

    assert [patch.get_height() for patch in area.patches] == [9, 4, 1]
    assert [label.get_text() for label in area.get_xticklabels()] == ["0", "1", "7"]


@SIZES
def test_points_and_intervals_lie_where_the_query_says_in_a_panel_each(width: float) -> None:
    figure = intervals(RIVALS, width, label="model", value="value", interval=("low", "high"), panel=("protocol",))

    published, refit = figure.axes
    assert (published.get_title(loc="left"), refit.get_title(loc="left")) == ("published", "refit")
    assert list(published.lines[0].get_xdata()) == [0.3, 0.2]
    (drawn,) = [each for each in published.collections if isinstance(each, LineCollection)]
    assert list(drawn.get_segments()[0][:, 0]) == [0.25, 0.35]


def test_panels_that_are_compared_have_the_same_scale_from_zero() -> None:
    figure = intervals(
        RIVALS, WIDE, label="model", value="value", interval=("low", "high"), panel=("protocol",), same_scale=True
    )

    assert {area.get_xlim() for area in figure.axes} == {(0.0, 0.35 * 1.04)}


def test_series_on_one_line_differ_in_colour_and_shape() -> None:
    figure = intervals(RIVALS[:2], WIDE, label="protocol", value="value", interval=("low", "high"), series="model")

    hybrid, als = figure.axes[0].lines
    assert hybrid.get_color() != als.get_color()
    assert hybrid.get_marker() != als.get_marker()


@SIZES
def test_days_are_joined_in_their_interval_and_thresholds_are_drawn(width: float) -> None:
    rows = [
        {"day": dt.date(2026, 11, day), "rate": day / 100, "low": 0.0, "high": 0.1, "warn": 0.005, "fail": None}
        for day in range(1, 6)
    ]

    area = days(rows, width, day="day", value="rate", bands=(("low", "high"),)).axes[0]

    rate, warn = area.lines
    assert list(rate.get_ydata()) == [0.01, 0.02, 0.03, 0.04, 0.05]
    assert set(warn.get_ydata()) == {0.005}
    assert [label.get_text() for label in area.get_xticklabels()] == ["1 Nov", "5 Nov"]


@SIZES
def test_drift_beyond_chance_is_told_from_drift_within(width: float) -> None:
    rows = [
        {"entity": "customers", "feature": name, "aspect": "values", "psi": psi, "noise_floor": 0.2,
         "is_beyond_noise": psi > 0.2, "warn": 0.1, "fail": 0.25}
        for name, psi in (("age", 0.7), ("region", 0.1))
    ]  # fmt: skip

    beyond, within, warn, fail = drift(rows, width).axes[0].lines

    assert (list(beyond.get_xdata()), list(within.get_xdata())) == ([0.7], [0.1])
    assert (set(warn.get_xdata()), set(fail.get_xdata())) == ({0.1}, {0.25})


@SIZES
def test_a_cell_is_the_fuller_the_larger_its_share(width: float) -> None:
    rows = [
        {"category": "Masks", "concern": "acne", "share": 0.7},
        {"category": "Toners", "concern": "acne", "share": 0.1},
    ]

    full, empty = heat(rows, width, line="category", column="concern", value="share").axes[0].patches

    assert full.get_alpha() > empty.get_alpha()


def test_colours_are_the_pages_ids_are_unique_and_text_stays_text() -> None:
    figure = bars([{"kind": "a <b>", "rows": 12}], WIDE, label=("kind",), value="rows")
    svg = as_svg(figure, "one", "Rows & more", "How many")

    assert not re.search(r"#0[0-9]0[0-9]0[0-9]|<style|metadata", svg)
    assert "var(--series-1)" in svg
    assert "a &lt;b&gt;</text>" in svg
    assert all(own.startswith("one-") for own in re.findall(r'\bid="([^"]*)"', svg))
    assert all(used.startswith("one-") for used in re.findall(r'(?:href="#|url\(#)([^")]*)', svg))
    assert '<title id="one-title">Rows &amp; more</title>' in svg


def test_the_same_rows_give_the_same_bytes() -> None:
    def drawn() -> str:
        figure = intervals(RIVALS, WIDE, label="model", value="value", interval=("low", "high"))
        return as_svg(figure, "one", "title", "description")

    assert drawn() == drawn()


def test_names_are_written_as_people_write_them() -> None:
    assert [words(name) for name in ("most_popular", "18_24", 3)] == ["most popular", "18-24", "3"]
