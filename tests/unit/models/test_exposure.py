"""Coverage, concentration, novelty and diversity of lists, on shops small enough to count."""

import numpy as np
import pytest
from scipy import sparse

from models_py.evaluation import bootstrap
from models_py.evaluation.exposure import exposure, gini


def test_exposure_of_lists() -> None:
    lists = np.array([[0, 1], [0, 2]], np.int32)
    vectors = sparse.csr_matrix(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]], np.float32))
    shown = exposure(lists, np.array([0.5, 0.25, 0.25, 0.0]), vectors, bootstrap.draw(2, 50, 0))
    assert shown["coverage"].value == 3 / 4
    assert shown["novelty"].value == pytest.approx((1 + 2 + 1 + 2) / 4)
    assert shown["diversity"].value == pytest.approx((0.0 + 1.0) / 2)  # one list of two alike, one of two unlike
    assert shown["gini"].value == pytest.approx(3 / 8)  # exposures 0, 1, 1, 2


def test_gini_is_zero_for_equal_exposure_and_near_one_for_a_single_product() -> None:
    assert gini(np.array([[3.0, 0.0], [3.0, 0.0], [3.0, 9.0]])) == pytest.approx([0.0, 2 / 3])
    assert gini(np.zeros((4, 1))) == pytest.approx([0.0])


def test_an_empty_place_of_a_list_shows_nothing() -> None:
    vectors = sparse.csr_matrix(np.eye(3, dtype=np.float32))
    shown = exposure(np.array([[0, -1], [-1, -1]], np.int32), np.full(3, 1 / 3), vectors, bootstrap.draw(2, 50, 0))
    assert shown["coverage"].value == pytest.approx(1 / 3)
    assert shown["diversity"].value == 0.0


def test_errors_shrink_with_the_number_of_customers() -> None:
    generator = np.random.default_rng(4)
    popularity, vectors = np.full(30, 1 / 30), sparse.csr_matrix(np.eye(30, dtype=np.float32))
    lists = generator.zipf(1.7, (4000, 3)).astype(np.int32) % 30
    few, many = (exposure(lists[:n], popularity, vectors, bootstrap.draw(n, 50, 0)) for n in (100, 4000))
    assert 0 < many["gini"].error < few["gini"].error
