"""The hybrid: candidates from all parts, ranked by a blend of what the parts say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models_py import bucket_average, content_based, item_to_item
from models_py.bucket_average import BucketConfig
from models_py.candidates import Candidates, generate
from models_py.content_based import ContentConfig
from models_py.dataset import BucketTree, Catalogue, Flags, Snapshot
from models_py.item_to_item import ItemToItemConfig
from models_py.linear_ranker import LinearConfig, tune, tuning_customers
from models_py.part import Part
from models_py.ragged import Floats, Ints, Ragged
from models_py.repurchase import Repurchase, RepurchaseConfig
from models_py.scoring import best_entries

ITEM_TO_ITEM = "item_to_item"
CONTENT = "content"
BUCKET = "bucket"
CONCERNS = "concerns"
REPURCHASE = "repurchase"

# Customers ranked at once: bounds memory to about 100 MB of candidates.
BLOCK = 4096


@dataclass(frozen=True)
class HybridConfig:
    """Configuration of the parts and of the blend.

    Attributes:
        per_part: products that each part proposes to each customer.
    """

    per_part: int = 100
    item_to_item: ItemToItemConfig = field(default_factory=ItemToItemConfig)
    content: ContentConfig = field(default_factory=ContentConfig)
    bucket: BucketConfig = field(default_factory=BucketConfig)
    repurchase: RepurchaseConfig = field(default_factory=RepurchaseConfig)
    linear: LinearConfig = field(default_factory=LinearConfig)


class Ranker(Protocol):
    """Turns a candidate table into one score a candidate."""

    def score(self, customers: Snapshot, candidates: Candidates) -> Floats:
        """(pairs,) the higher the better."""
        ...

    def contributions(self, customers: Snapshot, candidates: Candidates) -> Floats:
        """(pairs, parts) how much each part speaks for each candidate."""
        ...

    def describe(self) -> dict[str, object]:
        """The ranker as JSON types; `kind` says which it is."""
        ...


@dataclass(frozen=True)
class Ranking:
    """Each customer's best products.

    Attributes:
        ids: (customers, count), best first, filled up with -1.
        scores: (customers, count).
        contributions: (customers, count, parts), what each part added.
    """

    ids: Ints
    scores: Floats
    contributions: Floats


@dataclass(frozen=True)
class Hybrid:
    """Fitted parts and a ranker."""

    parts: Mapping[str, Part]
    ranker: Ranker
    per_part: int

    def among(self, allowed: Flags) -> "Hybrid":
        """The same, silent about products that are not allowed."""
        return replace(self, parts={name: part.among(allowed) for name, part in self.parts.items()})

    def rank(self, customers: Snapshot, masked: Ragged, count: int) -> Ranking:
        """The best `count` products for each customer, none of them masked."""
        candidates = generate(self.parts, customers, masked, self.per_part)
        scores = self.ranker.score(customers, candidates)
        entries = best_entries(candidates.pairs.with_values(scores), count)
        found = entries >= 0
        best = entries[found]
        ranked = Ragged(_ends(found), candidates.pairs.ids[best], scores[best])
        ids = np.full(entries.shape, -1, np.int32)
        ids[found] = ranked.ids
        best_scores = np.zeros(entries.shape, np.float32)
        best_scores[found] = ranked.values
        contributions = np.zeros((*entries.shape, len(candidates.parts)), np.float32)
        contributions[found] = self.ranker.contributions(
            customers, Candidates(ranked, candidates.parts, candidates.scores[best])
        )
        return Ranking(ids, best_scores, contributions)


def fit_parts(
    snapshot: Snapshot, catalogue: Catalogue, buckets: BucketTree, content: Part, config: HybridConfig
) -> dict[str, Part]:
    """Fit every part on what `snapshot` shows. Content is fitted beforehand: it knows no customers."""
    products = len(catalogue)
    return {
        ITEM_TO_ITEM: item_to_item.fit(snapshot, products, config.item_to_item),
        CONTENT: content,
        BUCKET: bucket_average.fit(snapshot, buckets, products, config.bucket),
        CONCERNS: content_based.fit_concerns(catalogue),
        REPURCHASE: Repurchase(config.repurchase, np.ones(products, np.bool_)),
    }


def fit_ranker(parts: Mapping[str, Part], snapshot: Snapshot, config: HybridConfig) -> tuple[Ranker, float]:
    """Tune the blend on the snapshot's targets, which the parts must not have seen.

    Returns:
        the ranker, and its NDCG@10 on the customers it was tuned on.
    """
    customers = snapshot.rows(tuning_customers(snapshot, config.linear.customers))
    candidates = generate(parts, customers, customers.purchases, config.per_part)
    return tune(customers, candidates, config.linear)


def blocks(rows: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """The rows in pieces of at most `BLOCK`."""
    for start in range(0, len(rows), BLOCK):
        yield rows[start : start + BLOCK]


def _ends(found: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(found.sum(axis=1))]).astype(np.int64)
