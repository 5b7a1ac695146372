"""Chances mean what they say, in every segment, and never disturb the order."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.data.dataset import Flags
from models_py.ranking import calibration
from models_py.ranking.calibration import Calibration

LEAST = (1, 5, 10)


def drawn(rows: int, slope: float, intercept: float, seed: int = 0) -> tuple[npt.NDArray[np.float64], Flags]:
    """Margins, and targets drawn with the chance that the curve states."""
    rng = np.random.default_rng(seed)
    margins = rng.normal(0, 2, rows)
    return margins, rng.random(rows) < 1 / (1 + np.exp(-(slope * margins + intercept)))


def test_the_curve_that_made_the_targets_is_found() -> None:
    margins, is_target = drawn(200_000, 0.8, -4.0)
    fitted = calibration.fit(margins, is_target, np.full(len(margins), 3), LEAST, strength=0.0)
    assert fitted.slopes[0] == pytest.approx(0.8, abs=0.03)
    assert fitted.intercepts[0] == pytest.approx(-4.0, abs=0.06)


def two_segments(rows_of_second: int) -> Calibration:
    """Customers with 3 purchases are easy to guess; `rows_of_second` candidates of customers with 7 are not."""
    easy, bought_easily = drawn(50_000, 1.0, -2.0)
    hard, bought_hardly = drawn(rows_of_second, 1.0, -4.0, seed=1)
    lengths = np.concatenate([np.full(len(easy), 3), np.full(len(hard), 7)])
    margins, is_target = np.concatenate([easy, hard]), np.concatenate([bought_easily, bought_hardly])
    return calibration.fit(margins, is_target, lengths, LEAST, strength=50.0)


def test_a_large_segment_has_a_curve_of_its_own_and_a_small_one_stays_with_everybody() -> None:
    large, small = two_segments(50_000), two_segments(100)
    assert large.intercepts[0] == pytest.approx(-2.0, abs=0.1)
    assert large.intercepts[1] == pytest.approx(-4.0, abs=0.2)
    assert small.intercepts[1] == pytest.approx(small.intercepts[0], abs=0.3)
    # Nobody has ten purchases: everybody's curve stands in.
    assert min(large.intercepts[:2]) < large.intercepts[2] < max(large.intercepts[:2])


def test_the_same_margin_is_another_chance_in_another_segment() -> None:
    chances = two_segments(50_000).chances(np.zeros(2), np.array([3, 7]))
    assert chances == pytest.approx([1 / (1 + np.exp(2)), 1 / (1 + np.exp(4))], rel=0.2)


@given(seed=st.integers(0, 100), rate=st.floats(0.0005, 0.5))
def test_chances_order_as_margins_do(seed: int, rate: float) -> None:
    rng = np.random.default_rng(seed)
    margins = np.sort(rng.normal(0, 3, 500))
    # Targets at random, so that a curve may well want to fall.
    fitted = calibration.fit(margins, rng.random(500) < rate, np.full(500, 2), LEAST, strength=1.0)
    chances = fitted.chances(margins, np.full(500, 2))
    assert np.isfinite(chances).all()
    assert (np.diff(chances) >= 0).all()


def test_the_error_is_the_gap_between_what_is_said_and_what_happens() -> None:
    happened = np.arange(1000) % 5 == 0
    for stated, gap in ((0.2, 0.0), (0.5, 0.3)):
        error = calibration.expected_calibration_error(np.full(1000, stated, np.float32), happened)
        assert error == pytest.approx(gap, abs=1e-6)
