"""Trees in flat arrays answer as LightGBM does, and say what each feature added."""

import lightgbm
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.arrays.ragged import Floats
from models_py.ranking.forest import Forest


def table(seed: int, missing: float, rows: int = 600) -> Floats:
    """Coarse numbers, so that many equal a threshold; some are missing."""
    rng = np.random.default_rng(seed)
    values = rng.integers(-20, 20, (rows, 4)).astype(np.float32) / np.float32(10)
    values[rng.random(values.shape) < missing] = np.nan
    return values


def grown(values: Floats, leaves: int = 31, rounds: int = 5) -> lightgbm.Booster:
    wanted = np.nan_to_num(values[:, 0]) + np.nan_to_num(values[:, 1], nan=3.0) ** 2
    parameters = {"verbosity": -1, "num_threads": 1, "num_leaves": leaves, "min_data_in_leaf": 3}
    return lightgbm.train(parameters, lightgbm.Dataset(values, wanted), rounds)


def answers(booster: lightgbm.Booster, values: Floats) -> npt.NDArray[np.float64]:
    return np.asarray(booster.predict(values, num_threads=1))


# The first example compiles the kernel and trains trees.
@settings(deadline=None)
@given(seed=st.integers(0, 50), missing=st.sampled_from([0.0, 0.2]), leaves=st.sampled_from([2, 7, 32]))
def test_margins_equal_lightgbms_to_the_last_bit(seed: int, missing: float, leaves: int) -> None:
    booster = grown(table(seed, missing), leaves)
    # Asked about missing values even where training held none.
    asked = table(seed + 1, 0.2)
    margins = Forest.parsed(booster.model_to_string()).margins(asked)
    assert np.array_equal(margins, answers(booster, asked))


def test_credits_add_up_to_the_margin_less_its_mean() -> None:
    values = table(0, 0.1)
    booster = grown(values)
    credits = Forest.parsed(booster.model_to_string()).credits(values)
    rest = answers(booster, values) - credits.sum(axis=1)
    assert np.ptp(rest) == pytest.approx(0, abs=1e-9)
    assert np.abs(credits[:, :2]).sum() > 10 * np.abs(credits[:, 2:]).sum()


def test_no_rows_have_no_margins() -> None:
    forest = Forest.parsed(grown(table(0, 0.0)).model_to_string())
    assert forest.margins(np.zeros((0, 4), np.float32)).shape == (0,)


def test_larger_trees_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 32 leaves"):
        Forest.parsed(grown(table(0, 0.0), leaves=40).model_to_string())
