"""Merchandising: what the shop wants shown more, less, or in a certain place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models_py.arrays.index import Index
from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.columns import PRODUCT
from models_py.rules import tables as t
from models_py.tables import numbers, text

PIN = "pin"


@dataclass(frozen=True)
class Pin:
    """A product (by position) for a slot, from 0."""

    product: int
    slot: int


@dataclass(frozen=True)
class Wishes:
    """Pins in the order in which they are served, and what each product's relevance is multiplied by."""

    pins: tuple[Pin, ...]
    factors: Floats

    @classmethod
    def none(cls, products: int) -> "Wishes":
        """Every product as the model sees it."""
        return cls((), np.ones(products, np.float32))


def resolve(merchandising: pa.Table, products: Index) -> Wishes:
    """Resolve today's rules to products. Several factors of one product multiply.

    Raises:
        ValueError: naming the rule, when a pin has no position of at least 1 or another rule no factor of at least 0.
    """
    table = merchandising.sort_by([(t.POSITION, "ascending"), (t.RULE, "ascending"), (PRODUCT, "ascending")])
    product = products.positions(table[PRODUCT])
    is_pin = text(table, t.RULE_KIND) == PIN
    position, factor = numbers(table, t.POSITION, 0.0), numbers(table, t.FACTOR, -1.0)
    for rule, sound in zip(text(table, t.RULE), np.where(is_pin, position >= 1, factor >= 0), strict=True):
        if not sound:
            raise ValueError(f"merchandising rule '{rule}' has no position from 1 (a pin) or no factor from 0 (others)")
    known = product >= 0
    factors = np.ones(len(products), np.float32)
    np.multiply.at(factors, product[known & ~is_pin], factor[known & ~is_pin].astype(np.float32))
    pinned = np.flatnonzero(known & is_pin)
    return Wishes(tuple(Pin(int(product[i]), int(position[i]) - 1) for i in pinned), factors)


def pinned_products(pins: tuple[Pin, ...], in_stock: npt.NDArray[np.bool_], masked: Ragged, count: int) -> Ints:
    """Which pinned product stands in each slot of each row.

    A pin that a row must not be shown, or that is out of stock, leaves its slot to others. A slot that is taken, or
    beyond the list, sends a pin to the next free one, and when there is none it is dropped.

    Returns:
        (rows, count) product positions; -1 where no pin stands.
    """
    standing = np.full((len(masked), count), -1, np.int32)
    rows = np.arange(len(masked), dtype=np.int64)
    forbidden = masked.pairs()
    for pin in pins:
        if not in_stock[pin.product]:
            continue
        waiting = ~np.isin(rows << 32 | pin.product, forbidden) & ~(standing == pin.product).any(axis=1)
        for slot in range(min(pin.slot, count - 1), count):
            placed = waiting & (standing[:, slot] < 0)
            standing[placed, slot] = pin.product
            waiting &= ~placed
    return standing


def around_pins(ids: Ints, pinned: Ints) -> npt.NDArray[np.int64]:
    """What is not pinned keeps its order, in the slots that pins leave free.

    Args:
        ids: (rows, count) the list without pins, filled up with -1.
        pinned: (rows, count) as of `pinned_products`.

    Returns:
        (rows, count) for each slot, where in `ids` that stands which moves there; -1 where a pin stands or nothing is
        left.
    """
    count = ids.shape[1]
    stands_already = ((ids[:, :, None] == pinned[:, None, :]) & (ids >= 0)[:, :, None]).any(axis=2)
    is_left = (ids >= 0) & ~stands_already
    supply = np.argsort(~is_left, axis=1, kind="stable")
    supply = np.where(np.arange(count) < is_left.sum(axis=1, keepdims=True), supply, -1)
    is_free = pinned < 0
    turn = np.maximum(np.cumsum(is_free, axis=1) - 1, 0)
    return np.where(is_free, np.take_along_axis(supply, turn, axis=1), -1)
