"""Evaluation: judging the ranked lists of any model on held-out transactions, as rows of two long tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy import sparse
from scipy.stats import norm

from models_py import columns as c
from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import from_lists, target_ranks
from models_py.baselines.by_name import ALS, EASE, ITEM_KNN, MOST_POPULAR, MOST_POPULAR_IN_BUCKET, BaselineConfig
from models_py.data.dataset import Snapshot, Texts
from models_py.evaluation import bootstrap, exposure
from models_py.evaluation.slices import ALL, Slice
from models_py.ranking import metrics
from models_py.ranking.metrics import Doubles

RESULT_SCHEMA = pa.schema(
    [
        ("protocol", pa.string()),
        ("split", pa.string()),
        ("model", pa.string()),
        ("metric", pa.string()),
        ("slice", pa.string()),
        ("value", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("users", pa.int64()),
    ]
)
USERS_SCHEMA = pa.schema(
    [
        ("protocol", pa.string()),
        ("split", pa.string()),
        (c.CUSTOMER, pa.string()),
        ("model", pa.string()),
        ("held_out", pa.int64()),
        ("hit_10", pa.float64()),
        ("ndcg_10", pa.float64()),
        ("reciprocal_rank", pa.float64()),
    ]
)
# The metrics that are kept for each customer, and the columns that hold them.
USER_METRICS = {"hr@10": "hit_10", "ndcg@10": "ndcg_10", "mrr": "reciprocal_rank"}
Lists = tuple[Ints, Floats]


@dataclass(frozen=True)
class EvaluationConfig:
    """How models are evaluated.

    Attributes:
        depth: products that each model ranks; a target beyond has reciprocal rank 0.
        list_length: length of the lists that coverage, Gini, novelty, diversity and violations are computed on.
        resamples: bootstrap resamples of the customers.
        confidence: of the intervals.
        seed: of the bootstrap.
        max_customers: evaluate at most so many, a random sample.
        baselines: what the hybrid is compared with, see `baselines.py`. Content is a part and stands there already.
        baseline: their configuration.
        cold_customer_share, max_cold_customers: of the customers evaluated, how many are made new, see `cold_start.py`.
        cold_product_share: of the products, how many are made new.
    """

    depth: int = 100
    list_length: int = 10
    resamples: int = 200
    confidence: float = 0.95
    seed: int = 7
    max_customers: int = 50_000
    baselines: tuple[str, ...] = (MOST_POPULAR, MOST_POPULAR_IN_BUCKET, ITEM_KNN, EASE, ALS)
    baseline: BaselineConfig = field(default_factory=BaselineConfig)
    cold_customer_share: float = 0.2
    max_cold_customers: int = 2000
    cold_product_share: float = 0.1


@dataclass(frozen=True)
class Held:
    """What is needed to judge the lists of any model on one (protocol, split).

    Attributes:
        names: ids of `customers`.
        customers: those evaluated, all with targets.
        slices: of them.
        popularity: (products,) share of the purchases that models were fitted on.
        vectors: products x content features, for diversity.
        held_out: (customers,) the held-out products as one number, see `target_digests`.
        drawn: (customers, resamples), how often each customer is drawn.
    """

    protocol: str
    split: str
    names: Texts
    customers: Snapshot
    slices: tuple[Slice, ...]
    popularity: Doubles
    vectors: sparse.csr_matrix
    held_out: npt.NDArray[np.int64]
    drawn: Doubles

    @cached_property
    def drawn_members(self) -> Doubles:
        """(slices, resamples), how many members of each slice are drawn."""
        return bootstrap.sizes(np.stack([part.customers for part in self.slices]), self.drawn)


@dataclass(frozen=True)
class Evaluation:
    """The outcome: `results`, rows of `RESULT_SCHEMA`, and `users`, rows of `USERS_SCHEMA`."""

    results: pa.Table
    users: pa.Table

    @classmethod
    def of(cls, results: pa.Table) -> "Evaluation":
        """Results that are not of single customers."""
        return cls(results, USERS_SCHEMA.empty_table())

    @classmethod
    def joined(cls, pieces: Iterable["Evaluation"]) -> "Evaluation":
        """One after the other."""
        found = [cls(RESULT_SCHEMA.empty_table(), USERS_SCHEMA.empty_table()), *pieces]
        return cls(pa.concat_tables(e.results for e in found), pa.concat_tables(e.users for e in found))


def judge(model: str, lists: Lists, held: Held, config: EvaluationConfig) -> Evaluation:
    """All metrics of one model's lists by slice, and those of each customer."""
    ids, scores = lists
    targets = held.customers.targets
    ranks = target_ranks(from_lists(ids, scores), targets)
    by_customer = metrics.customer_metrics(ranks, targets)
    rows = [*_means(ranks, by_customer, held, config), *_exposure(ids[:, : config.list_length], held, config)]
    return Evaluation(
        _table((held.protocol, held.split, model, *row) for row in rows), _users(model, by_customer, held)
    )


