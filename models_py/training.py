"""The façade: train a run, evaluate it. Recommending is in `recommend.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from scipy import sparse

from models_py import bucket_average, content_based, item_knn, popularity, ranking_features
from models_py import columns as c
from models_py.assemble import Dataset, assemble
from models_py.bucket_average import BucketConfig
from models_py.config import RunConfig
from models_py.dataset import Flags, Snapshot
from models_py.evaluation import Held, Lists, draw_resamples, evaluable_share, judge, sampled
from models_py.fingerprint import fingerprint
from models_py.hybrid import Hybrid, Ranker, RankerFit, blocks, fit_parts, fit_ranker
from models_py.part import NeighbourPart, Part
from models_py.parts import BUCKET, CONTENT, ITEM_TO_ITEM
from models_py.protocols import PUBLISHED, Question, known_products, questions
from models_py.ragged import Ragged
from models_py.ranking_features import FeatureSource
from models_py.slices import slices
from models_py.tables import Tables

Progress = Callable[[str], None]

# The names of parts in the evaluation's `model` column.
PART_MODELS: Mapping[str, str] = {"collaborative": ITEM_TO_ITEM, "content": CONTENT, "bucket": BUCKET}


@dataclass(frozen=True)
class TrainedRun:
    """A fitted model and where it came from.

    Attributes:
        run_id: from the fingerprint of inputs, configuration, code and library versions: same run, same id.
        fingerprint: in full.
        config: as configured.
        hybrid: fitted on everything visible at (serving, serving).
        product_ids: ids of the products by position.
        bucket_ids: ids of the buckets by position.
        summary: what a register of runs shows: sizes, the ranker and why it was chosen, validation NDCG.
    """

    run_id: str
    fingerprint: str
    config: RunConfig
    hybrid: Hybrid
    product_ids: tuple[str, ...]
    bucket_ids: tuple[str, ...]
    summary: Mapping[str, object]


def train(tables: Tables, config: RunConfig, progress: Progress = lambda _: None) -> TrainedRun:
    """Fit the ranker on published/validation and the parts on everything, and put both together.

    Args:
        progress: is told what happens.

    Returns:
        the run. Equal inputs, configuration, code and library versions give an equal run.
    """
    progress("reading tables")
    mark = fingerprint(tables, config)
    data = assemble(tables)
    progress("fitting content")
    content = content_based.fit(data.catalogue, config.hybrid.content)
    learned = _Study(data, config, content, progress).tuned(PUBLISHED)
    progress("fitting on everything")
    serving = data.snapshot(c.SERVING, c.SERVING)
    parts = fit_parts(serving, data.catalogue, data.buckets, content, config.hybrid)
    source = ranking_features.fit(parts, serving, data.catalogue, data.buckets)
    return TrainedRun(
        run_id=f"run_{mark[:16]}",
        fingerprint=mark,
        config=config,
        hybrid=Hybrid.of(source, learned.ranker, config.hybrid.per_part),
        product_ids=tuple(data.catalogue.index.names),
        bucket_ids=tuple(data.buckets.index.names),
        summary={
            "customers": int(serving.present.sum()),
            "products": len(data.catalogue),
            "purchases": len(serving.purchases.ids),
            "validation_ndcg@10": None if np.isnan(learned.quality) else round(learned.quality, 6),
            "ranker": learned.ranker.describe(),
            "ranker_choice": learned.choice,
        },
    )


def evaluate(tables: Tables, run: TrainedRun, progress: Progress = lambda _: None) -> pa.Table:
    """Evaluate hybrid, parts and baselines, configured as in `run`, under every protocol that the tables hold.

    Parts are fitted anew on what each protocol may see. The ranker of the run, fitted on published/validation, serves
    that protocol; the others fit their own.

    Returns:
        rows of `evaluation.RESULT_SCHEMA`.
    """
    data = assemble(tables, known_products=run.product_ids)
    content = content_based.fit(data.catalogue, run.config.hybrid.content)
    study = _Study(data, run.config, content, progress)
    results = []
    for protocol in sorted({protocol for protocol, _ in tables.snapshots()} - {c.SERVING}):
        ranker = run.hybrid.ranker if protocol == PUBLISHED else study.tuned(protocol).ranker
        for question in questions(protocol):
            results.append(study.answer(question, ranker))
    return pa.concat_tables(results)


@dataclass(frozen=True)
class _Study:
    """What all evaluations of one run share."""

    data: Dataset
    config: RunConfig
    content: NeighbourPart
    progress: Progress

    @cached_property
    def vectors(self) -> sparse.csr_matrix:
        return content_based.product_vectors(self.data.catalogue, self.config.hybrid.content)

    def tuned(self, protocol: str) -> RankerFit:
        """Fit the rankers on what the protocol shows at validation."""
        self.progress(f"{protocol}: training the ranker")
        return fit_ranker(
            self.data.snapshot(protocol, c.VALIDATION),
            lambda snapshot: self._source(snapshot, known_products(protocol, snapshot, self.data.catalogue)),
            self.config.hybrid,
        )

    def answer(self, question: Question, ranker: Ranker) -> pa.Table:
        """Judge every model on one (protocol, split)."""
        self.progress(f"{question.protocol}: evaluating {question.split}")
        data, config = self.data, self.config.evaluation
        fitted_on = data.snapshot(question.protocol, question.fit_split)
        asked = data.snapshot(question.protocol, question.split)
        customers = sampled(asked, config)
        counts = np.bincount(fitted_on.purchases.ids, minlength=len(data.catalogue)).astype(np.float64)
        held = Held(
            protocol=question.protocol,
            split=question.split,
            customers=customers,
            slices=tuple(slices(customers, fitted_on, len(data.catalogue))),
            popularity=counts / max(counts.sum(), 1.0),
            vectors=self.vectors,
            resamples=draw_resamples(len(customers), config),
        )
        known = known_products(question.protocol, fitted_on, data.catalogue)
        source = self._source(fitted_on, known)
        hybrid = Hybrid.of(source, ranker, self.config.hybrid.per_part)
        judged = [
            judge(model, lists, held, config)
            for model, lists in self._lists(hybrid, customers, fitted_on, known).items()
        ]
        return pa.concat_tables([evaluable_share(question.protocol, question.split, asked), *judged])

    def _source(self, snapshot: Snapshot, known: Flags) -> FeatureSource:
        """Parts that propose known products only, and what features need besides."""
        data = self.data
        fitted = fit_parts(snapshot, data.catalogue, data.buckets, self.content, self.config.hybrid)
        parts = {name: part.among(known) for name, part in fitted.items()}
        return ranking_features.fit(parts, snapshot, data.catalogue, data.buckets)

    def _lists(self, hybrid: Hybrid, customers: Snapshot, fitted_on: Snapshot, known: Flags) -> dict[str, Lists]:
        """The ranked lists of every model. Baselines know nothing of exclusions, as a shop without them would."""
        depth = self.config.evaluation.depth
        forbidden = customers.purchases.joined(customers.excluded)
        lists = {"hybrid": _hybrid_lists(hybrid, customers, forbidden, depth)}
        for model, name in PART_MODELS.items():
            if name in hybrid.parts:
                lists[model] = hybrid.parts[name].propose(customers, forbidden, depth)
        for model, baseline in _baselines(self.data, fitted_on, self.config).items():
            lists[model] = baseline.among(known).propose(customers, customers.purchases, depth)
        return lists


def _hybrid_lists(hybrid: Hybrid, customers: Snapshot, masked: Ragged, depth: int) -> Lists:
    every = np.arange(len(customers))
    rankings = [hybrid.rank(customers.rows(rows), masked.take(rows), depth, explained=False) for rows in blocks(every)]
    if not rankings:
        return np.empty((0, depth), np.int32), np.empty((0, depth), np.float32)
    return np.concatenate([r.ids for r in rankings]), np.concatenate([r.scores for r in rankings])


def _baselines(data: Dataset, fitted_on: Snapshot, config: RunConfig) -> dict[str, Part]:
    """What the hybrid must beat. The bucket baseline counts purchases; a trace of the parent breaks its ties."""
    products = len(data.catalogue)
    counting = BucketConfig(purchase_strength=0.01, rating_power=0.0)
    return {
        "most_popular": popularity.fit(fitted_on, products),
        "most_popular_in_bucket": bucket_average.fit(fitted_on, data.buckets, products, counting),
        "item_knn": item_knn.fit(fitted_on, products, config.evaluation.item_knn),
    }
