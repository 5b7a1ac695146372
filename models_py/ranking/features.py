"""What the learned ranker sees of each candidate.

What the parts say (score, place, share of the customer's best score); how the purchases are linked to the candidate,
the latest and the strongest link apart; how the candidate sold before the customer's last purchase; how the customer's
brands and categories agree with it. Every feature speaks for one part, so that a score can be traced back to parts.

Popularity and product age are counted from sales before the day of the customer's last purchase. The overall sales of
a product are not among the features, and the bucket part enters as a ratio to everybody's average only: together
with the earlier sales, either would tell how the product sold *after* the customer's cutoff. For the same reason
`lambdamart.py` adds the score of the linear blend without its bucket part.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models_py.arrays import ranking_kernels
from models_py.arrays.parallel import over_rows
from models_py.arrays.ragged import Floats, Ragged
from models_py.arrays.scoring import links, places
from models_py.data.dataset import BucketTree, Catalogue, Snapshot, Terms
from models_py.parts.bucket_average import FittedBuckets
from models_py.parts.names import BUCKET, CONTENT, INTEREST, ITEM_TO_ITEM
from models_py.parts.part import NeighbourPart, Part, recency_weights
from models_py.ranking import product_sales
from models_py.ranking.candidates import Candidates
from models_py.ranking.product_sales import ProductSales, last_purchase_days

# Days before the customer's last purchase in which sales are counted.
WINDOWS = (30, 90, 365)
# Kinds of terms whose agreement with the customer's purchases is measured, and how these fade.
AGREEMENT_KINDS = ("brand", "category")
AGREEMENT_DECAY = 0.8
# Parts whose scores are left out, for the reason that the module states or because training never sees them speak:
# repurchases are masked, and concerns decide for customers without purchases, whom the linear blend ranks. Interest is
# counted up to the cutoff: a lesson that asks for an earlier purchase would see the visit in which it was made.
SILENT = (BUCKET, "concerns", "repurchase", INTEREST)

# Name, part, values.
Column = tuple[str, str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Features:
    """Features of candidates.

    Attributes:
        names: of the columns.
        parts: the part that each column speaks for.
        values: (pairs, columns) float32, each column contiguous; nan where nothing is known.
    """

    names: tuple[str, ...]
    parts: tuple[str, ...]
    values: Floats

    @classmethod
    def of(cls, columns: Iterable[Column]) -> "Features":
        """Collect columns. Written one after the other: filling rows takes five times longer."""
        names, parts, values = zip(*columns, strict=True)
        table = np.empty((len(values), len(values[0])), np.float32)
        for row, value in zip(table, values, strict=True):
            row[:] = value
        return cls(names, parts, table.T)


@dataclass(frozen=True)
class FeatureSource:
    """Everything fitted that features are computed from.

    Attributes:
        parts: fitted parts by name.
        sales: of the purchases that the parts were fitted on.
        terms: of the catalogue, by kind.
        root: position of the bucket of everybody.
    """

    parts: Mapping[str, Part]
    sales: ProductSales
    terms: Mapping[str, Terms]
    root: int

    def columns(self, customers: Snapshot, pairs: Ragged) -> Iterator[Column]:
        """The features that do not depend on a customer's other candidates, in a fixed order."""
        yield from self._links(customers, pairs)
        yield from self._sales(customers, pairs)
        yield from self._agreement(customers, pairs)
        yield from self._bucket(customers, pairs)

    def _links(self, customers: Snapshot, pairs: Ragged) -> Iterator[Column]:
        for part in (ITEM_TO_ITEM, CONTENT):
            fitted = self.parts.get(part)
            if not isinstance(fitted, NeighbourPart):
                continue
            found = links(
                customers.purchases, _is_latest(customers.purchases), fitted.neighbours, pairs, fitted.products
            )
            for column, name in enumerate(("links", "sum", "strongest", "latest")):
                yield f"{part}.{name}", part, found[:, column]

    def _sales(self, customers: Snapshot, pairs: Ragged) -> Iterator[Column]:
        """Nothing but sales before the customer's last purchase; the history's own sales tell how far links carry."""
        bought = customers.purchases
        last = last_purchase_days(customers)
        day = last[pairs.row_of_entry()]
        before = self.sales.before(pairs.ids, day)
        yield "sold_before", BUCKET, np.log1p(before)
        for window in WINDOWS:
            yield f"sold_in_{window}_days", BUCKET, np.log1p(before - self.sales.before(pairs.ids, day - window))
        yield "days_since_first_sale", BUCKET, self.sales.days_since_first(pairs.ids, day, before)
        yield "days_since_last_sale", BUCKET, self.sales.days_since_last(pairs.ids, day, before)
        own = np.log1p(self.sales.before(bought.ids, last[bought.row_of_entry()]))
        row = pairs.row_of_entry()
        yield "history_length", ITEM_TO_ITEM, bought.lengths[row]
        yield "history_sales", ITEM_TO_ITEM, _mean(bought, own, np.ones(len(own), np.bool_))[row]
        yield "latest_sales", ITEM_TO_ITEM, _mean(bought, own, _is_latest(bought))[row]
        same_day = customers.purchase_days.values == last[bought.row_of_entry()]
        yield "bought_that_day", ITEM_TO_ITEM, np.bincount(bought.row_of_entry(), same_day, len(bought))[row]

    def _agreement(self, customers: Snapshot, pairs: Ragged) -> Iterator[Column]:
        """What purchases and candidate share; the content part's to say."""
        if CONTENT not in self.parts:
            return
        fading = recency_weights(customers, AGREEMENT_DECAY, 100)
        total = np.bincount(fading.row_of_entry(), weights=fading.values, minlength=len(fading))
        latest = fading.where(_is_latest(fading.with_values(customers.history(100).values)))
        for kind in AGREEMENT_KINDS:
            if kind in self.terms:
                terms = self.terms[kind]
                share = agreement(fading, terms, pairs) / np.maximum(total, 1e-9)[pairs.row_of_entry()]
                yield f"{kind}_agreement", CONTENT, share
                yield f"{kind}_agreement_latest", CONTENT, agreement(latest, terms, pairs)

    def _bucket(self, customers: Snapshot, pairs: Ragged) -> Iterator[Column]:
        """How much more the customer's bucket likes the product than everybody does."""
        fitted = self.parts.get(BUCKET)
        if not isinstance(fitted, FittedBuckets):
            return
        everybody = fitted.scores[self.root, pairs.ids]
        yield "bucket_lift", BUCKET, fitted.score(customers, pairs) / np.maximum(everybody, np.float32(1e-12))


