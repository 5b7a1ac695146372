"""Conflicting actives: what must not, or should not, be shown beside what a customer uses now.

The warehouse says which side of which conflict a customer should not be offered, because of which product in use, and
which products stand on that side. Here the two meet, as in `exclusions.py`; a product never conflicts with itself.
"""

from dataclasses import dataclass
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py.index import Index
from models_py.ragged import Ints, Ragged
from models_py.rules import tables as t
from models_py.tables import text

AVOID = "avoid"
CAUTION = "caution"


@dataclass(frozen=True)
class Case:
    """Why care is needed: what happens, in a sentence, and the position of the product in use."""

    reason: str
    in_use: int


@dataclass(frozen=True)
class Conflicts:
    """What a customer should not be shown, or only with a word of caution.

    Attributes:
        forbidden: customers x products, those of severity avoid.
        cautions: customers x products, those of severity caution; the values are positions in `cases`.
        cases: the distinct cases of caution.
    """

    forbidden: Ragged
    cautions: Ragged
    cases: tuple[Case, ...]


def resolve(user_conflicts: pa.Table, conflict_products: pa.Table, customers: Index, products: Index) -> Conflicts:
    """Resolve the conflicts of one (protocol, split) to products.

    Where a product conflicts with several in use, the caution names the first by the ids of conflict and product.
    """
    in_order = user_conflicts.sort_by([(t.CONFLICT, "ascending"), (t.EVIDENCE_PRODUCT, "ascending")])
    sides = Index.of(_key(conflict_products, t.SIDE), _key(in_order, t.CONFLICTING_SIDE))
    members = Ragged.from_pairs(
        sides.positions(_key(conflict_products, t.SIDE)), products.positions(conflict_products["product_id"]), 1.0,
        len(sides),
    )  # fmt: skip
    members = members.where(members.ids >= 0)
    offered = members.take(sides.positions(_key(in_order, t.CONFLICTING_SIDE)).astype(np.int64))
    customer = np.repeat(customers.positions(in_order["customer_id"]), offered.lengths)
    in_use = products.positions(in_order[t.EVIDENCE_PRODUCT])
    kept = (customer >= 0) & (offered.ids != np.repeat(in_use, offered.lengths))
    is_avoid = text(in_order, t.SEVERITY) == AVOID
    avoided = np.repeat(is_avoid, offered.lengths)

    told = [Case(*case) for case in zip(text(in_order, t.CONFLICT_REASON), in_use.tolist(), strict=True)]
    place = {case: position for position, case in enumerate(dict.fromkeys(compress(told, ~is_avoid)))}
    case_of_entry = np.repeat(np.array([place.get(case, -1) for case in told], np.int32), offered.lengths)
    nothing = np.zeros(len(offered.ids), np.int32)
    return Conflicts(
        forbidden=_first(customer, offered.ids, nothing, kept & avoided, len(customers)),
        cautions=_first(customer, offered.ids, case_of_entry, kept & ~avoided, len(customers)),
        cases=tuple(place),
    )


def _first(rows: Ints, ids: Ints, values: Ints, kept: np.ndarray[tuple[int], np.dtype[np.bool_]], count: int) -> Ragged:
    """The kept (row, id, value), the first of each (row, id)."""
    _, first = np.unique(rows[kept].astype(np.int64) << 32 | ids[kept], return_index=True)
    return Ragged.from_pairs(rows[kept][first], ids[kept][first], values[kept][first], count)


def _key(table: pa.Table, side: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table[t.CONFLICT].cast(pa.string()), table[side].cast(pa.string()), "/")


def values_at(known: Ragged, ids: Ints) -> Ints:
    """The value of each (row, id) that `known` holds, as a whole number; -1 for the others.

    Args:
        known: with values that are whole numbers from 0, sorted by id within each row.
        ids: (rows, any), -1 for none.
    """
    values = np.full(ids.shape, -1, np.int32)
    if not len(known.ids):
        return values
    keys = known.pairs()
    wanted = np.arange(len(ids), dtype=np.int64)[:, None] << 32 | np.maximum(ids, 0)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = (keys[place] == wanted) & (ids >= 0)
    values[found] = known.values[place[found]].astype(np.int32)
    return values
