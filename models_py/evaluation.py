"""Evaluation: the hybrid, its parts and the baselines on held-out transactions, as one long table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from models_py import metrics
from models_py.dataset import Snapshot
from models_py.item_knn import ItemKnnConfig
from models_py.metrics import Doubles
from models_py.ragged import Floats, Ints, Ragged
from models_py.scoring import from_lists, target_ranks
from models_py.slices import ALL, Slice

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
        item_knn: configuration of the baseline.
    """

    depth: int = 100
    list_length: int = 10
    resamples: int = 200
    confidence: float = 0.95
    seed: int = 7
    max_customers: int = 50_000
    item_knn: ItemKnnConfig = field(default_factory=ItemKnnConfig)


@dataclass(frozen=True)
class Held:
    """What is needed to judge the lists of any model on one (protocol, split).

    Attributes:
        customers: those evaluated, all with targets.
        slices: of them.
        popularity: (products,) share of the purchases that models were fitted on.
        vectors: products x content features, for diversity.
        resamples: (customers, resamples), how often each customer is drawn.
    """

    protocol: str
    split: str
    customers: Snapshot
    slices: tuple[Slice, ...]
    popularity: Doubles
    vectors: sparse.csr_matrix
    resamples: npt.NDArray[np.float64]


def draw_resamples(customers: int, config: EvaluationConfig) -> npt.NDArray[np.float64]:
    """Poisson bootstrap: each customer is drawn Poisson(1) times, independently, in each resample.

    Returns:
        (customers, resamples).
    """
    generator = np.random.default_rng(config.seed)
    return generator.poisson(1.0, (customers, config.resamples)).astype(np.float64)


def judge(model: str, lists: Lists, held: Held, config: EvaluationConfig) -> pa.Table:
    """All metrics of one model's lists, by slice, as rows of `RESULT_SCHEMA`.

    Coverage, Gini, novelty, diversity and violations are of all lists together and have no interval.
    """
    ids, scores = lists
    ranks = target_ranks(from_lists(ids, scores), held.customers.targets)
    values: dict[tuple[str, str], tuple[float, float, float, int]] = {}
    for part in held.slices:
        kept = np.where(part.targets, ranks, np.inf)
        targets = held.customers.targets
        if not part.targets.all():
            targets, kept = targets.where(part.targets), ranks[part.targets]
        columns = metrics.customer_metrics(kept, targets)
        users = int(part.customers.sum())
        for metric, value in _with_intervals(columns, part.customers, held.resamples, config.confidence).items():
            values[metric, part.name] = (*value, users)
    everyone = len(held.customers)
    top = ids[:, : config.list_length]
    shown = metrics.exposure(top, held.popularity, held.vectors)
    k = config.list_length
    for metric, number in (
        (f"coverage@{k}", shown.coverage),
        (f"gini@{k}", shown.gini),
        (f"novelty@{k}", shown.novelty),
        (f"diversity@{k}", shown.diversity),
        (f"exclusion_violations@{k}", float(violations(top, held.customers.excluded))),
    ):
        values[metric, ALL] = (number, np.nan, np.nan, everyone)
    return _table((held.protocol, held.split, model, metric, name, *value) for (metric, name), value in values.items())


def evaluable_share(protocol: str, split: str, snapshot: Snapshot) -> pa.Table:
    """How many customers of a split can be evaluated: those that bought something they had not bought before.

    Slice `all` counts customers with a held-out transaction; slice `repeat_only` those whose transaction held nothing
    new (value 0: none of them is evaluated). The model is named `none`.
    """
    new, repeated = snapshot.targets.lengths > 0, snapshot.repeat_targets.lengths > 0
    held, repeat_only = int((new | repeated).sum()), int((~new & repeated).sum())
    share = float(new.sum() / held) if held else np.nan
    metric = "evaluable_share"
    return _table(
        [
            (protocol, split, "none", metric, ALL, share, np.nan, np.nan, held),
            (
                protocol,
                split,
                "none",
                metric,
                "repeat_only",
                0.0 if repeat_only else np.nan,
                np.nan,
                np.nan,
                repeat_only,
            ),
        ]
    )


def violations(lists: Ints, excluded: Ragged) -> int:
    """How many recommended products a customer's exclusions forbid."""
    shown = from_lists(lists, np.ones(lists.shape, np.float32))
    return int(np.isin(shown.pairs(), excluded.pairs()).sum())


def _with_intervals(
    columns: Mapping[str, Doubles], members: npt.NDArray[np.bool_], resamples: Doubles, confidence: float
) -> dict[str, tuple[float, float, float]]:
    """Mean over the members, with a percentile bootstrap interval; nan for a slice without members."""
    if not members.any():
        return dict.fromkeys(columns, (np.nan, np.nan, np.nan))
    # Most customers have no hit: sparse sums are quick, and in a fixed order, unlike those of a threaded BLAS.
    table = sparse.csr_matrix(np.where(members, np.stack(list(columns.values())), 0.0))
    drawn = members.astype(np.float64) @ resamples  # whole numbers: exact in any order
    means = (table @ resamples) / np.maximum(drawn, 1.0)
    tail = (1.0 - confidence) / 2
    low, high = np.quantile(means, [tail, 1.0 - tail], axis=1)
    return {
        name: (float(column[members].mean()), float(low[i]), float(high[i]))
        for i, (name, column) in enumerate(columns.items())
    }


def _table(rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = [
        pa.array([None if isinstance(value, float) and np.isnan(value) else value for value in column], field.type)
        for column, field in zip(columns, RESULT_SCHEMA, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=RESULT_SCHEMA)


def sampled(snapshot: Snapshot, config: EvaluationConfig) -> Snapshot:
    """The customers to evaluate: those with targets, or a random sample of them (positions follow a hash)."""
    rows = np.flatnonzero(snapshot.present & (snapshot.targets.lengths > 0))
    return snapshot.rows(rows[: config.max_customers])
