"""What recommending and auditing share: the run's model for today's shop, and its lists under rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models_py import columns as c
from models_py.arrays.index import Index
from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import best_entries
from models_py.config import RecommendConfig
from models_py.data.assemble import Dataset, assemble
from models_py.data.dataset import Snapshot
from models_py.parts.bucket_average import FittedBuckets, rows_in
from models_py.parts.content_based import fit_concerns
from models_py.parts.names import BUCKET, CONCERNS, REPURCHASE
from models_py.parts.repurchase import Repurchase
from models_py.ranking.features import FeatureSource
from models_py.ranking.hybrid import Hybrid, Shortlist, blocks
from models_py.rules.apply import Ruled, apply_rules
from models_py.rules.book import RuleBook, open_book
from models_py.rules.tables import RuleTables
from models_py.tables import Tables
from models_py.training import TrainedRun


@dataclass(frozen=True)
class Asked:
    """Some customers, and what the rules know of them; rows of both go together."""

    customers: Snapshot
    book: RuleBook

    @property
    def forbidden(self) -> Ragged:
        """Customers x products that must never be shown: what is excluded, and what conflicts with what is in use."""
        return self.customers.excluded.joined(self.book.conflicts.forbidden)


@dataclass(frozen=True)
class Serving:
    """A run, opened for (serving, serving)."""

    run: TrainedRun
    data: Dataset
    snapshot: Snapshot
    hybrid: Hybrid
    book: RuleBook

    @classmethod
    def of(cls, run: TrainedRun, tables: Tables, rules: RuleTables) -> "Serving":
        """Bring the run's model up to today's catalogue, buckets and stock."""
        data = assemble(tables, known_products=run.product_ids)
        snapshot = data.snapshot(c.SERVING, c.SERVING)
        book = open_book(rules, data, snapshot, c.SERVING, c.SERVING, run.config.rules.exploration)
        return cls(run, data, snapshot, _for_catalogue(run, data), book)

    def for_customers(self, tables: Tables, rules: RuleTables) -> "Serving":
        """The same model asked about other customers of the same shop, without bringing it up to date once more.

        Args:
            tables: with the catalogue and the buckets of this; what tells of customers may differ.
            rules: what the rules know of these customers.
        """
        data = replace(self.data, tables=tables, customers=Index.of(tables.users[c.CUSTOMER]))
        snapshot = data.snapshot(c.SERVING, c.SERVING)
        book = open_book(rules, data, snapshot, c.SERVING, c.SERVING, self.run.config.rules.exploration)
        return replace(self, data=data, snapshot=snapshot, book=book)

    def listing(self, count: int) -> "Serving":
        """The same with lists of another length."""
        settings = replace(self.run.config.recommend, count=count)
        return replace(self, run=replace(self.run, config=replace(self.run.config, recommend=settings)))

    def positions(self, customer_ids: pa.Array | None) -> npt.NDArray[np.int64]:
        """Positions of the customers, rising; of everybody, for None.

        Raises:
            ValueError: when a customer is not listed in `users` at (serving, serving).
        """
        if customer_ids is None:
            return np.flatnonzero(self.snapshot.present)
        rows = np.sort(self.data.customers.positions(customer_ids)).astype(np.int64)
        if len(rows) and (rows[0] < 0 or not self.snapshot.present[rows].all()):
            raise ValueError("recommendations were asked for a customer that the serving features do not list")
        return rows

    def asked(self, rows: npt.NDArray[np.int64]) -> Iterator[Asked]:
        """The customers at the given positions, some thousands at a time."""
        for block in blocks(rows):
            yield Asked(self.snapshot.rows(block), self.book.rows(block))

    def lists(self, asked: Asked, masked: Ragged) -> tuple[Shortlist, Ruled]:
        """Rank, and let the rules choose; nothing that is masked."""
        config = self.run.config
        shortlist = self.hybrid.shortlist(asked.customers, masked, max(config.rules.depth, config.recommend.count))
        return shortlist, apply_rules(shortlist, asked.book, masked, config.rules, config.recommend.count)

    def bought_and_not_due(self, customers: Snapshot) -> Ragged:
        """Everything bought, less the products that are most likely bought again now."""
        return bought_and_not_due(self.hybrid, customers, self.run.config.recommend.due_products)

    def disliked(self, customers: Snapshot) -> Ragged:
        """What customers gave the fewest stars."""
        return disliked(customers, self.run.config.recommend.most_stars_of_a_dislike)

    def unwanted(self, customers: Snapshot) -> Ragged:
        """What customers would rather not be shown, although nothing forbids it."""
        return unwanted(self.hybrid, customers, self.run.config.recommend)


def unwanted(hybrid: Hybrid, customers: Snapshot, settings: RecommendConfig) -> Ragged:
    """Everything bought that is not due again, and what was disliked, due or not."""
    not_due = bought_and_not_due(hybrid, customers, settings.due_products)
    return not_due.joined(disliked(customers, settings.most_stars_of_a_dislike))


def disliked(customers: Snapshot, most_stars: float) -> Ragged:
    """Products that got at most so many stars when they were last rated."""
    return customers.ratings.where(customers.ratings.values <= most_stars)


def bought_and_not_due(hybrid: Hybrid, customers: Snapshot, due_products: int) -> Ragged:
    """Everything bought, less the `due_products` that are most likely bought again now."""
    repurchase = hybrid.parts.get(REPURCHASE)
    if not isinstance(repurchase, Repurchase):
        return customers.purchases
    due = repurchase.opinions(customers)
    likeliest = best_entries(due, due_products)
    likeliest = likeliest[likeliest >= 0]
    bought = customers.purchases
    return bought.where(~np.isin(bought.pairs(), due.pairs()[likeliest]))


def _for_catalogue(run: TrainedRun, data: Dataset) -> Hybrid:
    """The run's model for today's catalogue, buckets and stock."""
    parts = dict(run.hybrid.parts)
    if isinstance(fitted := parts.get(BUCKET), FittedBuckets):
        parts[BUCKET] = fitted.aligned(rows_in(data.buckets, run.bucket_ids))
    # Neither learns from customers: both speak of the catalogue and the features as they are today.
    if CONCERNS in parts:
        parts[CONCERNS] = fit_concerns(data.catalogue)
    if REPURCHASE in parts:
        parts[REPURCHASE] = Repurchase(data.catalogue.in_stock, run.config.hybrid.repurchase)
    sales = run.hybrid.source.sales.padded(len(data.catalogue))
    source = FeatureSource(parts, sales, data.catalogue.terms, data.buckets.root)
    return Hybrid.of(source, run.hybrid.ranker, run.hybrid.per_part).among(data.catalogue.in_stock)
