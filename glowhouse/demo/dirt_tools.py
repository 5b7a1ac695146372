"""What the kinds of dirt share: drawing rows, and setting and copying them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glowhouse.demo.writers import BROKEN

# Extracts by name ('webshop.orders'); functions replace entries when the number of rows changes.
Tables = dict[str, pd.DataFrame]


class Dirtied(NamedTuple):
    """How many rows were eligible for a kind of dirt, and how many it befell."""

    eligible: int
    dirty: int


DirtFunction = Callable[[Tables, float, np.random.Generator], Dirtied]
Positions = NDArray[np.int64]


def pick(rng: np.random.Generator, eligible: NDArray[np.bool_], rate: float) -> tuple[Positions, Dirtied]:
    """Draw `max(1, round(rate × eligible))` of the eligible rows; their positions ascend. Nothing of nothing."""
    candidates = np.flatnonzero(eligible)
    count = min(max(1, round(rate * candidates.size)), candidates.size)
    chosen = np.sort(rng.choice(candidates, size=count, replace=False)) if count else candidates
    return chosen, Dirtied(int(candidates.size), int(count))


def everything(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """All rows are eligible."""
    return np.ones(len(frame), dtype=bool)


def present(frame: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """The rows that have a value in `column`."""
    mask: NDArray[np.bool_] = frame[column].notna().to_numpy()
    return mask


def put(frame: pd.DataFrame, rows: Positions, column: str, values: Sequence[object] | str | None) -> None:
    """Set `column` of the rows at these positions, one value each or the same for all."""
    content = frame[column].to_numpy(dtype=object, copy=True)
    if values is None or isinstance(values, str):
        content[rows] = values
    else:
        for row, value in zip(rows, values, strict=True):
            content[row] = value
    frame[column] = pd.Series(content, index=frame.index, dtype=object)


def get(frame: pd.DataFrame, rows: Positions, column: str) -> list[str]:
    """The values of `column` at these positions."""
    return [str(value) for value in frame[column].to_numpy(dtype=object)[rows]]


def choice(rng: np.random.Generator, options: Sequence[str], count: int) -> list[str]:
    """`count` draws from `options`, with replacement."""
    return [options[index] for index in rng.integers(len(options), size=count)]


def extraction(tables: Tables) -> datetime:
    """When the extracts were written; all at one time."""
    return datetime.fromisoformat(next(str(frame["extracted_at"].iat[0]) for frame in tables.values() if len(frame)))


def future_years(rng: np.random.Generator, tables: Tables, count: int) -> list[int]:
    """Years one to twelve years after the extraction."""
    years: list[int] = (extraction(tables).year + rng.integers(1, 13, count)).tolist()
    return years


def append(tables: Tables, name: str, rows: pd.DataFrame) -> None:
    """Put rows at the end of an extract."""
    tables[name] = pd.concat([tables[name], rows], ignore_index=True)


def insert_after(tables: Tables, name: str, at: Positions, rows: pd.DataFrame, delay: Positions) -> None:
    """Put `rows[i]` a little after position `at[i]` (by `delay[i]` rows), as systems that send twice do."""
    frame = tables[name]
    order = np.concatenate([np.arange(len(frame)), np.minimum(at + delay, len(frame)) + 0.5])
    merged = pd.concat([frame, rows], ignore_index=True)
    tables[name] = merged.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def cut(tables: Tables, name: str, rate: float, rng: np.random.Generator) -> Dirtied:
    """Mark rows that the writer is to cut off in the middle."""
    frame = tables[name]
    rows, count = pick(rng, everything(frame), rate)
    broken = np.zeros(len(frame), dtype=bool)
    broken[rows] = True
    frame[BROKEN] = broken
    return count
