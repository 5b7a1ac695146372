"""The hybrid: candidates from all parts, ranked by a blend of what the parts say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from models_py import bucket_average, content_based, item_knn, item_to_item, lambdamart_training, two_step, user_knn
from models_py.bucket_average import BucketConfig
from models_py.candidates import Candidates, Judgement, generate
from models_py.content_based import ContentConfig
from models_py.dataset import BucketTree, Catalogue, Flags, Snapshot
from models_py.item_knn import ItemKnnConfig
from models_py.item_to_item import ItemToItemConfig
from models_py.lambdamart import LambdaMartConfig
from models_py.linear_ranker import LinearConfig, tune, tuning_customers
from models_py.part import NeighbourPart, Part
from models_py.parts import (
    ALL_PARTS,
    BUCKET,
    COMPANIONS_OF_COMPANIONS,
    COMPANIONS_OF_SIMILAR,
    CONCERNS,
    CONTENT,
    ITEM_KNN,
    ITEM_TO_ITEM,
    REPURCHASE,
    USER_KNN,
)
from models_py.ragged import Floats, Ints, Ragged
from models_py.ranking_features import FeatureSource
from models_py.repurchase import Repurchase, RepurchaseConfig
from models_py.scoring import best_entries
from models_py.two_step import TwoStepConfig
from models_py.user_knn import UserKnnConfig

LINEAR: Final = "linear"
LAMBDAMART: Final = "lambdamart"
RANKERS: Final = (LINEAR, LAMBDAMART)
# Customers ranked at once: bounds memory to about 100 MB of candidates.
BLOCK = 4096


@dataclass(frozen=True)
class HybridConfig:
    """Configuration of the parts and of the rankers.

    Attributes:
        ranker: "linear" (a blend, trained in seconds) or "lambdamart" (trees on top of it: better lists, minutes more).
        parts: the active parts; the others are neither fitted nor heard.
        per_part: products that each part proposes to each customer.

    Raises:
        ValueError: there is no such ranker or part, or no part at all.
    """

    ranker: str = LINEAR
    parts: tuple[str, ...] = ALL_PARTS
    per_part: int = 100
    item_to_item: ItemToItemConfig = field(default_factory=ItemToItemConfig)
    item_knn: ItemKnnConfig = field(default_factory=lambda: ItemKnnConfig(length_power=1.0, decay=0.7, shrinkage=3.0))
    user_knn: UserKnnConfig = field(default_factory=UserKnnConfig)
    companions_of_similar: TwoStepConfig = field(default_factory=TwoStepConfig)
    companions_of_companions: TwoStepConfig = field(default_factory=lambda: TwoStepConfig(first=50))
    content: ContentConfig = field(default_factory=ContentConfig)
    bucket: BucketConfig = field(default_factory=BucketConfig)
    repurchase: RepurchaseConfig = field(default_factory=RepurchaseConfig)
    linear: LinearConfig = field(default_factory=LinearConfig)
    lambdamart: LambdaMartConfig = field(default_factory=LambdaMartConfig)

    def __post_init__(self) -> None:
        if self.ranker not in RANKERS:
            raise ValueError(f"There is no ranker '{self.ranker}'; choose one of {', '.join(RANKERS)}.")
        if unknown := sorted(set(self.parts).difference(ALL_PARTS)):
            raise ValueError(f"There is no part '{unknown[0]}'; choose some of {', '.join(ALL_PARTS)}.")
        if not self.parts:
            raise ValueError(f"The hybrid needs at least one part: choose some of {', '.join(ALL_PARTS)}.")


class Ranker(Protocol):
    """Turns a candidate table into one score a candidate, and can say which parts made it."""

    def judge(self, customers: Snapshot, candidates: Candidates) -> Judgement:
        """Score the candidates."""
        ...

    def on(self, source: FeatureSource) -> Self:
        """The same ranker for parts that were fitted on something else."""
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
    """Fitted parts and a ranker that listens to them.

    Attributes:
        source: the parts, and what else the ranker's features come from.
        ranker: bound to `source`.
        per_part: products that each part proposes to each customer.
    """

    source: FeatureSource
    ranker: Ranker
    per_part: int

    @classmethod
    def of(cls, source: FeatureSource, ranker: Ranker, per_part: int) -> "Hybrid":
        """Bind the ranker to the parts."""
        return cls(source, ranker.on(source), per_part)

    @property
    def parts(self) -> Mapping[str, Part]:
        """The fitted parts by name."""
        return self.source.parts

    def among(self, allowed: Flags) -> "Hybrid":
        """The same, silent about products that are not allowed."""
        parts = {name: part.among(allowed) for name, part in self.parts.items()}
        return Hybrid.of(replace(self.source, parts=parts), self.ranker, self.per_part)

    def rank(self, customers: Snapshot, masked: Ragged, count: int, explained: bool = True) -> Ranking:
        """The best `count` products for each customer, none of them masked.

        Args:
            explained: whether to fill in the contributions, which cost more than the scores; else they are 0.
        """
        candidates = generate(self.parts, customers, masked, self.per_part)
        judgement = self.ranker.judge(customers, candidates)
        entries = best_entries(candidates.pairs.with_values(judgement.scores), count)
        found = entries >= 0
        best = entries[found]
        ids = np.full(entries.shape, -1, np.int32)
        ids[found] = candidates.pairs.ids[best]
        scores = np.zeros(entries.shape, np.float32)
        scores[found] = judgement.scores[best]
        contributions = np.zeros((*entries.shape, len(candidates.parts)), np.float32)
        if explained:
            contributions[found] = judgement.contributions(best)
        return Ranking(ids, scores, contributions)


def fit_parts(
    snapshot: Snapshot, catalogue: Catalogue, buckets: BucketTree, content: NeighbourPart, config: HybridConfig
) -> dict[str, Part]:
    """Fit the active parts on what `snapshot` shows.

    Args:
        content: fitted beforehand, for it knows no customers. The two-step parts build on it and on item-to-item even
            where these are not active themselves.
    """
    products = len(catalogue)
    companions = cache(lambda: item_to_item.fit(snapshot, products, config.item_to_item))
    fits: dict[str, Callable[[], Part]] = {
        ITEM_TO_ITEM: companions,
        ITEM_KNN: lambda: item_knn.fit(snapshot, products, config.item_knn),
        USER_KNN: lambda: user_knn.fit(snapshot, products, config.user_knn),
        COMPANIONS_OF_SIMILAR: lambda: two_step.fit(content, companions(), config.companions_of_similar),
        COMPANIONS_OF_COMPANIONS: lambda: two_step.fit(companions(), companions(), config.companions_of_companions),
        CONTENT: lambda: content,
        BUCKET: lambda: bucket_average.fit(snapshot, buckets, products, config.bucket),
        CONCERNS: lambda: content_based.fit_concerns(catalogue),
        REPURCHASE: lambda: Repurchase(config.repurchase, np.ones(products, np.bool_)),
    }
    return {name: fit() for name, fit in fits.items() if name in config.parts}


@dataclass(frozen=True)
class RankerFit:
    """A fitted ranker.

    Attributes:
        quality: NDCG@10 of the linear blend on the customers that it was tuned on.
        choice: which ranker was chosen, and on which grounds, as JSON types.
    """

    ranker: Ranker
    quality: float
    choice: dict[str, object]


def fit_ranker(snapshot: Snapshot, fit_source: Callable[[Snapshot], FeatureSource], config: HybridConfig) -> RankerFit:
    """Tune the blend on the snapshot's targets; if so configured, train trees on top where there are customers enough.

    Args:
        snapshot: with targets.
        fit_source: fits parts on what a snapshot shows, without its targets.
    """
    source = fit_source(snapshot)
    customers = snapshot.rows(tuning_customers(snapshot, config.linear.customers))
    candidates = generate(source.parts, customers, customers.purchases, config.per_part)
    linear, quality = tune(customers, candidates, config.linear)
    if config.ranker == LINEAR:
        return RankerFit(linear, quality, {"ranker": LINEAR, "because": "configured"})
    lesson = lambdamart_training.Lesson(source, snapshot)
    trees, choice = lambdamart_training.train(lesson, fit_source, linear, config.per_part, config.lambdamart)
    return RankerFit(trees or linear, quality, choice)


def blocks(rows: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """The rows in pieces of at most `BLOCK`."""
    for start in range(0, len(rows), BLOCK):
        yield rows[start : start + BLOCK]
