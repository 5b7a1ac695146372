"""Recommendations: exactly k products for every customer, each with its scores and its reason."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models_py import columns as c
from models_py.arrays.ragged import Ragged
from models_py.parts.bucket_average import FittedBuckets
from models_py.parts.names import BUCKET, COLLABORATIVE, CONCERNS, CONTENT, REPURCHASE
from models_py.ranking.hybrid import Ranking
from models_py.reasons import COMPLETES_ROUTINE, DEFAULT_WORDING, Wording, explain, titles
from models_py.rules.apply import EXPLORATION, MOVERS, Ruled
from models_py.rules.conflicts import values_at
from models_py.rules.tables import ROUTINE_STEP, RuleTables
from models_py.serving import Asked, Serving
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
        ("rule_score", pa.float64()),
        ("reason_code", pa.string()),
        ("reason", pa.string()),
        ("evidence_product_id", pa.string()),
        (c.CONCERN, pa.string()),
        (ROUTINE_STEP, pa.string()),
        ("caution", pa.string()),
        ("model_rank", pa.int32()),
        ("moved_by", pa.string()),
        ("is_exploration", pa.bool_()),
        ("propensity", pa.float64()),
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
    rules: RuleTables | None = None,
) -> pa.Table:
    """Recommend to the customers of (serving, serving), or to some of them.

    Never recommended: what the customer excluded, what conflicts with what is in use, what is out of stock, and what
    the customer already bought unless it is due, or gave the fewest stars. When that leaves fewer products than wanted,
    products already bought or disliked fill the list; exclusions, conflicts and stock never give way.

    Args:
        customer_ids: whom to recommend to; nobody else gets rows. None: everybody.
        wording: how each reason code is said.
        rules: what the rules know; None: no conflicts, no routines, no merchandising.

    Returns:
        rows of `SCHEMA`, by customer and rank; customers in the order of a hash of their ids. A customer's score falls
        with rank; the part scores and the rules' score add up to it. Slots that no part had a product for have part
        scores of 0.

    Raises:
        TooFewProductsError: naming a customer for whom too few products are left.
        ValueError: when a customer is not listed in `users` at (serving, serving).
    """
    return recommend_from(Serving.of(run, tables, rules or RuleTables.none()), customer_ids, wording, progress)


def recommend_from(
    serving: Serving,
    customer_ids: pa.Array | None = None,
    wording: Mapping[str, Wording] = DEFAULT_WORDING,
    progress: Callable[[str], None] = lambda _: None,
) -> pa.Table:
    """The same from a model that is open already.

    Raises:
        TooFewProductsError, ValueError: as for `recommend`.
    """
    rows = serving.positions(customer_ids)
    tables_out = [SCHEMA.empty_table()]
    for asked in serving.asked(rows):
        tables_out.append(_block(serving, asked, wording))
        progress(
            f"recommended to {sum(len(t) for t in tables_out) // serving.run.config.recommend.count} of {len(rows)}"
        )
    return pa.concat_tables(tables_out)


def _block(serving: Serving, asked: Asked, wording: Mapping[str, Wording]) -> pa.Table:
    data, hybrid, book, count = serving.data, serving.hybrid, asked.book, serving.run.config.recommend.count
    forbidden = asked.forbidden
    masked = serving.unwanted(asked.customers).joined(forbidden)
    shortlist, ruled = serving.lists(asked, masked)
    ranking = Ranking(ruled.ids, ruled.scores, shortlist.explained(ruled.entries))
    _fill(ranking, serving, asked, masked, forbidden)
    movers = np.array(MOVERS, dtype=object)[ruled.moved_by]
    step = np.append(book.step_of_product, np.int32(-1))[ranking.ids.ravel()]
    said = explain(
        ranking,
        asked.customers,
        hybrid,
        data.catalogue,
        data.buckets,
        wording,
        movers.ravel(),
        _named(step, book.steps),
    )
    parts = sorted(hybrid.parts)
    concern_terms = data.catalogue.terms.get("concern")
    concern_names = concern_terms.names.names if concern_terms else np.empty(0, dtype=object)
    columns = {
        c.CUSTOMER: np.repeat(book.customers, count),
        c.RANK: np.tile(np.arange(1, count + 1, dtype=np.int32), len(asked.customers)),
        c.PRODUCT: data.catalogue.index.names[ranking.ids.ravel()],
        c.SCORE: _rounded(ranking.scores),
        **{
            column: _rounded(ranking.contributions[:, :, np.isin(parts, made_of)].sum(axis=2))
            for column, made_of in SCORE_COLUMNS.items()
        },
        "rule_score": _rounded(ruled.rule_scores),
        "reason_code": said.codes,
        "reason": said.sentences,
        "evidence_product_id": _named(said.evidence, data.catalogue.index.names),
        c.CONCERN: _named(said.concerns, concern_names),
        ROUTINE_STEP: _named(np.where(said.codes == COMPLETES_ROUTINE, step, np.int32(-1)), book.step_ids),
        "caution": _cautions(ranking, serving, asked),
        **_moves(ruled, movers),
        c.MODEL_RUN: np.full(len(said.codes), serving.run.run_id, dtype=object),
    }
    return pa.Table.from_pydict({name: pa.array(values) for name, values in columns.items()}).cast(SCHEMA)


def _fill(ranking: Ranking, serving: Serving, asked: Asked, masked: Ragged, forbidden: Ragged) -> None:
    """Fill empty slots in place: by the bucket's favourites, then any product in stock, then what was bought before."""
    buckets = serving.hybrid.parts.get(BUCKET)
    in_stock = serving.data.catalogue.in_stock
    for row in np.flatnonzero((ranking.ids < 0).any(axis=1)).tolist():
        favourites = np.arange(len(in_stock))
        if isinstance(buckets, FittedBuckets):
            favourites = np.argsort(-buckets.scores[asked.customers.buckets[row]], kind="stable")
        favourites = favourites[in_stock[favourites]]
        never = forbidden.slice(row, row + 1).ids
        allowed = favourites[~np.isin(favourites, np.concatenate([never, ranking.ids[row]]))]
        is_new = ~np.isin(allowed, masked.slice(row, row + 1).ids)
        supply = np.concatenate([allowed[is_new], allowed[~is_new]])
        empty = np.flatnonzero(ranking.ids[row] < 0)
        if len(supply) < len(empty):
            raise TooFewProductsError(
                f"customer {asked.book.customers[row]} can be given only "
                f"{ranking.ids.shape[1] - len(empty) + len(supply)} of {ranking.ids.shape[1]} products: "
                f"{int(in_stock.sum())} are in stock, {len(np.unique(never))} are excluded or conflict"
            )
        ranking.ids[row, empty] = supply[: len(empty)]


