"""A study: the model fitted on what one view shows, and the lists it gives to customers of another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models_py import bucket_average, content_based, item_knn, popularity, ranking_features
from models_py.assemble import Dataset
from models_py.bucket_average import BucketConfig
from models_py.config import RunConfig
from models_py.dataset import Flags, Snapshot
from models_py.evaluation import Lists
from models_py.hybrid import Hybrid, RankerFit, blocks, fit_parts, fit_ranker
from models_py.lambdamart import LambdaMartRanker
from models_py.part import NeighbourPart, Part
from models_py.parts import COLLABORATIVE
from models_py.protocols import View, known_products
from models_py.ragged import Ragged
from models_py.ranking_features import FeatureSource

Progress = Callable[[str], None]

HYBRID = "hybrid"
COLLABORATIVE_MODEL = "collaborative"


@dataclass(frozen=True)
class Fit:
    """Everything that is fitted on one view.

    Attributes:
        source: the parts, and what else the ranker's features come from.
        snapshot: what it was fitted on.
        known: (products,) those that existed, as far as could be known; nothing else is proposed.
    """

    source: FeatureSource
    snapshot: Snapshot
    known: Flags


@dataclass
class Study:
    """Fits on views of one data set. The latest fit is kept: neighbouring questions share it."""

    data: Dataset
    config: RunConfig
    content: NeighbourPart
    progress: Progress = lambda _: None
    _latest: tuple[View, Fit] | None = field(default=None, init=False, repr=False)

    @classmethod
    def of(cls, data: Dataset, config: RunConfig, progress: Progress = lambda _: None) -> "Study":
        """Fit content, which knows no customers and so serves every view."""
        progress("fitting content")
        return cls(data, config, content_based.fit(data.catalogue, config.hybrid.content), progress)

    @cached_property
    def vectors(self) -> sparse.csr_matrix:
        """Products x content features of length 1."""
        return content_based.product_vectors(self.data.catalogue, self.config.hybrid.content)

    def fit(self, view: View) -> Fit:
        """Fit on what the view shows, without its targets."""
        if self._latest is None or self._latest[0] != view:
            self.progress(f"{view.protocol}: fitting on what is visible at {view.split}")
            snapshot = self.data.snapshot(view.protocol, view.split)
            known = known_products(view.protocol, snapshot, self.data.catalogue)
            self._latest = view, Fit(self.source(snapshot, known), snapshot, known)
        return self._latest[1]

    def source(self, snapshot: Snapshot, known: Flags) -> FeatureSource:
        """Parts that propose known products only, and what features need besides."""
        data = self.data
        fitted = fit_parts(snapshot, data.catalogue, data.buckets, self.content, self.config.hybrid)
        parts = {name: part.among(known) for name, part in fitted.items()}
        return ranking_features.fit(parts, snapshot, data.catalogue, data.buckets)

    def train(self, view: View) -> RankerFit:
        """Train the ranker on the view's targets, with parts that have not seen them."""
        fit = self.fit(view)
        self.progress(f"{view.protocol}: training the ranker")

        def source(snapshot: Snapshot) -> FeatureSource:
            if snapshot is fit.snapshot:
                return fit.source
            return self.source(snapshot, known_products(view.protocol, snapshot, self.data.catalogue))

        return fit_ranker(fit.snapshot, source, self.config.hybrid)


def held_out_customers(snapshot: Snapshot, config: RunConfig) -> npt.NDArray[np.int64]:
    """The customers of the validation view that the ranker's training leaves for judging it."""
    eligible = np.flatnonzero((snapshot.purchases.lengths > 0) & (snapshot.targets.lengths > 0))
    held: npt.NDArray[np.int64] = eligible[eligible % config.hybrid.lambdamart.held_out == 0]
    return held


def hybrid_lists(hybrid: Hybrid, customers: Snapshot, masked: Ragged, depth: int) -> Lists:
    """The hybrid's best `depth` products for each customer."""
    every = np.arange(len(customers))
    rankings = [hybrid.rank(customers.rows(rows), masked.take(rows), depth, explained=False) for rows in blocks(every)]
    if not rankings:
        return np.empty((0, depth), np.int32), np.empty((0, depth), np.float32)
    return np.concatenate([r.ids for r in rankings]), np.concatenate([r.scores for r in rankings])


def part_lists(
    hybrid: Hybrid, customers: Snapshot, masked: Ragged, depth: int, taken: frozenset[str]
) -> dict[str, Lists]:
    """What each part would recommend by itself, and the collaborative parts together.

    A part whose name a baseline bears is called `<name>_part`.

    Args:
        taken: names of the baselines.
    """
    lists = {
        f"{name}_part" if name in taken else name: part.propose(customers, masked, depth)
        for name, part in hybrid.parts.items()
    }
    if together := _collaborative(hybrid):
        lists[COLLABORATIVE_MODEL] = hybrid_lists(together, customers, masked, depth)
    return lists


def _collaborative(hybrid: Hybrid) -> Hybrid | None:
    """The blend of those parts alone that learn from who bought what."""
    parts = {name: part for name, part in hybrid.parts.items() if name in COLLABORATIVE}
    blend = hybrid.ranker.linear if isinstance(hybrid.ranker, LambdaMartRanker) else hybrid.ranker
    return Hybrid.of(replace(hybrid.source, parts=parts), blend, hybrid.per_part) if parts else None


def baseline_lists(study: Study, fit: Fit, customers: Snapshot, masked: Ragged, depth: int) -> dict[str, Lists]:
    """What the baselines recommend."""
    fitted = _baselines(study.data, fit.snapshot, study.config)
    return {name: part.among(fit.known).propose(customers, masked, depth) for name, part in fitted.items()}


def _baselines(data: Dataset, fitted_on: Snapshot, config: RunConfig) -> Mapping[str, Part]:
    """What the hybrid must beat. The bucket baseline counts purchases; a trace of the parent breaks its ties."""
    products = len(data.catalogue)
    counting = BucketConfig(purchase_strength=0.01, rating_power=0.0)
    return {
        "most_popular": popularity.fit(fitted_on, products),
        "most_popular_in_bucket": bucket_average.fit(fitted_on, data.buckets, products, counting),
        "item_knn": item_knn.fit(fitted_on, products, config.evaluation.item_knn),
    }
