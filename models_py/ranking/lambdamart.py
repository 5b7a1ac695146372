"""LambdaMART: gradient-boosted trees that learn to order candidates (Burges 2010), trained with LightGBM.

The linear blend cuts each customer's candidates to the best few hundred; trees order those by the features of
`ranking_features.py`. Their margin is turned into a chance (`calibration.py`): the score says how likely the next
purchase is this product, and can stand beside the chance of a repurchase, which is added unchanged.

Customers without purchases keep the linear blend: training never sees any.
"""

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models_py.arrays.parallel import thread_count
from models_py.arrays.ragged import Floats
from models_py.arrays.scoring import members, places
from models_py.data.dataset import Flags, Snapshot
from models_py.parts.names import BUCKET, REPURCHASE
from models_py.ranking.calibration import Calibration
from models_py.ranking.candidates import Candidates, Judgement
from models_py.ranking.features import Column, Features, FeatureSource, opinions
from models_py.ranking.forest import MOST_LEAVES, Forest
from models_py.ranking.linear_ranker import LinearRanker

Entries = npt.NDArray[np.int64]
# What features of the blend itself speak for.
BLEND = "blend"


@dataclass(frozen=True)
class LambdaMartConfig:
    """How the ranker is trained.

    Attributes:
        kept: candidates of each customer that trees order, the best of the linear blend.
        negatives: of these, sampled for training for each customer, besides the targets.
        folds: shares of the customers, each asked about by parts that were fitted without it; 0 for none.
        depth: purchases of each that are asked about, from the validation target back.
        least_customers: with fewer customers whose target is kept, the linear blend stays.
        held_out: every so many-th customer is held out to stop training, to calibrate, and to decide.
        rounds, patience: most trees, and rounds without a better held-out NDCG@10 before training stops.
        seed: of sampling and of the trees.
        segments: the fewest purchases of each segment of customers that is calibrated by itself.
        segment_strength: held-out hits that outweigh everybody's calibration.
        learning_rate, leaves, leaf_size, row_share, column_share, l2, truncation: see LightGBM's parameters
            learning_rate, num_leaves, min_data_in_leaf, bagging_fraction, feature_fraction, lambda_l2 and
            lambdarank_truncation_level.

    Raises:
        ValueError: more leaves than `forest.py` can ask.
    """

    kept: int = 200
    negatives: int = 20
    folds: int = 4
    depth: int = 2
    least_customers: int = 2000
    held_out: int = 6
    rounds: int = 180
    patience: int = 25
    seed: int = 1
    segments: tuple[int, ...] = (1, 5, 10)
    segment_strength: float = 50.0
    learning_rate: float = 0.12
    leaves: int = 31
    leaf_size: int = 50
    row_share: float = 0.8
    column_share: float = 0.5
    l2: float = 10.0
    truncation: int = 20

    def __post_init__(self) -> None:
        if self.leaves > MOST_LEAVES:
            raise ValueError(f"lambdamart.leaves is {self.leaves}; trees can have at most {MOST_LEAVES} leaves.")

    def parameters(self) -> dict[str, object]:
        """LightGBM's parameters, with which any number of threads grows the same trees."""
        return {
            "objective": "lambdarank", "metric": "ndcg", "eval_at": [10], "learning_rate": self.learning_rate,
            "num_leaves": self.leaves, "min_data_in_leaf": self.leaf_size, "bagging_fraction": self.row_share,
            "bagging_freq": 1, "feature_fraction": self.column_share, "lambda_l2": self.l2,
            "lambdarank_truncation_level": self.truncation, "max_bin": 127, "seed": self.seed,
            "deterministic": True, "force_col_wise": True, "num_threads": thread_count(), "verbosity": -1,
        }  # fmt: skip


