"""Routine: for each step that a customer's routine lacks, its best product."""

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Ints, Ragged


def first_of_missing_steps(ids: Ints, step_of_product: Ints, missing: Ragged) -> npt.NDArray[np.bool_]:
    """Which products are the best that a row has for a step it lacks: one a step, or sunscreens would fill the list.

    Args:
        ids: (rows, products), best first, filled up with -1.
        step_of_product: (products,) -1 where it belongs to no step.
        missing: rows x steps.
    """
    is_first = np.zeros(ids.shape, np.bool_)
    steps = np.where(ids >= 0, step_of_product[ids], -1)
    lacking = np.zeros((len(ids), int(step_of_product.max(initial=-1)) + 1), np.bool_)
    lacking[missing.row_of_entry(), missing.ids] = True
    for step in np.unique(missing.ids):
        of_step = steps == step
        rows = np.flatnonzero(of_step.any(axis=1) & lacking[:, step])
        is_first[rows, of_step[rows].argmax(axis=1)] = True
    return is_first