def fit(parts: Mapping[str, Part], snapshot: Snapshot, catalogue: Catalogue, buckets: BucketTree) -> FeatureSource:
    """Collect what features need from the snapshot that the parts were fitted on."""
    return FeatureSource(parts, product_sales.fit(snapshot, len(catalogue)), catalogue.terms, buckets.root)


def agreement(purchases: Ragged, terms: Terms, pairs: Ragged) -> Floats:
    """(pairs,) inner product of the weighted purchases' terms with those of each product."""
    names = len(terms.names)
    profile = _matrix(purchases, len(terms.weights)) @ _matrix(terms.weights, names)
    found = np.zeros(len(pairs.ids), np.float32)
    over_rows(
        ranking_kernels.agreement_rows, len(pairs), profile.indptr.astype(np.int64), profile.indices, profile.data,
        pairs.ptr, pairs.ids, terms.weights.ptr, terms.weights.ids, terms.weights.values, names, found,
    )  # fmt: skip
    return found


def opinions(candidates: Candidates) -> Iterator[Column]:
    """What each part says: its score, its place among the customer's candidates, its share of the best score."""
    pairs = candidates.pairs
    filled = pairs.lengths > 0
    best = np.zeros((len(pairs), len(candidates.parts)), np.float32)
    if filled.any():
        best[filled] = np.maximum.reduceat(candidates.scores, pairs.ptr[:-1][filled], axis=0)
    heard = [column for column, part in enumerate(candidates.parts) if part not in SILENT]
    place = places(pairs, np.ascontiguousarray(candidates.scores[:, heard]))
    row = pairs.row_of_entry()
    for at, column in enumerate(heard):
        part, score = candidates.parts[column], candidates.scores[:, column]
        yield f"{part}.score", part, score
        yield f"{part}.place", part, place[:, at]
        yield f"{part}.share", part, score / np.maximum(best[row, column], np.float32(1e-12))


def _is_latest(purchases: Ragged) -> npt.NDArray[np.bool_]:
    """(entries,) whether a purchase belongs to its customer's latest transaction."""
    latest = np.zeros(len(purchases), np.float32)
    filled = purchases.lengths > 0
    latest[filled] = purchases.values[purchases.ptr[1:][filled] - 1]
    return np.asarray(purchases.values == latest[purchases.row_of_entry()])


def _mean(rows: Ragged, values: npt.NDArray[np.float64], counted: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    row = rows.row_of_entry()
    total = np.bincount(row, weights=np.where(counted, values, 0.0), minlength=len(rows))
    return total / np.maximum(np.bincount(row, weights=counted, minlength=len(rows)), 1.0)


def _matrix(rows: Ragged, columns: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((rows.values, rows.ids, rows.ptr), shape=(len(rows), columns))
