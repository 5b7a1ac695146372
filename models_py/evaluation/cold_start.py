"""Cold start, by simulation: customers and products that the model has never met.

A random sample of customers and one of products are taken out of everything that is fitted: parts, baselines and the
ranker. Then the model is asked about them, under protocols of their own, at the test transactions of *published*:

- `new_customer`: the history is hidden, the profile is there (declared concerns, skin type, bucket, exclusions);
- `unknown_customer`: nothing is known;
- `new_product`: histories are there, and the hidden products are what is to be found.

No ranker learns from their validation transactions either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.arrays.ragged import Ragged
from models_py.baselines.by_name import MOST_POPULAR, MOST_POPULAR_IN_BUCKET
from models_py.config import RunConfig
from models_py.data.assemble import Dataset, assemble
from models_py.data.dataset import Flags, Snapshot
from models_py.evaluation.judging import Evaluation, EvaluationConfig, judge
from models_py.evaluation.protocols import PUBLISHED, View
from models_py.evaluation.ranked_lists import HYBRID, hybrid_lists
from models_py.evaluation.slices import everybody
from models_py.evaluation.study import Positions, Progress, Study
from models_py.parts.names import BUCKET, CONCERNS, CONTENT
from models_py.ranking.hybrid import Hybrid
from models_py.tables import REQUIRED_COLUMNS, Tables

NEW_CUSTOMER: Final = "new_customer"
UNKNOWN_CUSTOMER: Final = "unknown_customer"
NEW_PRODUCT: Final = "new_product"
# The parts that have something to say, beside the hybrid.
PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    NEW_CUSTOMER: (BUCKET, CONCERNS),
    UNKNOWN_CUSTOMER: (BUCKET,),
    NEW_PRODUCT: (CONTENT,),
}
BASELINES: Final = (MOST_POPULAR, MOST_POPULAR_IN_BUCKET)
# What of a customer is not history. Anything that a shop may come to record besides is taken for history.
_PROFILE_TABLES: Final = frozenset({"users", "user_concerns", "user_exclusions"})


@dataclass(frozen=True)
class Sample:
    """What is hidden: customers and products by position."""

    customers: Positions
    products: Positions


def simulate_cold_start(tables: Tables, config: RunConfig, progress: Progress) -> Evaluation:
    """Evaluate the hybrid, the parts that can help, and popularity, for customers and products that are new.

    Returns:
        nothing where *published* is not evaluated, or nobody can be asked.
    """
    if (PUBLISHED, c.TEST) not in tables.snapshots():
        return Evaluation.joined([])
    full = assemble(tables)
    sample = draw_sample(full, config.evaluation)
    only_popular = replace(config, evaluation=replace(config.evaluation, baselines=BASELINES))
    world = assemble(hidden(tables, full, sample))
    study = Study(world, only_popular, lambda message: progress(f"cold start: {message}"))
    trained_on = View(PUBLISHED, c.VALIDATION)
    ranker = study.train(trained_on).ranker
    hybrid = Hybrid.of(study.fit(trained_on).source, ranker, config.hybrid.per_part)
    study.progress("evaluating")
    return Evaluation.joined(
        _answer(study, hybrid, protocol, rows, customers)
        for protocol, rows, customers in newcomers(answers(world, tables), sample, c.TEST)
    )


def draw_sample(data: Dataset, config: EvaluationConfig) -> Sample:
    """Draw customers that can be evaluated, and products."""
    asked = data.snapshot(PUBLISHED, c.TEST)
    eligible = np.flatnonzero(asked.present & (asked.targets.lengths > 0))
    # Positions follow a hash of the ids, and so the same ids are drawn whatever the order of the tables.
    generator = np.random.default_rng(config.seed)
    customers = min(int(len(eligible) * config.cold_customer_share), config.max_cold_customers)
    products = int(len(data.catalogue) * config.cold_product_share)
    return Sample(
        np.sort(generator.choice(eligible, customers, replace=False)),
        np.sort(generator.choice(len(data.catalogue), products, replace=False)),
    )


def hidden(tables: Tables, data: Dataset, sample: Sample) -> Tables:
    """The tables without the history of the sampled customers, and without any trace of the sampled products.

    What is left of these customers is their profile; of these products, the catalogue's entry. `answers` brings back
    what is asked about.
    """
    customers = pa.array(data.customers.names[sample.customers], pa.string())
    products = pa.array(data.catalogue.index.names[sample.products], pa.string())
    left = {}
    for field in fields(tables):
        table, columns = getattr(tables, field.name), REQUIRED_COLUMNS[field.name]
        table = table.filter(pc.equal(table[c.PROTOCOL], PUBLISHED)) if c.PROTOCOL in columns else table
        if c.CUSTOMER in columns and field.name not in _PROFILE_TABLES:
            table = table.filter(pc.invert(_is_one_of(table[c.CUSTOMER], customers)))
        if c.PROTOCOL in columns and c.PRODUCT in columns and field.name not in _PROFILE_TABLES:
            table = table.filter(pc.invert(_is_one_of(table[c.PRODUCT], products)))
        left[field.name] = table
    concerns = left["user_concerns"]
    is_declared = pc.fill_null(concerns[c.IS_DECLARED], False)
    is_shopped = pc.and_(_is_one_of(concerns[c.CUSTOMER], customers), pc.invert(is_declared))
    return Tables(**{**left, "user_concerns": concerns.filter(pc.invert(is_shopped))})


def answers(world: Dataset, tables: Tables) -> Dataset:
    """The hidden world with all targets: what is asked about, of models that were fitted without."""
    return replace(world, tables=replace(world.tables, targets=tables.targets))


def _is_one_of(column: pa.ChunkedArray, names: pa.Array) -> pa.ChunkedArray:
    return pc.is_in(column.cast(pa.string()), names)


def newcomers(data: Dataset, sample: Sample, split: str) -> Iterator[tuple[str, Positions, Snapshot]]:
    """Protocol, positions and snapshot of the customers of each simulation, with the targets that count there.

    Args:
        data: see `answers`.
        split: whose transactions are asked about.
    """
    asked = data.snapshot(PUBLISHED, split)
    is_new_product = np.zeros(len(data.catalogue), np.bool_)
    is_new_product[sample.products] = True
    is_new_customer = np.zeros(len(asked), np.bool_)
    is_new_customer[sample.customers] = True

    # One thing is new at a time.
    rows, customers = _with_targets(asked, is_new_customer, ~is_new_product)
    yield NEW_CUSTOMER, rows, customers
    yield UNKNOWN_CUSTOMER, rows, _unknown(customers, data.buckets.root)
    yield NEW_PRODUCT, *_with_targets(asked, ~is_new_customer, is_new_product)


def _with_targets(snapshot: Snapshot, wanted: Flags, products: Flags) -> tuple[Positions, Snapshot]:
    """The wanted customers who have targets among the products, with these targets alone."""
    targets = snapshot.targets.where(products[snapshot.targets.ids])
    rows = np.flatnonzero(wanted & snapshot.present & (targets.lengths > 0))
    return rows, replace(snapshot, targets=targets).rows(rows)


def _unknown(customers: Snapshot, root: int) -> Snapshot:
    """The same targets, asked of customers of whom nothing is known."""
    nobody = Snapshot.of_purchases(Ragged.empty(len(customers)), len(customers.repurchase_rates))
    return replace(
        nobody,
        buckets=np.full(len(customers), root, np.int32),
        cutoff_day=customers.cutoff_day,
        repurchase_rates=customers.repurchase_rates,
        targets=customers.targets,
    )


def _answer(study: Study, hybrid: Hybrid, protocol: str, rows: Positions, customers: Snapshot) -> Evaluation:
    if not len(rows):
        return Evaluation.joined([])
    view, config = View(PUBLISHED, c.VALIDATION), study.config.evaluation
    held = study.held(View(protocol, c.TEST), study.fit(view), rows, customers, [everybody(customers)])
    forbidden = customers.purchases.joined(customers.excluded)
    paths = {name: hybrid.parts[name] for name in PATHS[protocol] if name in hybrid.parts}
    lists = {HYBRID: hybrid_lists(hybrid, customers, forbidden, config.depth)}
    lists |= {name: part.propose(customers, forbidden, config.depth) for name, part in paths.items()}
    lists |= {
        name: baseline.propose(customers, customers.purchases, config.depth)
        for name, baseline in study.baselines(view).items()
    }
    return Evaluation.joined(judge(model, ranked, held, config) for model, ranked in lists.items())
