"""Nothing learns from what it is asked about.

Each test changes what must not matter and demands that what is fitted stays the same to the last byte, or that results
stay as equal as floating-point sums allow.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models_py import artifacts
from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.evaluation.judging import EvaluationConfig
from models_py.evaluation.protocols import Question, View, questions, training_view
from models_py.evaluation.study import Study
from models_py.model_evaluation import evaluate
from models_py.ranking import product_sales
from models_py.ranking.candidates import generate
from models_py.ranking.features import FeatureSource
from models_py.ranking.hybrid import Hybrid
from models_py.ranking.product_sales import last_purchase_days
from models_py.tables import REQUIRED_COLUMNS, Tables
from models_py.training import TrainedRun, train

PROTOCOLS = ("published", "refit", "global_time")
QUESTIONS = [question for protocol in PROTOCOLS for question in questions(protocol, PROTOCOLS)]
BASELINES = EvaluationConfig().baselines
Digest = Callable[[FeatureSource], bytes]


@pytest.fixture
def digest(trained: TrainedRun, tmp_path: Path) -> Digest:
    """The bytes of everything that was fitted, as a run would save them."""

    def of(source: FeatureSource) -> bytes:
        artifacts.save(replace(trained, hybrid=Hybrid.of(source, trained.hybrid.ranker, 100)), tmp_path)
        return (tmp_path / artifacts.ARRAYS_FILE).read_bytes()

    return of


def study(tables: Tables, config: RunConfig | None = None) -> Study:
    return Study(assemble(tables), config or RunConfig(), lambda _: None)


def is_at(table: pa.Table, view: View) -> pa.ChunkedArray:
    return pc.and_(pc.equal(table["protocol"], view.protocol), pc.equal(table["split"], view.split))


def with_other_products(table: pa.Table, rows: pa.ChunkedArray, seed: int = 5) -> pa.Table:
    """The table with the products of some rows dealt out anew among them."""
    chosen = np.flatnonzero(rows.to_numpy())
    products = table["product_id"].to_numpy(zero_copy_only=False).copy()
    dealt = np.random.default_rng(seed).permutation(products[chosen])
    assert (dealt != products[chosen]).any(), "nothing was changed"
    products[chosen] = dealt
    return table.set_column(table.column_names.index("product_id"), "product_id", pa.array(products, pa.string()))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.asked.protocol}-{q.asked.split}")
def test_held_out_products_reach_no_part(question: Question, lively_shop: Tables, digest: Digest) -> None:
    targets = lively_shop.targets
    other = replace(lively_shop, targets=with_other_products(targets, is_at(targets, question.asked)))
    assert digest(study(other).fit(question.fitted_on).source) == digest(
        study(lively_shop).fit(question.fitted_on).source
    )


@pytest.fixture(scope="module")
def crowded_shop(shop_of_seed: Callable[..., Tables]) -> Tables:
    """Customers enough for a ranker to be tuned on them."""
    return shop_of_seed(1, customers=200)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_held_out_for_the_test_reaches_no_ranker(protocol: str, crowded_shop: Tables) -> None:
    targets = crowded_shop.targets
    view = training_view(protocol, PROTOCOLS)
    expected = study(crowded_shop).train(view).ranker
    for split, matters in (("test", False), ("validation", True)):
        other = replace(crowded_shop, targets=with_other_products(targets, pc.equal(targets["split"], split)))
        assert (study(other).train(view).ranker != expected) == matters


def test_a_run_does_not_know_what_it_is_tested_on(crowded_shop: Tables, tmp_path: Path) -> None:
    targets = crowded_shop.targets
    other = replace(crowded_shop, targets=with_other_products(targets, pc.equal(targets["split"], "test")))
    runs = [train(tables, RunConfig()) for tables in (crowded_shop, other)]
    written = []
    for run in runs:
        artifacts.save(run, tmp_path)
        written.append((tmp_path / artifacts.ARRAYS_FILE).read_bytes())
    assert written[0] == written[1]
    assert runs[0].hybrid.ranker == runs[1].hybrid.ranker


def test_published_is_fitted_without_the_last_two_transactions(lively_shop: Tables, digest: Digest) -> None:
    """At test the history shows the last but one; no similarity may come from it."""
    bought = lively_shop.visible_purchases
    _, question = questions("published", PROTOCOLS)
    frame = bought.to_pandas()
    sequence = frame["transaction_sequence"]
    is_last = sequence == sequence.groupby([frame["protocol"], frame["split"], frame["customer_id"]]).transform("max")
    is_last = pc.and_(is_at(bought, question.asked), pa.chunked_array([pa.array(is_last)]))
    other = replace(lively_shop, visible_purchases=with_other_products(bought, is_last))
    assert digest(study(other).fit(question.fitted_on).source) == digest(
        study(lively_shop).fit(question.fitted_on).source
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.asked.protocol}-{q.asked.split}")
def test_a_fit_reads_the_rows_of_its_own_view_alone(question: Question, lively_shop: Tables, digest: Digest) -> None:
    """Another view may show what is later."""
    view = question.fitted_on
    alone = {
        name: table.filter(is_at(table, view))
        for name in REQUIRED_COLUMNS
        # Customers give everybody a position: who there is may be known, what they did may not.
        if name != "users" and "protocol" in (table := getattr(lively_shop, name)).column_names
    }
    assert digest(study(replace(lively_shop, **alone)).fit(view).source) == digest(study(lively_shop).fit(view).source)


def test_global_time_knows_nothing_of_the_future(lively_shop: Tables) -> None:
    """Neither other protocols, which see later purchases, nor products that were launched after the cutoff matter."""
    future = {"p3", "p7", "p11", "p18"}

    def with_launches(launched_on: datetime, brand: str, term: str) -> Tables:
        names = lively_shop.dim_products["product_id"].to_pylist()
        is_future = pa.array([name in future for name in names])
        bought = lively_shop.visible_purchases
        dim = lively_shop.dim_products
        later = {"launched_on": pa.scalar(launched_on, pa.timestamp("us")), "brand": pa.scalar(brand)}
        for column, value in (*later.items(), ("product_name", pa.scalar(f"{term} {brand}"))):
            place = dim.column_names.index(column)
            dim = dim.set_column(place, column, pc.if_else(is_future, value, dim[column]))
        terms = lively_shop.product_terms
        said = pc.if_else(pc.is_in(terms["product_id"], pa.array(sorted(future))), pa.scalar(term), terms["term"])
        terms = terms.set_column(terms.column_names.index("term"), "term", said)
        # In this world nobody bought the future products under global_time.
        unseen = pc.invert(
            pc.and_(
                pc.equal(bought["protocol"], "global_time"), pc.is_in(bought["product_id"], pa.array(sorted(future)))
            )
        )
        return replace(lively_shop, dim_products=dim, product_terms=terms, visible_purchases=bought.filter(unseen))

    def figures(tables: Tables) -> pa.Table:
        views = {
            name: table.filter(pc.equal(table["protocol"], "global_time"))
            for name in REQUIRED_COLUMNS
            if "protocol" in (table := getattr(tables, name)).column_names
        }
        config = replace(RunConfig(), evaluation=EvaluationConfig(baselines=("most_popular", "item_knn")))
        run = train(tables, config)
        found = [evaluate(shop, run).results for shop in (tables, replace(tables, **views))]
        of_global_time = [rows.filter(pc.equal(rows["protocol"], "global_time")) for rows in found]
        assert of_global_time[0].equals(of_global_time[1]), "other protocols matter"
        return of_global_time[0].filter(pc.not_equal(of_global_time[0]["metric"], "diversity@10"))

    late = datetime(2030, 1, 1)
    assert figures(with_launches(late, "brand 1", "ingredient_1")).equals(
        figures(with_launches(late, "another", "ingredient_2"))
    )


def test_sales_are_counted_up_to_the_customers_own_last_purchase(lively_shop: Tables) -> None:
    """Under leave-last-out a fit sees other customers' later purchases. What a product had sold by then must not."""
    bought = lively_shop.visible_purchases
    since = pc.multiply(bought["transaction_sequence"], 86_400_000_000).cast(pa.duration("us"))
    dated = bought.append_column("ordered_at", pc.add(pa.scalar(datetime(2025, 1, 1), pa.timestamp("us")), since))
    world = study(replace(lively_shop, visible_purchases=dated))
    fit = world.fit(View("published", "validation"))
    last = last_purchase_days(fit.snapshot)
    day = float(np.nanmedian(last))
    customers = fit.snapshot.rows(np.flatnonzero(last == day))
    pairs = generate(fit.source.parts, customers, customers.purchases, 100).pairs
    days = fit.snapshot.purchase_days
    past = replace(fit.snapshot, purchase_days=days.where(days.values < day))
    unaware = replace(fit.source, sales=product_sales.fit(past, len(world.data.catalogue)))
    assert len(unaware.sales.sales.ids) < len(fit.source.sales.sales.ids)
    for (name, _, seen), (_, _, then) in zip(
        fit.source.columns(customers, pairs), unaware.columns(customers, pairs), strict=True
    ):
        assert np.array_equal(seen, then, equal_nan=True), name


