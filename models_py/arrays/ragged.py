"""Rows of differing length in three flat arrays: the one shape for histories, neighbours, masks and candidates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Ragged:
    """Row r holds `ids[ptr[r]:ptr[r + 1]]` and the `values` beside them (compressed sparse rows).

    The order within a row is kept and may mean something: histories run from oldest to newest.

    Attributes:
        ptr: int64, one more than rows, from 0 to the number of entries, never falling.
        ids: int32, entries.
        values: float32, entries.

    Raises:
        ValueError: when the three arrays do not fit together.
    """

    ptr: npt.NDArray[np.int64]
    ids: Ints
    values: Floats

    def __post_init__(self) -> None:
        if self.ptr.dtype != np.int64 or self.ids.dtype != np.int32 or self.values.dtype != np.float32:
            raise ValueError("Ragged wants int64 ptr, int32 ids and float32 values")
        if self.ptr[0] != 0 or self.ptr[-1] != len(self.ids) or len(self.ids) != len(self.values):
            raise ValueError("Ragged's ptr must run from 0 to the number of ids and values")
        if np.any(np.diff(self.ptr) < 0):
            raise ValueError("Ragged's ptr must not fall")

    @classmethod
    def from_pairs(
        cls, rows: npt.ArrayLike, ids: npt.ArrayLike, values: npt.ArrayLike | float, row_count: int
    ) -> "Ragged":
        """Group (row, id, value) triples by row, keeping their order within a row."""
        row = np.asarray(rows, dtype=np.int64)
        value = np.broadcast_to(np.asarray(values, dtype=np.float32), row.shape)
        order = np.argsort(row, kind="stable")
        ptr = np.zeros(row_count + 1, dtype=np.int64)
        np.cumsum(np.bincount(row, minlength=row_count), out=ptr[1:])
        return cls(ptr, np.asarray(ids, dtype=np.int32)[order], value[order])

    @classmethod
    def empty(cls, row_count: int) -> "Ragged":
        """Rows without entries."""
        return cls(np.zeros(row_count + 1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.ptr) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Entries of each row."""
        return np.diff(self.ptr)

    def row_of_entry(self) -> Ints:
        """The row that each entry belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)

    def pairs(self) -> npt.NDArray[np.int64]:
        """Each entry's (row, id) as one number, to find entries of one in another."""
        return self.row_of_entry().astype(np.int64) << 32 | self.ids

    def slice(self, start: int, stop: int) -> "Ragged":
        """Rows start..stop (without a copy of their entries)."""
        first, last = self.ptr[start], self.ptr[stop]
        return Ragged(self.ptr[start : stop + 1] - first, self.ids[first:last], self.values[first:last])

    def take(self, rows: npt.NDArray[np.int64]) -> "Ragged":
        """The given rows, in the given order."""
        lengths = self.lengths[rows]
        ptr = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(lengths, out=ptr[1:])
        entries = np.arange(ptr[-1]) + np.repeat(self.ptr[:-1][rows] - ptr[:-1], lengths)
        return Ragged(ptr, self.ids[entries], self.values[entries])

    def where(self, keep: npt.NDArray[np.bool_]) -> "Ragged":
        """Only the entries for which `keep` is true."""
        kept = np.zeros(len(keep) + 1, dtype=np.int64)
        np.cumsum(keep, out=kept[1:])
        return Ragged(kept[self.ptr], self.ids[keep], self.values[keep])

    def with_values(self, values: npt.NDArray[np.floating] | float) -> "Ragged":
        """The same entries with other values."""
        return Ragged(self.ptr, self.ids, np.broadcast_to(np.asarray(values, np.float32), self.ids.shape).copy())

    def last(self, count: int) -> "Ragged":
        """The last `count` entries of each row."""
        from_end = np.repeat(self.ptr[1:], self.lengths) - np.arange(len(self.ids))
        return self.where(from_end <= count)

    def transposed(self, row_count: int) -> "Ragged":
        """Entry (row, id) becomes entry (id, row); within a row, ids rise."""
        turned = sparse.csr_matrix((self.values, self.ids, self.ptr), (len(self), row_count)).tocsc()
        return Ragged(turned.indptr.astype(np.int64), turned.indices.astype(np.int32), turned.data)

    def padded(self, row_count: int) -> "Ragged":
        """The same rows followed by empty ones, `row_count` in all."""
        return Ragged(np.pad(self.ptr, (0, row_count - len(self)), mode="edge"), self.ids, self.values)

    def joined(self, other: "Ragged") -> "Ragged":
        """Each row followed by the other's row."""
        rows = np.concatenate([self.row_of_entry(), other.row_of_entry()])
        return Ragged.from_pairs(
            rows, np.concatenate([self.ids, other.ids]), np.concatenate([self.values, other.values]), len(self)
        )
