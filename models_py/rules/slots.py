"""Arrays of lists: each row a customer, each column a slot of the list or a place in the shortlist."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints

T = TypeVar("T", bound=np.generic)
Places = npt.NDArray[np.int64]


def taken(values: npt.NDArray[T], places: Places, missing: int) -> npt.NDArray[T]:
    """`values` (rows, depth) at each row's `places` (rows, slots); `missing` where a place is -1."""
    if not values.shape[1]:
        return np.full(places.shape, missing, values.dtype)
    found = np.take_along_axis(values, np.maximum(places, 0), axis=1)
    found[places < 0] = missing
    return found


def places_of(wanted: Ints, ids: Ints) -> Places:
    """The place of each wanted product (rows, slots) among the row's `ids` (rows, depth); -1 where it is not."""
    found = (ids[:, :, None] == wanted[:, None, :]) & (wanted >= 0)[:, None, :]
    return np.where(found.any(axis=1), found.argmax(axis=1), -1)


def falling(scores: Floats, is_known: npt.NDArray[np.bool_]) -> Floats:
    """Scores (rows, slots) that never rise: each slot gets the highest known score from it onwards.

    Slots behind the last known score get 0, or what stands before them if that is less.
    """
    highest = np.maximum.accumulate(np.where(is_known, scores, -np.inf)[:, ::-1], axis=1)[:, ::-1]
    fallen: Floats = np.minimum.accumulate(np.where(np.isfinite(highest), highest, 0), axis=1).astype(np.float32)
    return fallen


def values_of(codes: Ints, ids: Ints) -> Ints:
    """`codes` of products at `ids`; -1 where an id is -1."""
    return np.where(ids >= 0, codes[ids], np.int32(-1))
