"""The hybrid: candidates from all parts, ranked by a blend of what the parts say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import best_entries
from models_py.data.dataset import BucketTree, Catalogue, Flags, Snapshot
from models_py.parts import bucket_average, content_based, item_to_item, sparse_linear, two_step, user_knn
from models_py.parts.bucket_average import BucketConfig
from models_py.parts.content_based import ContentConfig
from models_py.parts.interest import Interest, InterestConfig
from models_py.parts.item_to_item import ItemToItemConfig
from models_py.parts.names import (
    ALL_PARTS,
    BUCKET,
    COMPANIONS_OF_SIMILAR,
    CONCERNS,
    CONTENT,
    INTEREST,
    ITEM_TO_ITEM,
    REPURCHASE,
    SPARSE_LINEAR,
    USER_KNN,
)
from models_py.parts.part import NeighbourPart, Part
from models_py.parts.repurchase import Repurchase, RepurchaseConfig
from models_py.parts.sparse_linear import SparseLinearConfig
from models_py.parts.two_step import TwoStepConfig
from models_py.parts.user_knn import UserKnnConfig
from models_py.ranking import lambdamart_training
from models_py.ranking.candidates import Candidates, Judgement, generate
from models_py.ranking.features import FeatureSource
from models_py.ranking.lambdamart import LambdaMartConfig
from models_py.ranking.lessons import held_out_customers
from models_py.ranking.linear_ranker import LinearConfig, tune, tuning_customers

T = TypeVar("T", bound=np.generic)

LINEAR: Final = "linear"
LAMBDAMART: Final = "lambdamart"
RANKERS: Final = (LINEAR, LAMBDAMART)
# Customers ranked at once: bounds memory to about 50 MB of candidates for each thread.
BLOCK = 2048


@dataclass(frozen=True)
class HybridConfig:
    """Configuration of the parts and of the rankers.

    Attributes:
        ranker: "lambdamart" (trees on top of a blend, where there are customers enough to learn from) or "linear" (the
            blend alone, trained in seconds).
        parts: the active parts; the others are neither fitted nor heard.
        per_part: products that each part proposes to each customer.

    Raises:
        ValueError: there is no such ranker or part, or no part at all.
    """

    ranker: str = LAMBDAMART
    parts: tuple[str, ...] = ALL_PARTS
    per_part: int = 100
    item_to_item: ItemToItemConfig = field(default_factory=ItemToItemConfig)
    sparse_linear: SparseLinearConfig = field(default_factory=SparseLinearConfig)
    user_knn: UserKnnConfig = field(default_factory=UserKnnConfig)
    companions_of_similar: TwoStepConfig = field(default_factory=TwoStepConfig)
    content: ContentConfig = field(default_factory=ContentConfig)
    interest: InterestConfig = field(default_factory=InterestConfig)
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
class Shortlist:
    """Judged candidates, the best of each customer in order: what is left to choose from when all is scored.

    Attributes:
        candidates: all of them, in no order.
        judgement: of all of them.
        entries: (customers, depth) positions in `candidates.pairs`, best first, filled up with -1.
    """

    candidates: Candidates
    judgement: Judgement
    entries: npt.NDArray[np.int64]

    @property
    def ids(self) -> Ints:
        """(customers, depth) products, best first, filled up with -1."""
        return self.at(self.candidates.pairs.ids, -1)

    @property
    def scores(self) -> Floats:
        """(customers, depth), filled up with 0."""
        return self.at(self.judgement.scores, 0)

    def at(self, values: npt.NDArray[T], missing: int) -> npt.NDArray[T]:
        """`values` of the candidates at `entries`; `missing` where there is none."""
        out = np.full(self.entries.shape, missing, values.dtype)
        out[self.entries >= 0] = values[self.entries[self.entries >= 0]]
        return out

    def cut(self, depth: int) -> "Shortlist":
        """The best `depth` of each customer."""
        return replace(self, entries=self.entries[:, :depth])

    def explained(self, entries: npt.NDArray[np.int64]) -> Floats:
        """What each part added to some entries: (*entries.shape, parts), 0 where the entry is -1.

        Explaining costs more than scoring, so only what is shown should be asked for.
        """
        contributions = np.zeros((*entries.shape, len(self.candidates.parts)), np.float32)
        contributions[entries >= 0] = self.judgement.contributions(entries[entries >= 0])
        return contributions


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
        shortlist = self.shortlist(customers, masked, count)
        chosen = shortlist.entries if explained else np.full_like(shortlist.entries, -1)
        return Ranking(shortlist.ids, shortlist.scores, shortlist.explained(chosen))

    def shortlist(self, customers: Snapshot, masked: Ragged, depth: int) -> Shortlist:
        """Score all candidates of each customer, none of them masked, and put the best `depth` in order."""
        return self.ranked(customers, generate(self.parts, customers, masked, self.per_part), depth)

    def ranked(self, customers: Snapshot, candidates: Candidates, depth: int) -> Shortlist:
        """Score the candidates, and put the best `depth` of each customer in order."""
        judgement = self.ranker.judge(customers, candidates)
        return Shortlist(candidates, judgement, best_entries(candidates.pairs.with_values(judgement.scores), depth))


def fit_parts(
    snapshot: Snapshot, catalogue: Catalogue, buckets: BucketTree, content: NeighbourPart, config: HybridConfig
) -> dict[str, Part]:
    """Fit the active parts on what `snapshot` shows.

    Args:
        content: fitted beforehand, for it knows no customers. Companions of similar products build on it and on
            item-to-item even where these are not active themselves.
    """
    products = len(catalogue)
    companions = cache(lambda: item_to_item.fit(snapshot, products, config.item_to_item))
    fits: dict[str, Callable[[], Part]] = {
        ITEM_TO_ITEM: companions,
        SPARSE_LINEAR: lambda: sparse_linear.fit(snapshot, products, config.sparse_linear),
        USER_KNN: lambda: user_knn.fit(snapshot, products, config.user_knn),
        COMPANIONS_OF_SIMILAR: lambda: two_step.fit(content, companions(), config.companions_of_similar),
        CONTENT: lambda: content,
        BUCKET: lambda: bucket_average.fit(snapshot, buckets, products, config.bucket),
        CONCERNS: lambda: content_based.fit_concerns(catalogue),
        REPURCHASE: lambda: Repurchase(np.ones(products, np.bool_), config.repurchase),
        INTEREST: lambda: Interest(np.ones(products, np.bool_), config.interest),
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
    held_out = held_out_customers(snapshot, config.lambdamart)
    customers = snapshot.rows(tuning_customers(snapshot, config.linear.customers, held_out))
    candidates = generate(source.parts, customers, customers.purchases, config.per_part)
    linear, quality = tune(customers, candidates, config.linear)
    if config.ranker == LINEAR:
        return RankerFit(linear, quality, {"ranker": LINEAR, "because": "configured"})
    trees, choice = lambdamart_training.train(source, snapshot, fit_source, linear, config.per_part, config.lambdamart)
    return RankerFit(trees or linear, quality, choice)


def blocks(rows: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """The rows in pieces of at most `BLOCK`."""
    for start in range(0, len(rows), BLOCK):
        yield rows[start : start + BLOCK]
