"""Ids of products, customers and buckets, and the dense positions that stand for them in arrays."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def _digest(identifier: str) -> bytes:
    return hashlib.blake2b(identifier.encode(), digest_size=16).digest()


@dataclass(frozen=True)
class Index:
    """Distinct ids, each at its position.

    Positions follow a hash of the id: breaking a tie by position then favours no id for its spelling or its age, and
    the same ids always get the same positions.

    Attributes:
        ids: text, without nulls or duplicates.
    """

    ids: pa.Array

    def __post_init__(self) -> None:
        if self.ids.null_count or pc.count_distinct(self.ids).as_py() != len(self.ids):
            raise ValueError("an Index needs distinct ids without nulls")

    @classmethod
    def of(cls, *columns: pa.ChunkedArray, after: Iterable[str] = ()) -> "Index":
        """The ids found in the columns, in hash order, behind those of `after` (which keep their positions)."""
        known = list(after)
        found: set[str] = set()
        for column in columns:
            found.update(pc.unique(pc.drop_null(column.cast(pa.string()))).to_pylist())
        fresh = sorted(found.difference(known), key=_digest)
        return cls(pa.array(known + fresh, pa.string()))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def names(self) -> npt.NDArray[np.object_]:
        """The ids as Python strings."""
        names: npt.NDArray[np.object_] = self.ids.to_numpy(zero_copy_only=False)
        return names

    def positions(self, column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int32]:
        """The position of each id in the column; -1 for ids that the index does not hold, and for nulls."""
        found = pc.index_in(column.cast(pa.string()), value_set=self.ids)
        positions: npt.NDArray[np.int32] = pc.fill_null(found, -1).to_numpy().astype(np.int32)
        return positions