@dataclass(frozen=True)
class LambdaMartRanker:
    """Fitted trees.

    Attributes:
        trees: LightGBM's own text of them.
        calibration: turns a margin into a chance.
        linear: the blend that makes the cut, and ranks customers without purchases.
        kept: candidates that the cut leaves to the trees.
        source: what features are computed from; belongs to the parts that made the candidates.
    """

    trees: str
    calibration: Calibration
    linear: LinearRanker
    kept: int
    source: FeatureSource = field(compare=False)

    @cached_property
    def forest(self) -> Forest:
        """The trees, ready to be asked."""
        return Forest.parsed(self.trees)

    def on(self, source: FeatureSource) -> "LambdaMartRanker":
        """The same trees for parts that were fitted on something else."""
        return replace(self, source=source)

    def judge(self, customers: Snapshot, candidates: Candidates) -> Judgement:
        """Score every candidate of customers with purchases; candidates that the cut leaves out score 0.

        The contributions are what features add along the trees' paths, summed by part: the score is shared out
        among the parts that speak for the product, in proportion.
        """
        blend = self.linear.judge(customers, candidates)
        experienced = (customers.purchases.lengths > 0)[candidates.pairs.row_of_entry()]
        rows, kept = cut(blend.scores, customers, candidates, self.kept)
        features = features_after_cut(self.source, self.linear, customers, kept)
        chance = np.zeros(len(experienced), np.float32)
        lengths = customers.purchases.lengths[kept.pairs.row_of_entry()]
        chance[rows] = self.calibration.chances(self.forest.margins(features.values), lengths)
        restock = np.where(experienced, self.linear.added_by(REPURCHASE, candidates), np.float32(0))
        row_of_features = np.full(len(experienced), -1, np.int64)
        row_of_features[rows] = np.arange(len(rows))

        def contributions(entries: Entries) -> Floats:
            added = blend.contributions(entries)
            judged = row_of_features[entries]
            by_trees = judged >= 0
            shares = self._shares(features, judged[by_trees], candidates, entries[by_trees], added[by_trees])
            added[experienced[entries]] = 0
            added[by_trees] = shares * chance[entries[by_trees], None]
            if REPURCHASE in candidates.parts:
                added[:, candidates.parts.index(REPURCHASE)] += restock[entries]
            return added

        return Judgement(np.where(experienced, chance + restock, blend.scores), contributions)

    def describe(self) -> dict[str, object]:
        """The ranker as JSON types, but for the trees themselves."""
        return {
            "kind": "lambdamart",
            "trees": len(self.forest.roots) - 1,
            "calibration": asdict(self.calibration),
            "kept": self.kept,
            "linear": self.linear.describe(),
        }

    def _shares(
        self, features: Features, rows: Entries, candidates: Candidates, entries: Entries, blend: Floats
    ) -> Floats:
        """(rows, parts) shares of 1. What speaks for the blend is passed on to the parts that it is made of.

        Only parts that score the product share: the others could not say which purchase speaks for it.
        """
        if not len(rows):
            return np.zeros((0, len(candidates.parts)), np.float32)
        parts = candidates.parts
        values = self.forest.credits(features.values[rows])
        heard = blend.copy()
        if BUCKET in parts:
            heard[:, parts.index(BUCKET)] = 0
        spoken = np.zeros((len(rows), len(parts)))
        for column, part in enumerate(features.parts):
            if part == BLEND:
                spoken += values[:, [column]] * _normalised(heard)
            elif part in parts:
                spoken[:, parts.index(part)] += values[:, column]
        shares = _normalised(np.where(candidates.scores[entries] > 0, np.maximum(spoken, 0.0), 0.0))
        silent = shares.sum(axis=1) == 0
        shares[silent] = _normalised(blend[silent])
        return shares.astype(np.float32)


def cut(scores: Floats, customers: Snapshot, candidates: Candidates, kept: int) -> tuple[Entries, Candidates]:
    """The `kept` best candidates of each customer with purchases, leaving out what the customer already bought.

    Args:
        scores: (pairs,) of the blend.

    Returns:
        their entries in `candidates`, rising, and a table of them.
    """
    pairs = candidates.pairs
    eligible = (customers.purchases.lengths > 0)[pairs.row_of_entry()] & ~members(pairs, customers.purchases)
    place = places(pairs, np.where(eligible, scores, -np.inf).astype(np.float32)[:, None])[:, 0]
    keep = eligible & (place < kept)
    return np.flatnonzero(keep), Candidates(pairs.where(keep), candidates.parts, candidates.scores[keep])


def features_after_cut(
    source: FeatureSource,
    linear: LinearRanker,
    customers: Snapshot,
    candidates: Candidates,
    wanted: Flags | None = None,
) -> Features:
    """The features of the source, and the blend's score and place.

    The blend is heard without its bucket part, which counts sales from after the customer's cutoff too.

    Args:
        wanted: (pairs,) compare all candidates, but describe these only. None: describe all.
    """
    blend = linear.without(BUCKET).score(customers, candidates)
    compared: list[Column] = [
        *opinions(candidates),
        ("blend.score", BLEND, blend),
        ("blend.place", BLEND, places(candidates.pairs, blend[:, None])[:, 0]),
    ]
    if wanted is None:
        return Features.of([*compared, *source.columns(customers, candidates.pairs)])
    chosen = [(name, part, values[wanted]) for name, part, values in compared]
    return Features.of([*chosen, *source.columns(customers, candidates.pairs.where(wanted))])


def _normalised(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    total = values.sum(axis=1, keepdims=True, dtype=np.float64)
    return np.asarray(values / np.where(total > 0, total, 1.0))