def _cautions(ranking: Ranking, serving: Serving, asked: Asked) -> npt.NDArray[np.object_]:
    """A sentence for each row that should be used with care beside what is in use; None for the others."""
    conflicts = asked.book.conflicts
    titled = titles(serving.data.catalogue) if conflicts.cases else []
    sentences = [f"You use {titled[case.in_use]}. {case.reason}" for case in conflicts.cases]
    return _named(values_at(conflicts.cautions, ranking.ids).ravel(), np.array(sentences, dtype=object))


def _moves(ruled: Ruled, movers: npt.NDArray[np.object_]) -> dict[str, pa.Array]:
    """Where the model alone would have put each row, which rule put it elsewhere, and with what probability."""
    rank, mover = ruled.model_ranks.ravel(), movers.ravel()
    return {
        "model_rank": pa.array(rank, mask=rank == 0),
        "moved_by": pa.array(mover, mask=mover == ""),
        "is_exploration": pa.array(mover == EXPLORATION, pa.bool_()),
        "propensity": pa.array(ruled.propensity.ravel()),
    }


def _named(positions: npt.NDArray[np.int32], names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Names of positions; None for -1."""
    return np.array([*names, None], dtype=object)[positions]


def _rounded(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Scores to read: six decimals."""
    return values.ravel().astype(np.float64).round(6)
