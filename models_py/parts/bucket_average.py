"""Bucket averages: what customers of one age, region and skin type buy and how they rate it.

A bucket knows little about most products, so each average is pulled towards that of the bucket above (everybody -> skin
type -> x age band -> x region): an empirical-Bayes estimate in which the parent is worth a number of purchases (Efron &
Morris 1975; Gelman et al., Bayesian Data Analysis, ch. 5). A new customer starts from these averages.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import top_of_lists
from models_py.data.dataset import BucketTree, Flags, Snapshot


@dataclass(frozen=True)
class BucketConfig:
    """How bucket averages are shrunk.

    Attributes:
        purchase_strength: purchases in the bucket that outweigh the parent's shares.
        rating_strength: ratings of a product that outweigh the parent's average rating.
        rating_power: how much a better-rated product is preferred: share x (rating / mean rating)^rating_power.
    """

    purchase_strength: float = 500.0
    rating_strength: float = 10.0
    rating_power: float = 1.0


@dataclass(frozen=True)
class FittedBuckets:
    """Scores of every product in every bucket, (buckets, products); rows as in the `BucketTree` fitted on."""

    scores: Floats

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """See `Part.propose`."""
        return rank_for_rows(self.scores, customers.buckets, masked, count)

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """See `Part.score`."""
        scores: Floats = self.scores[customers.buckets[pairs.row_of_entry()], pairs.ids]
        return scores

    def among(self, allowed: Flags) -> "FittedBuckets":
        """See `Part.among`."""
        return replace(self, scores=restricted(self.scores, allowed))

    def aligned(self, rows: Ints) -> "FittedBuckets":
        """The same with other rows: row i becomes what was `rows[i]`. For a tree that changed since the fit."""
        return replace(self, scores=self.scores[rows])


def fit(snapshot: Snapshot, tree: BucketTree, products: int, config: BucketConfig) -> FittedBuckets:
    """Estimate purchase shares and ratings from the root down."""
    bought, rated = snapshot.purchases, snapshot.ratings
    purchases = _totals(tree, snapshot.buckets, bought, np.ones(len(bought.ids)), products)
    ratings = _totals(tree, snapshot.buckets, rated, np.ones(len(rated.ids)), products)
    rating_sums = _totals(tree, snapshot.buckets, rated, rated.values, products)
    mean_rating = float(rated.values.mean(dtype=np.float64)) if len(rated.values) else 1.0
    share = np.zeros_like(purchases)
    rating = np.full_like(purchases, mean_rating)
    for level in tree.levels:
        for bucket in level:
            parent = tree.parents[bucket]
            above = share[parent] if parent >= 0 else np.zeros(products)
            rating_above = rating[parent] if parent >= 0 else np.full(products, mean_rating)
            strength = config.purchase_strength if parent >= 0 else 0.0
            weight = purchases[bucket].sum() + strength
            share[bucket] = (purchases[bucket] + strength * above) / max(weight, 1.0)
            rating[bucket] = (rating_sums[bucket] + config.rating_strength * rating_above) / (
                ratings[bucket] + config.rating_strength
            )
    return FittedBuckets((share * (rating / mean_rating) ** config.rating_power).astype(np.float32))


def rows_in(tree: BucketTree, fitted_ids: tuple[str, ...]) -> Ints:
    """For each bucket of `tree`, its place among `fitted_ids`; for a bucket that was not fitted, that of its parent.

    Raises:
        ValueError: when not even the root was fitted.
    """
    place = {bucket: row for row, bucket in enumerate(fitted_ids)}
    rows = np.full(len(tree.index), -1, np.int32)
    for level in tree.levels:
        for bucket in level:
            above = rows[tree.parents[bucket]] if tree.parents[bucket] >= 0 else -1
            rows[bucket] = place.get(tree.index.names[bucket], above)
    if (rows < 0).any():
        raise ValueError(
            f"the model knows no bucket {tree.index.names[tree.root]!r}; it knows {', '.join(fitted_ids[:5])}…"
        )
    return rows


def rank_for_rows(scores: Floats, row_of_customer: Ints, masked: Ragged, count: int) -> tuple[Ints, Floats]:
    """Each customer's best products by a row of `scores` that many customers share.

    Every row is ranked once, deep enough that the longest mask leaves `count` products.
    """
    depth = min(scores.shape[1], count + int(masked.lengths.max(initial=0)))
    # A stable sort of the negated scores leaves equals in the order of their positions.
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :depth].astype(np.int32)
    ranked_scores = np.take_along_axis(scores, ranked, axis=1)
    return top_of_lists(ranked, ranked_scores, row_of_customer, masked, scores.shape[1], count)


def restricted(scores: Floats, allowed: Flags) -> Floats:
    """Scores (..., products) with 0 for products that are not allowed or were unknown at the fit."""
    added = len(allowed) - scores.shape[-1]
    widened = np.pad(scores, [(0, 0)] * (scores.ndim - 1) + [(0, added)])
    return np.where(allowed, widened, np.float32(0))


def _totals(
    tree: BucketTree, buckets: Ints, entries: Ragged, values: npt.NDArray[np.floating], products: int
) -> npt.NDArray[np.float64]:
    """Sum of `values` by bucket and product, each bucket including those below it."""
    cell = buckets[entries.row_of_entry()].astype(np.int64) * products + entries.ids
    total = np.bincount(cell, weights=values, minlength=len(tree.index) * products).astype(np.float64)
    total = total.reshape(len(tree.index), products)
    for level in reversed(tree.levels[1:]):
        for bucket in level:
            total[tree.parents[bucket]] += total[bucket]
    return total
