import numpy as np
import pytest

from models_py.arrays.ragged import Ragged

ROWS = Ragged.from_pairs([1, 0, 1], [7, 8, 9], [0.1, 0.2, 0.3], 3)  # row 0: 8; row 1: 7, 9; row 2: nothing


def test_grouping_keeps_the_order_within_a_row() -> None:
    assert ROWS.ptr.tolist() == [0, 1, 3, 3]
    assert ROWS.ids.tolist() == [8, 7, 9]
    assert ROWS.row_of_entry().tolist() == [0, 1, 1]


def test_slices_and_selections() -> None:
    assert ROWS.slice(1, 3).ids.tolist() == [7, 9]
    assert ROWS.take(np.array([2, 1])).ptr.tolist() == [0, 0, 2]
    assert ROWS.take(np.array([1, 0])).ids.tolist() == [7, 9, 8]
    assert ROWS.last(1).ids.tolist() == [8, 9]
    assert ROWS.where(ROWS.ids != 7).ptr.tolist() == [0, 1, 2, 2]


def test_transposing_twice_gives_the_same_cells() -> None:
    back = ROWS.transposed(10).transposed(3)
    assert back.ids.tolist() == [8, 7, 9]
    assert back.values == pytest.approx([0.2, 0.1, 0.3])


def test_padding_and_joining() -> None:
    assert len(ROWS.padded(5)) == 5
    joined = ROWS.joined(Ragged.from_pairs([0, 2], [1, 2], 1.0, 3))
    assert joined.ids.tolist() == [8, 1, 7, 9, 2]


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="must run from 0"):
        Ragged(np.array([0, 2]), np.zeros(1, np.int32), np.zeros(1, np.float32))
    with pytest.raises(ValueError, match="must not fall"):
        Ragged(np.array([0, 2, 1, 2]), np.zeros(2, np.int32), np.zeros(2, np.float32))
    with pytest.raises(ValueError, match="int64"):
        Ragged(np.array([0, 1]), np.zeros(1, np.int64), np.zeros(1, np.float32))  # type: ignore[arg-type]
