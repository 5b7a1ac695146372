"""The audit of hard rules: what customers would have been recommended, had nothing been kept from them."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from models_py import columns as c
from models_py.rules.tables import RuleTables
from models_py.serving import Serving
from models_py.tables import Tables
from models_py.training import TrainedRun

SCHEMA = pa.schema(
    [(c.CUSTOMER, pa.string()), (c.PRODUCT, pa.string()), (c.RANK, pa.int32()), (c.MODEL_RUN, pa.string())]
)


def blocked(
    run: TrainedRun,
    tables: Tables,
    rules: RuleTables,
    customer_ids: pa.Array | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> pa.Table:
    """Rank once more for customers who avoid something, without exclusions and conflicts.

    Stock, what was just bought and what was disliked are left as they are: nobody needs evidence for them.

    Returns:
        rows of `SCHEMA`: products that must not be shown, and the rank that each would have had. The evidence is in the
        features that forbade them.
    """
    serving = Serving.of(run, tables, rules)
    rows = serving.positions(customer_ids)
    avoids = serving.snapshot.excluded.lengths + serving.book.conflicts.forbidden.lengths > 0
    rows = rows[avoids[rows]]
    found = [SCHEMA.empty_table()]
    for asked in serving.asked(rows):
        masked = serving.unwanted(asked.customers)
        ids = serving.lists(asked, masked)[1].ids
        pairs = np.arange(len(ids), dtype=np.int64)[:, None] << 32 | ids
        row, slot = np.nonzero(np.isin(pairs, asked.forbidden.pairs()) & (ids >= 0))
        columns = {
            c.CUSTOMER: asked.book.customers[row],
            c.PRODUCT: asked.book.products[ids[row, slot]],
            c.RANK: (slot + 1).astype(np.int32),
            c.MODEL_RUN: np.full(len(row), run.run_id, dtype=object),
        }
        found.append(pa.table({name: pa.array(values, SCHEMA.field(name).type) for name, values in columns.items()}))
    progress(f"kept {sum(map(len, found))} products from {len(rows)} customers who avoid something")
    return pa.concat_tables(found)
