"""The lines of a block of text, as arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True)
class Lines:
    """Where the lines of a block lie, empty ones left out.

    Attributes:
        block: whole lines, each ending in a line feed.
        starts, ends: int32 arrays of shape (lines,), byte positions; a line includes its line feed.
    """

    block: bytes
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    @classmethod
    def of(cls, block: bytes) -> "Lines":
        """Finds the lines of a block smaller than 2 GB."""
        characters = np.frombuffer(block, dtype=np.uint8)
        ends = (np.flatnonzero(characters == ord("\n")) + 1).astype(np.int32)
        starts = np.concatenate([[0], ends])[:-1].astype(np.int32)
        is_empty = (ends - starts == 1) | ((ends - starts == 2) & (characters[starts] == ord("\r")))
        return cls(block, starts[~is_empty], ends[~is_empty])

    def __len__(self) -> int:
        return len(self.starts)

    def count(self, character: str) -> npt.NDArray[np.int64]:
        """How often each line holds an ASCII character; shape (lines,)."""
        positions = np.flatnonzero(np.frombuffer(self.block, dtype=np.uint8) == ord(character))
        return np.searchsorted(positions, self.ends) - np.searchsorted(positions, self.starts)

    def texts(self) -> list[str]:
        """The lines as Python texts, with their line feeds."""
        return [self.block[start:end].decode() for start, end in zip(self.starts, self.ends, strict=True)]

    def to_arrow(self) -> pa.Array:
        """The lines as an Arrow text array; it shares the block's memory when no line was left out."""
        if len(self) and self.starts[0] == 0 and np.array_equal(self.starts[1:], self.ends[:-1]):
            offsets = np.append(self.starts, self.ends[-1])
            return pa.Array.from_buffers(
                pa.string(), len(self), [None, pa.py_buffer(offsets), pa.py_buffer(self.block)]
            )
        return pa.array(self.texts(), pa.string())
