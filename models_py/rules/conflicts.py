"""Conflicting actives: what must not, or should not, be shown beside what a customer uses now.

The warehouse says which side of which conflict a customer should not be offered, because of which product in use, and
which products stand on that side. Here the two meet, as in `exclusions.py`; a product never conflicts with itself.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.arrays.index import Index
from models_py.arrays.ragged import Ints, Ragged
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
    is_avoid = pc.equal(in_order[t.SEVERITY], AVOID)
    strict, mild = in_order.filter(is_avoid), in_order.filter(pc.invert(is_avoid))
    in_use = products.positions(mild[t.EVIDENCE_PRODUCT]).tolist()
    told = [Case(*case) for case in zip(text(mild, t.CONFLICT_REASON), in_use, strict=True)]
    place = {case: position for position, case in enumerate(dict.fromkeys(told))}
    case_of_row = np.array([place[case] for case in told], np.int32)
    return Conflicts(
        forbidden=_offered(strict, np.zeros(len(strict), np.int32), conflict_products, customers, products),
        cautions=_offered(mild, case_of_row, conflict_products, customers, products),
        cases=tuple(place),
    )


def _offered(
    user_conflicts: pa.Table, values: Ints, conflict_products: pa.Table, customers: Index, products: Index
) -> Ragged:
    """Customers x products on the conflicting sides; the value is that of the first row that says so.

    Args:
        values: one a row of `user_conflicts`.
    """
    side = _key(user_conflicts, t.CONFLICTING_SIDE)
    sides = Index.of(side)
    side_of_product = sides.positions(_key(conflict_products, t.SIDE))
    concerned = side_of_product >= 0
    product = products.positions(conflict_products[c.PRODUCT])
    members = Ragged.from_pairs(side_of_product[concerned], product[concerned], 1.0, len(sides))
    offered = members.take(sides.positions(side).astype(np.int64))
    customer = np.repeat(customers.positions(user_conflicts[c.CUSTOMER]), offered.lengths)
    in_use = np.repeat(products.positions(user_conflicts[t.EVIDENCE_PRODUCT]), offered.lengths)
    kept = np.flatnonzero((customer >= 0) & (offered.ids >= 0) & (offered.ids != in_use))
    _, first = np.unique(customer[kept].astype(np.int64) << 32 | offered.ids[kept], return_index=True)
    kept = kept[first]
    return Ragged.from_pairs(
        customer[kept], offered.ids[kept], np.repeat(values, offered.lengths)[kept], len(customers)
    )


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
