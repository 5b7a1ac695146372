"""Hard exclusions: which products a customer must never be shown.

The warehouse resolves searches ("no parabens") and declared allergies to exclusions, and exclusions to products (by
synonyms and families; products whose ingredients are unknown count as containing them). Here the two meet.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.arrays.index import Index
from models_py.arrays.ragged import Ragged
from models_py.tables import Tables, at


def excluded_products(tables: Tables, protocol: str, split: str, customers: Index, products: Index) -> Ragged:
    """Customers x products that one of their exclusions forbids, as of (protocol, split).

    Returns:
        one row a customer, products rising, values 1.
    """
    wished = at(tables.user_exclusions, protocol, split)
    kinds = Index.of(_key(tables.exclusion_products), _key(wished))
    exclusion = Ragged.from_pairs(
        kinds.positions(_key(tables.exclusion_products)),
        products.positions(tables.exclusion_products[c.PRODUCT]),
        1.0,
        len(kinds),
    )
    exclusion = exclusion.where(exclusion.ids >= 0)
    customer, kind = customers.positions(wished[c.CUSTOMER]), kinds.positions(_key(wished))
    customer, kind = customer[customer >= 0], kind[customer >= 0]
    forbidden = exclusion.take(kind.astype(np.int64))
    pairs = np.repeat(customer.astype(np.int64), forbidden.lengths) * len(products) + forbidden.ids
    distinct = np.unique(pairs)
    return Ragged.from_pairs(distinct // max(len(products), 1), distinct % max(len(products), 1), 1.0, len(customers))


def _key(table: pa.Table) -> pa.ChunkedArray:
    parts = [table[name].cast(pa.string()) for name in (c.EXCLUSION_KIND, c.EXCLUSION)]
    return pc.binary_join_element_wise(*parts, "/")
