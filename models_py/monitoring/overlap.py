"""How alike two ranked lists are: Jaccard, and rank-biased overlap, which cares more for the top."""

import numpy as np
import pandas as pd
import pyarrow as pa

from models_py import columns as c
from models_py.monitoring.profile import Longs
from models_py.ranking.metrics import Doubles

# How far a customer is taken to read on: with 0.9 the first ten places carry 86 % of the weight (Webber et al.).
PERSISTENCE = 0.9

OVERLAP_SCHEMA = pa.schema(
    [(c.CUSTOMER, pa.string()), ("jaccard", pa.float64()), ("rank_biased_overlap", pa.float64())]
)


def list_overlap(before: pa.Table, after: pa.Table, persistence: float = PERSISTENCE) -> pa.Table:
    """Compare the lists of every customer who has one in both tables.

    Args:
        before: customer_id, rank (from 1, without gaps) and product_id; a product stands once in a list.
        after: the same.
        persistence: `p` of rank-biased overlap, above 0 and below 1.

    Returns:
        rows of `OVERLAP_SCHEMA` ordered by customer. `jaccard` is the share of the products of either list that stand
        in both. `rank_biased_overlap` is RBO_ext (Webber, Moffat & Zobel 2010, "A Similarity Measure for Indefinite
        Rankings", eq. 32), evaluated to the depth of the longer list; both are 1 for equal and 0 for disjoint lists.

    Raises:
        ValueError: `persistence` is not between 0 and 1.
    """
    if not 0.0 < persistence < 1.0:
        raise ValueError(f"persistence must lie between 0 and 1, not at {persistence}.")
    first, second = (_frame(lists) for lists in (before, after))
    sizes = pd.concat([first.groupby(c.CUSTOMER).size(), second.groupby(c.CUSTOMER).size()], axis=1, join="inner")
    sizes.columns = pd.Index(["before", "after"])
    sizes = sizes.sort_index()
    common = first.merge(second, on=[c.CUSTOMER, c.PRODUCT], suffixes=("_before", "_after"))
    common = common[common[c.CUSTOMER].isin(sizes.index)]
    row = sizes.index.get_indexer(pd.Index(common[c.CUSTOMER]))
    shared = np.bincount(row, minlength=len(sizes)).astype(np.float64)
    short, long = sizes.min(axis=1).to_numpy(np.int64), sizes.max(axis=1).to_numpy(np.int64)
    deeper = common[[f"{c.RANK}_before", f"{c.RANK}_after"]].max(axis=1).to_numpy(np.int64)
    agreement = _agreement(row, deeper, short, long, shared, persistence)
    either = sizes.to_numpy(np.float64).sum(axis=1) - shared
    return pa.table([pa.array(sizes.index.astype(object), pa.string()), shared / either, agreement],
                    schema=OVERLAP_SCHEMA)  # fmt: skip


def _agreement(row: Longs, deeper: Longs, short: Longs, long: Longs, shared: Doubles, p: float) -> Doubles:
    """RBO_ext of each pair of lists: a product counts from the depth at which both lists have shown it.

    Args:
        row: (common products,) the pair of lists.
        deeper: (common products,) the larger of its two ranks.
        short: (pairs,) length of the shorter list.
        long: (pairs,) length of the longer list.
        shared: (pairs,) how many products both lists hold.
        p: the persistence.
    """
    depths = np.arange(1, int(long.max(initial=0)) + 1)
    until = np.concatenate([[0.0], np.cumsum(p**depths / depths)])
    # Each common product adds p^d / d at every depth d from `deeper` down to the end of the longer list.
    summed = np.bincount(row, until[long[row]] - until[deeper - 1], len(long))
    within_short = np.bincount(row, deeper <= short[row], len(long))
    # Below its end, the shorter list is taken to agree as much as it did there.
    beyond = within_short / short * _tail(short, long, p) - within_short * (until[long] - until[short])
    at_end = (shared - within_short) / long + within_short / short
    found: Doubles = (1.0 - p) / p * (summed + beyond) + at_end * p**long
    return found


def _tail(short: Longs, long: Longs, p: float) -> Doubles:
    """The sum of p^d over depths from `short` + 1 to `long`."""
    tail: Doubles = (p ** (short + 1.0) - p ** (long + 1.0)) / (1.0 - p)
    return tail


def _frame(lists: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = lists.select([c.CUSTOMER, c.RANK, c.PRODUCT]).to_pandas()
    return frame
