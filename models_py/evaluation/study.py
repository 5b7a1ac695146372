"""A study: the model fitted on what one view shows, and what it takes to judge it on customers of another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models_py.baselines.by_name import fit_baseline
from models_py.baselines.ease import TooManyProductsError
from models_py.config import RunConfig
from models_py.data.assemble import Dataset
from models_py.data.dataset import Catalogue, Flags, Snapshot
from models_py.evaluation import bootstrap
from models_py.evaluation.judging import Held, target_digests
from models_py.evaluation.protocols import View, as_known, known_products
from models_py.evaluation.slices import Slice
from models_py.parts import content_based
from models_py.parts.part import NeighbourPart, Part
from models_py.ranking import features as ranking_features
from models_py.ranking.features import FeatureSource
from models_py.ranking.hybrid import RankerFit, fit_parts, fit_ranker
from models_py.rules.book import RuleBook, open_book
from models_py.rules.tables import RuleTables

Progress = Callable[[str], None]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Assortment:
    """What the shop sold at the time, as far as could be known.

    Attributes:
        known: (products,) those that existed; nothing else is proposed.
        catalogue: blank where a product is not known.
        content: fitted on it.
    """

    known: Flags
    catalogue: Catalogue
    content: NeighbourPart


@dataclass(frozen=True)
class Fit:
    """Everything that is fitted on one view.

    Attributes:
        source: the parts, and what else the ranker's features come from.
        snapshot: what it was fitted on.
        assortment: what there was to propose.
    """

    source: FeatureSource
    snapshot: Snapshot
    assortment: Assortment


class Study:
    """Fits on views of one data set. The latest ones are kept: neighbouring questions share them."""

    def __init__(self, data: Dataset, config: RunConfig, progress: Progress, rules: RuleTables | None = None) -> None:
        """Fit content, which knows no customers and so serves every view that knows all products.

        Args:
            rules: what the rules know, to evaluate model and rules together; None: the model alone.
        """
        self.data, self.config, self.progress, self.rules = data, config, progress, rules
        progress("fitting content")
        self.content = content_based.fit(data.catalogue, config.hybrid.content)
        self.fit = lru_cache(maxsize=1)(self._fit)
        self.baselines = lru_cache(maxsize=1)(self._fit_baselines)

    @cached_property
    def vectors(self) -> sparse.csr_matrix:
        """Products x content features of length 1."""
        return content_based.product_vectors(self.data.catalogue, self.config.hybrid.content)

    def _fit(self, view: View) -> Fit:
        """Fit the parts on what the view shows, without its targets."""
        self.progress(f"{view.protocol}: fitting on what is visible at {view.split}")
        snapshot = self.data.snapshot(view.protocol, view.split)
        assortment = self._assortment(view, snapshot)
        return Fit(self.source(snapshot, assortment), snapshot, assortment)

    def _assortment(self, view: View, snapshot: Snapshot) -> Assortment:
        known = known_products(view.protocol, snapshot, self.data.catalogue)
        if known.all():
            return Assortment(known, self.data.catalogue, self.content)
        # How rare a word is must not be learned from products of the future.
        catalogue = as_known(self.data.catalogue, known)
        return Assortment(known, catalogue, content_based.fit(catalogue, self.config.hybrid.content))

    def _fit_baselines(self, view: View) -> dict[str, Part]:
        """Fit the baselines on what the view shows; EASE is left out where the catalogue is too large for it."""
        fit, config = self.fit(view), self.config.evaluation
        fitted = {}
        for name in config.baselines:
            try:
                baseline = fit_baseline(name, self.data, fit.snapshot, config.baseline)
            except TooManyProductsError as error:
                self.progress(str(error))
                continue
            fitted[name] = baseline.among(fit.assortment.known)
        return fitted

    def source(self, snapshot: Snapshot, assortment: Assortment) -> FeatureSource:
        """Parts that propose known products only, and what features need besides."""
        catalogue, buckets = assortment.catalogue, self.data.buckets
        fitted = fit_parts(snapshot, catalogue, buckets, assortment.content, self.config.hybrid)
        parts = {name: part.among(assortment.known) for name, part in fitted.items()}
        return ranking_features.fit(parts, snapshot, catalogue, buckets)

    def train(self, view: View, heard: Callable[[FeatureSource], FeatureSource] = lambda source: source) -> RankerFit:
        """Train the ranker on the view's targets, with parts that have not seen them.

        Args:
            heard: what the ranker hears of a source.
        """
        fit = self.fit(view)
        self.progress(f"{view.protocol}: training the ranker")

        def source(snapshot: Snapshot) -> FeatureSource:
            if snapshot is fit.snapshot:
                return heard(fit.source)
            return heard(self.source(snapshot, fit.assortment))

        return fit_ranker(fit.snapshot, source, self.config.hybrid)

    def book(self, view: View, rows: Positions) -> RuleBook | None:
        """What the rules knew of some customers; None where only the model is studied."""
        if self.rules is None:
            return None
        everybody = self.data.snapshot(view.protocol, view.split)
        exploration = self.config.rules.exploration
        return open_book(self.rules, self.data, everybody, view.protocol, view.split, exploration).rows(rows)

    def held(self, asked: View, fit: Fit, rows: Positions, customers: Snapshot, parts: Iterable[Slice]) -> Held:
        """What it takes to judge lists of models that were fitted on `fit`.

        Args:
            asked: the view that is named in the results.
            rows: positions of the customers.
            customers: the same, with the targets that count.
            parts: slices of them.
        """
        config, catalogue = self.config.evaluation, self.data.catalogue
        counts = np.bincount(fit.snapshot.purchases.ids, minlength=len(catalogue)).astype(np.float64)
        return Held(
            protocol=asked.protocol,
            split=asked.split,
            names=self.data.customers.names[rows],
            customers=customers,
            slices=tuple(parts),
            popularity=counts / max(counts.sum(), 1.0),
            vectors=self.vectors,
            held_out=target_digests(customers.targets, catalogue.index.names),
            drawn=bootstrap.draw(len(rows), config.resamples, config.seed),
        )
