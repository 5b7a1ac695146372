"""Who and what an evaluation is broken down by."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models_py.arrays.ragged import Ragged
from models_py.data.dataset import Flags, Snapshot

ALL = "all"
REPEAT = "repeat"
# Bounds of history length: the fewest purchases of a medium and of a heavy customer.
MEDIUM_HISTORY = 5
HEAVY_HISTORY = 10
# A head product belongs to the best-sellers that make up this share of purchases.
HEAD_SHARE = 0.5


@dataclass(frozen=True)
class Slice:
    """A part of the evaluation: some customers, and those of their targets that count."""

    name: str
    customers: Flags
    targets: Flags


def everybody(customers: Snapshot, name: str = ALL) -> Slice:
    """All customers, and all their targets."""
    return Slice(name, np.ones(len(customers), np.bool_), np.ones(len(customers.targets.ids), np.bool_))


def slices(customers: Snapshot, fitted_on: Snapshot, products: int) -> Iterator[Slice]:
    """Everybody; by history (none, light, medium, heavy); by skin type; by how much the target was sold.

    And, where the shop tells of events, those who bought what they had looked at, saved or put into the cart before.

    Args:
        customers: those evaluated, with their targets.
        fitted_on: what the parts were fitted on: decides what is a head, tail or cold (never sold) product.
    """
    yield everybody(customers)
    every_target = np.ones(len(customers.targets.ids), np.bool_)
    bought = customers.purchases.lengths
    by_history = {
        "history_none": bought == 0,
        "history_light": (bought > 0) & (bought < MEDIUM_HISTORY),
        "history_medium": (bought >= MEDIUM_HISTORY) & (bought < HEAVY_HISTORY),
        "history_heavy": bought >= HEAVY_HISTORY,
    }
    for name, members in by_history.items():
        yield Slice(name, members, every_target)
    for skin_type in sorted(set(customers.skin_types) - {""}):
        yield Slice(f"skin_type_{skin_type}", np.asarray(customers.skin_types == skin_type), every_target)
    sold = np.bincount(fitted_on.purchases.ids, minlength=products)
    head = _head(sold)
    by_sales = {"target_head": head, "target_tail": (sold > 0) & ~head, "target_cold": sold == 0}
    for name, wanted in by_sales.items():
        targets = wanted[customers.targets.ids]
        yield Slice(name, _with_any(customers.targets, targets), targets)
    if customers.events:
        looked_at = np.concatenate([counts.pairs() for counts in customers.events.values()])
        targets = np.isin(customers.targets.pairs(), looked_at)
        yield Slice("target_looked_at", _with_any(customers.targets, targets), targets)


def _head(sold: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Flags:
    """The fewest best-sellers that make up `HEAD_SHARE` of sales, and all that sold as much as the last of them."""
    ordered = np.sort(sold)[::-1]
    last = int(np.searchsorted(np.cumsum(ordered), HEAD_SHARE * sold.sum()))
    return np.asarray((sold >= ordered[min(last, len(ordered) - 1)]) & (sold > 0))


def _with_any(targets: Ragged, wanted: Flags) -> Flags:
    return np.asarray(np.bincount(targets.row_of_entry(), weights=wanted, minlength=len(targets)) > 0)
