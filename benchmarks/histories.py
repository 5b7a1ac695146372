"""Purchase histories to benchmark on: read from a file, or drawn from a seed with a shop's heavy tails.

Numpy alone is imported, so that any interpreter that has a contender's library can read them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Spread of history lengths on the log scale: a tenth of the customers makes about a third of the purchases.
LENGTH_SIGMA = 0.84
# Purchases of the product of rank r fall as 1 / (r + offset): Zipf's law, with a flat top as in real shops.
RANK_OFFSET = 30


@dataclass(frozen=True)
class Histories:
    """Customer c bought `items[ptr[c]:ptr[c + 1]]`, oldest first, each product once.

    Attributes:
        ptr: int64, customers + 1.
        items: int32, purchases.
        item_count: size of the catalogue.
    """

    ptr: npt.NDArray[np.int64]
    items: npt.NDArray[np.int32]
    item_count: int

    def __len__(self) -> int:
        return len(self.ptr) - 1

    @property
    def longest(self) -> int:
        """Length of the longest history."""
        return int(np.diff(self.ptr).max(initial=0))

    def customers(self) -> npt.NDArray[np.int64]:
        """The customer of each purchase."""
        return np.repeat(np.arange(len(self)), np.diff(self.ptr))

    def matrix(self, dtype: npt.DTypeLike = np.float64) -> Any:
        """Customers x products, 1 where bought, as a scipy CSR matrix."""
        from scipy import sparse

        ones = np.ones(len(self.items), dtype)
        matrix = sparse.csr_matrix((ones, self.items, self.ptr.astype(np.int32)), (len(self), self.item_count))
        matrix.sort_indices()
        return matrix

    def describe(self) -> str:
        """Sizes, for a heading."""
        return f"{len(self):,} customers, {self.item_count:,} products, {len(self.items):,} purchases"

    def head(self, customers: int) -> "Histories":
        """The first customers only."""
        ptr = self.ptr[: customers + 1]
        return Histories(ptr, self.items[: ptr[-1]], self.item_count)

    def save(self, path: Path) -> None:
        """Write to `path` (.npz)."""
        np.savez(path, ptr=self.ptr, items=self.items, item_count=self.item_count)

    @classmethod
    def load(cls, path: Path) -> "Histories":
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(arrays["ptr"], arrays["items"], int(arrays["item_count"]))


def from_pairs(
    customers: npt.NDArray[np.int64], items: npt.NDArray[np.int64], customer_count: int, item_count: int
) -> Histories:
    """Group (customer, product) pairs, which stand oldest first within a customer."""
    order = np.argsort(customers, kind="stable")
    ptr = np.zeros(customer_count + 1, np.int64)
    np.cumsum(np.bincount(customers, minlength=customer_count), out=ptr[1:])
    return Histories(ptr, items[order].astype(np.int32), item_count)


def read(path: Path) -> Histories:
    """Read a text file with one customer a line: `customer product product …`, oldest first, whitespace between.

    Raises:
        ValueError: a line lists no product.
    """
    customers: list[str] = []
    products: list[str] = []
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        words = line.split()
        if len(words) < 2:
            raise ValueError(f"{path}, line {number + 1}: expected a customer and at least one product")
        distinct = list(dict.fromkeys(words[1:]))
        customers += [number] * len(distinct)
        products += distinct
    names, items = np.unique(products, return_inverse=True)
    return from_pairs(np.array(customers), items, len(lines), len(names))


def generate(customers: int, items: int, purchases: int, seed: int) -> Histories:
    """Draw histories: log-normal lengths (at least 1), Zipf popularity, no product twice in a history.

    The result is within a thousandth of `purchases`, and the same for the same arguments.

    Raises:
        ValueError: there are not enough purchases for everybody, or not enough products for so many purchases.
    """
    if purchases < customers or purchases > customers * items / 10:
        raise ValueError("purchases must be at least one a customer, and at most a tenth of customers x products")
    rng = np.random.default_rng(seed)
    lengths = rng.lognormal(0.0, LENGTH_SIGMA, customers)
    lengths = np.clip(np.rint(lengths * purchases / lengths.sum()), 1, items // 4).astype(np.int64)
    share = 1.0 / (np.arange(items) + RANK_OFFSET)
    cumulated = np.cumsum(share / share.sum())
    pairs = np.zeros(0, np.int64)
    missing = lengths
    while missing.sum() > purchases // 1000:
        owner = np.repeat(np.arange(customers), missing)
        rank = np.minimum(np.searchsorted(cumulated, rng.random(len(owner))), items - 1)
        pairs = np.unique(np.concatenate([pairs, owner * items + rank]))
        missing = lengths - np.bincount(pairs // items, minlength=customers)
    # In the order of their making, pairs would stand by popularity; histories stand in a random order of time.
    pairs = rng.permutation(pairs)
    return from_pairs(pairs // items, rng.permutation(items)[pairs % items], customers, items)