def renamed(tables: Tables, column: str, prefix: str) -> Tables:
    """The same shop with other ids, which fall into another order."""
    names = sorted(
        {
            name
            for table in REQUIRED_COLUMNS
            if column in REQUIRED_COLUMNS[table]
            for name in getattr(tables, table)[column].to_pylist()
        }
    )
    others = dict(
        zip(names, np.random.default_rng(2).permutation([f"{prefix}{i}" for i in range(len(names))]), strict=True)
    )

    def rename(table: pa.Table) -> pa.Table:
        if column not in table.column_names:
            return table
        ids = pa.array([others[name] for name in table[column].to_pylist()], pa.string())
        return table.set_column(table.column_names.index(column), column, ids)

    return replace(tables, **{name: rename(getattr(tables, name)) for name in REQUIRED_COLUMNS})


@pytest.mark.parametrize(("column", "prefix"), [("product_id", "q"), ("customer_id", "k")])
def test_ids_carry_nothing(column: str, prefix: str, lively_shop: Tables) -> None:
    """Ids decide which of two equal products stands first, and who is drawn, and nothing else.

    Every mean over customers is the same to rounding, since ranks are shared among equals and in this shop no list is
    cut. A blend adds up its parts in another order, so that two products that are equal but for rounding may change
    places; and it is tuned on a sample of the customers, which other ids make another one. Left out as well: what the
    first ten of equals show; ALS, which starts from random numbers by position; validation and cold start, which ask
    samples of customers.
    """
    config = replace(RunConfig(), evaluation=EvaluationConfig(baselines=tuple(sorted(set(BASELINES) - {"als"}))))
    values = []
    for tables in (lively_shop, renamed(lively_shop, column, prefix)):
        rows = evaluate(tables, train(tables, config)).results.to_pandas()
        is_mean = rows["metric"].str.match("hr|ndcg|mrr|evaluable")
        rows = rows[is_mean & (rows["split"] == "test") & rows["protocol"].isin(PROTOCOLS)]
        values.append(rows.set_index(["protocol", "model", "metric", "slice"])["value"].sort_index())
    assert values[0].index.equals(values[1].index)
    is_blend = values[0].index.get_level_values("model").isin(["hybrid", "collaborative"])
    assert (~is_blend).sum() > 1000
    assert values[0][~is_blend].to_numpy() == pytest.approx(values[1][~is_blend].to_numpy(), abs=1e-6, nan_ok=True)
    if column == "product_id":
        assert values[0][is_blend].to_numpy() == pytest.approx(values[1][is_blend].to_numpy(), abs=0.01, nan_ok=True)


def test_the_order_of_rows_changes_no_result(lively_shop: Tables, trained: TrainedRun) -> None:
    random = np.random.default_rng(3)
    tables = {name: getattr(lively_shop, name) for name in REQUIRED_COLUMNS}
    again = Tables(**{name: table.take(random.permutation(len(table))) for name, table in tables.items()})
    expected, found = evaluate(lively_shop, trained), evaluate(again, train(again, trained.config))
    assert found.results.equals(expected.results)
    assert found.users.equals(expected.users)
