"""Recommendations: exactly k products for every customer, each with its scores and its reason."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models_py import columns as c
from models_py.assemble import Dataset, assemble
from models_py.bucket_average import FittedBuckets, rows_in
from models_py.content_based import fit_concerns
from models_py.dataset import Snapshot
from models_py.hybrid import Hybrid, Ranking, blocks
from models_py.parts import BUCKET, COLLABORATIVE, CONCERNS, CONTENT, REPURCHASE
from models_py.ragged import Ragged
from models_py.ranking_features import FeatureSource
from models_py.reasons import DEFAULT_WORDING, Wording, explain
from models_py.repurchase import Repurchase
from models_py.scoring import best_entries
from models_py.tables import Tables
from models_py.training import TrainedRun

SCORE_COLUMNS = {
    "content_score": (CONTENT,),
    "collaborative_score": COLLABORATIVE,
    "bucket_score": (BUCKET,),
    "concern_score": (CONCERNS,),
    "repurchase_score": (REPURCHASE,),
}
SCHEMA = pa.schema(
    [
        (c.CUSTOMER, pa.string()),
        (c.RANK, pa.int32()),
        (c.PRODUCT, pa.string()),
        (c.SCORE, pa.float64()),
        *((name, pa.float64()) for name in SCORE_COLUMNS),
        ("reason_code", pa.string()),
        ("reason", pa.string()),
        ("evidence_product_id", pa.string()),
        (c.CONCERN, pa.string()),
        (c.MODEL_RUN, pa.string()),
    ]
)


class TooFewProductsError(ValueError):
    """A customer cannot be given as many products as everybody must get."""


def recommend(
    run: TrainedRun,
    tables: Tables,
    customer_ids: pa.Array | None = None,
    wording: Mapping[str, Wording] = DEFAULT_WORDING,
    progress: Callable[[str], None] = lambda _: None,
) -> pa.Table:
    """Recommend to the customers of (serving, serving), or to some of them.

    Never recommended: what the customer excluded, what is out of stock, and what the customer already bought unless
    it is due. When that leaves fewer products than wanted, products already bought fill the list; exclusions and
    stock never give way.

    Args:
        customer_ids: whom to recommend to; nobody else gets rows. None: everybody.
        wording: how each reason code is said.

    Returns:
        rows of `SCHEMA`, by customer and rank; customers in the order of a hash of their ids. A customer's score falls
        with rank; the part scores add up to it. Slots that no part had a product for have score 0.

    Raises:
        TooFewProductsError: naming a customer for whom stock and exclusions leave fewer products than wanted.
        ValueError: when a customer is not listed in `users` at (serving, serving).
    """
    data = assemble(tables, known_products=run.product_ids)
    snapshot = data.snapshot(c.SERVING, c.SERVING)
    hybrid = _for_catalogue(run, data)
    rows = np.flatnonzero(snapshot.present)
    if customer_ids is not None:
        rows = np.sort(data.customers.positions(customer_ids)).astype(np.int64)
        if len(rows) and (rows[0] < 0 or not snapshot.present[rows].all()):
            raise ValueError("recommendations were asked for a customer that the serving features do not list")
    tables_out = [SCHEMA.empty_table()]
    for block in blocks(rows):
        tables_out.append(_block(run, data, hybrid, snapshot.rows(block), data.customers.names[block], wording))
        progress(f"recommended to {sum(len(t) for t in tables_out) // run.config.recommend.count} of {len(rows)}")
    return pa.concat_tables(tables_out)


def _for_catalogue(run: TrainedRun, data: Dataset) -> Hybrid:
    """The run's model for today's catalogue, buckets and stock."""
    parts = dict(run.hybrid.parts)
    if isinstance(fitted := parts.get(BUCKET), FittedBuckets):
        parts[BUCKET] = fitted.aligned(rows_in(data.buckets, run.bucket_ids))
    # Neither learns from customers: both speak of the catalogue and the features as they are today.
    if CONCERNS in parts:
        parts[CONCERNS] = fit_concerns(data.catalogue)
    if REPURCHASE in parts:
        parts[REPURCHASE] = Repurchase(run.config.hybrid.repurchase, data.catalogue.in_stock)
    sales = run.hybrid.source.sales.padded(len(data.catalogue))
    source = FeatureSource(parts, sales, data.catalogue.terms, data.buckets.root)
    return Hybrid.of(source, run.hybrid.ranker, run.hybrid.per_part).among(data.catalogue.in_stock)


def _block(
    run: TrainedRun,
    data: Dataset,
    hybrid: Hybrid,
    customers: Snapshot,
    names: npt.NDArray[np.object_],
    wording: Mapping[str, Wording],
) -> pa.Table:
    count = run.config.recommend.count
    masked = _bought_and_not_due(hybrid, customers, run.config.recommend.due_products).joined(customers.excluded)
    ranking = hybrid.rank(customers, masked, count)
    _fill(ranking, hybrid, customers, masked, data, names)
    reasons = explain(ranking, customers, hybrid, data.catalogue, data.buckets, wording)
    size = len(customers) * count
    parts = sorted(hybrid.parts)
    concern_terms = data.catalogue.terms.get("concern")
    concern_names = concern_terms.names.names if concern_terms else np.empty(0, dtype=object)
    columns = {
        c.CUSTOMER: np.repeat(names, count),
        c.RANK: np.tile(np.arange(1, count + 1, dtype=np.int32), len(customers)),
        c.PRODUCT: data.catalogue.index.names[ranking.ids.ravel()],
        c.SCORE: _rounded(ranking.scores.ravel()),
        **{
            column: _rounded(ranking.contributions[:, :, np.isin(parts, made_of)].sum(axis=2).ravel())
            for column, made_of in SCORE_COLUMNS.items()
        },
        "reason_code": reasons.codes,
        "reason": reasons.sentences,
        "evidence_product_id": _named(reasons.evidence, data.catalogue.index.names),
        c.CONCERN: _named(reasons.concerns, concern_names),
        c.MODEL_RUN: np.full(size, run.run_id, dtype=object),
    }
    return pa.Table.from_pydict({name: pa.array(values) for name, values in columns.items()}).cast(SCHEMA)


def _bought_and_not_due(hybrid: Hybrid, customers: Snapshot, most_due: int) -> Ragged:
    """Everything bought, less the `most_due` products that are most likely bought again now."""
    repurchase = hybrid.parts.get(REPURCHASE)
    if not isinstance(repurchase, Repurchase):
        return customers.purchases
    due = repurchase.due_products(customers)
    likeliest = best_entries(due, most_due)
    likeliest = likeliest[likeliest >= 0]
    bought = customers.purchases
    return bought.where(~np.isin(bought.pairs(), due.pairs()[likeliest]))


def _fill(
    ranking: Ranking,
    hybrid: Hybrid,
    customers: Snapshot,
    masked: Ragged,
    data: Dataset,
    names: npt.NDArray[np.object_],
) -> None:
    """Fill empty slots in place: by the bucket's favourites, then any product in stock, then what was bought before."""
    buckets = hybrid.parts.get(BUCKET)
    in_stock = data.catalogue.in_stock
    for row in np.flatnonzero((ranking.ids < 0).any(axis=1)).tolist():
        favourites = np.arange(len(in_stock))
        if isinstance(buckets, FittedBuckets):
            favourites = np.argsort(-buckets.scores[customers.buckets[row]], kind="stable")
        favourites = favourites[in_stock[favourites]]
        excluded = customers.excluded.slice(row, row + 1).ids
        allowed = favourites[~np.isin(favourites, np.concatenate([excluded, ranking.ids[row]]))]
        is_new = ~np.isin(allowed, masked.slice(row, row + 1).ids)
        supply = np.concatenate([allowed[is_new], allowed[~is_new]])
        empty = np.flatnonzero(ranking.ids[row] < 0)
        if len(supply) < len(empty):
            raise TooFewProductsError(
                f"customer {names[row]} can be given only {ranking.ids.shape[1] - len(empty) + len(supply)} of "
                f"{ranking.ids.shape[1]} products: {int(in_stock.sum())} are in stock, {len(excluded)} are excluded"
            )
        ranking.ids[row, empty] = supply[: len(empty)]


def _named(positions: npt.NDArray[np.int32], names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Names of positions; None for -1."""
    return np.array([*names, None], dtype=object)[positions]


def _rounded(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Scores to read: six decimals."""
    return values.astype(np.float64).round(6)
