"""Intervals, where the answer is known."""

import numpy as np
import pytest

from models_py.evaluation import bootstrap


def test_the_interval_of_a_mean_is_the_normal_one_for_many_customers() -> None:
    values = (np.random.default_rng(1).random((1, 3000)) < 0.2).astype(float)
    drawn = bootstrap.draw(3000, 2000, seed=0)
    everybody = np.ones((1, 3000), np.bool_)
    low, high = bootstrap.percentiles(bootstrap.means(values, bootstrap.sizes(everybody, drawn), drawn), 0.95)
    reach = 1.96 * values.std() / np.sqrt(3000)
    assert low[0] == pytest.approx(values.mean() - reach, abs=0.001)
    assert high[0] == pytest.approx(values.mean() + reach, abs=0.001)


def test_only_members_count() -> None:
    members = np.array([[True, True, False]])
    drawn = np.array([[1.0, 0.0], [1.0, 0.0], [5.0, 3.0]])
    sizes = bootstrap.sizes(members, drawn)
    assert sizes.tolist() == [[2.0, 0.0]]
    # A resample without members has no mean; 0 keeps it out of nobody's way.
    assert bootstrap.means(np.array([[1.0, 0.0, 0.0]]), sizes, drawn).tolist() == [[0.5, 0.0]]