def judge_slices(model: str, lists: Lists, held: Held, config: EvaluationConfig) -> pa.Table:
    """The metrics that are means over customers, by slice, as rows of `RESULT_SCHEMA`."""
    ranks = target_ranks(from_lists(*lists), held.customers.targets)
    rows = _means(ranks, metrics.customer_metrics(ranks, held.customers.targets), held, config)
    return _table((held.protocol, held.split, model, *row) for row in rows)


def _means(
    ranks: Doubles, by_customer: dict[str, Doubles], held: Held, config: EvaluationConfig
) -> Iterable[tuple[object, ...]]:
    """Each metric's mean over the members of each slice, with a percentile interval."""
    targets = held.customers.targets
    for place, part in enumerate(held.slices):
        users = int(part.customers.sum())
        if not users:
            yield from ((metric, part.name, np.nan, np.nan, np.nan, 0) for metric in by_customer)
            continue
        found = by_customer
        if not part.targets.all():
            found = metrics.customer_metrics(ranks[part.targets], targets.where(part.targets))
        columns = np.where(part.customers, np.stack(list(found.values())), 0.0)
        resampled = bootstrap.means(columns, held.drawn_members[place], held.drawn)
        for metric, column, low, high in zip(
            found, columns, *bootstrap.percentiles(resampled, config.confidence), strict=True
        ):
            yield metric, part.name, float(column.sum() / users), float(low), float(high), users


def _exposure(top: Ints, held: Held, config: EvaluationConfig) -> Iterable[tuple[object, ...]]:
    """What all lists together show, with intervals of so many standard errors; and violations, which are counted."""
    k, users = config.list_length, len(held.customers)
    errors = float(norm.ppf(0.5 + config.confidence / 2))
    for name, found in exposure.exposure(top, held.popularity, held.vectors, held.drawn).items():
        reach = errors * found.error
        yield f"{name}@{k}", ALL, found.value, max(found.value - reach, 0.0), found.value + reach, users
    count = float(violations(top, held.customers.excluded))
    yield f"exclusion_violations@{k}", ALL, count, np.nan, np.nan, users


def _users(model: str, by_customer: dict[str, Doubles], held: Held) -> pa.Table:
    def repeated(value: str) -> pa.Array:
        return pa.repeat(value, len(held.names))

    columns = [
        repeated(held.protocol), repeated(held.split), pa.array(held.names, pa.string()), repeated(model),
        pa.array(held.held_out), *(pa.array(by_customer[metric]) for metric in USER_METRICS),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=USERS_SCHEMA)


def target_digests(targets: Ragged, products: Texts) -> npt.NDArray[np.int64]:
    """Each customer's targets as one number: equal numbers mean the same products, whatever their order.

    Two runs can be compared on a customer only if they were asked for the same.
    """
    hashes = pd.util.hash_array(products, categorize=False).view(np.int64)
    sums = np.zeros(len(targets), np.int64)
    np.add.at(sums, targets.row_of_entry(), hashes[targets.ids])  # wraps around, as sums of hashes may
    return sums


def evaluable_share(protocol: str, split: str, snapshot: Snapshot) -> pa.Table:
    """How many customers of a split can be evaluated: those that bought something they had not bought before.

    Slice `all` counts customers with a held-out transaction; slice `repeat_only` those whose transaction held nothing
    new (value 0: none of them is evaluated). The model is named `none`.
    """
    new, repeated = snapshot.targets.lengths > 0, snapshot.repeat_targets.lengths > 0
    held, repeat_only = int((new | repeated).sum()), int((~new & repeated).sum())
    share = float(new.sum() / held) if held else np.nan
    rows = [(ALL, share, held), ("repeat_only", 0.0 if repeat_only else np.nan, repeat_only)]
    return _table(
        (protocol, split, "none", "evaluable_share", name, value, np.nan, np.nan, users) for name, value, users in rows
    )


def violations(lists: Ints, excluded: Ragged) -> int:
    """How many recommended products a customer's exclusions forbid."""
    shown = from_lists(lists, np.ones(lists.shape, np.float32))
    return int(np.isin(shown.pairs(), excluded.pairs()).sum())


def _table(rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    if not columns:
        return RESULT_SCHEMA.empty_table()
    arrays = [
        pa.array([None if isinstance(value, float) and np.isnan(value) else value for value in column], field.type)
        for column, field in zip(columns, RESULT_SCHEMA, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=RESULT_SCHEMA)


def evaluated_customers(snapshot: Snapshot, config: EvaluationConfig) -> npt.NDArray[np.int64]:
    """The customers to evaluate: those with targets, or a random sample of them (positions follow a hash)."""
    return np.flatnonzero(snapshot.present & (snapshot.targets.lengths > 0))[: config.max_customers]
