"""The learned ranker: trained where customers are enough, deterministic, blind to what is held out, explained."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models_py import artifacts
from models_py.arrays.parallel import THREADS_VARIABLE
from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.ranking import product_sales
from models_py.ranking.hybrid import LAMBDAMART, LINEAR, HybridConfig
from models_py.ranking.lambdamart import LambdaMartConfig, LambdaMartRanker
from models_py.ranking.lessons import before_last, held_out_customers
from models_py.ranking.linear_ranker import LinearConfig
from models_py.recommend import recommend
from models_py.tables import Tables
from models_py.training import TrainedRun, train

# An untuned blend that hears the bucket above all is easily beaten by trees, whatever the shop.
DULL = LinearConfig(rounds=0, weights={"bucket": 1.0})
EAGER = LambdaMartConfig(least_customers=10, rounds=40, leaf_size=10, leaves=4, held_out=3, folds=2, depth=2)


def learning() -> RunConfig:
    config = RunConfig()
    return replace(config, hybrid=replace(config.hybrid, ranker=LAMBDAMART, linear=DULL, lambdamart=EAGER))


def with_times(tables: Tables) -> Tables:
    """Each purchase a day after the one before."""
    bought = tables.visible_purchases
    start = pa.scalar(np.datetime64("2025-01-01", "us"))
    since = pc.multiply(bought["transaction_sequence"], 86_400_000_000).cast(pa.duration("us"))
    dated = bought.append_column("ordered_at", pc.add(start, since))
    return Tables(**{**tables.__dict__, "visible_purchases": dated})


@pytest.fixture(scope="module")
def dated(request: pytest.FixtureRequest) -> Tables:
    shop_of_seed = request.getfixturevalue("shop_of_seed")

    return with_times(shop_of_seed(8, customers=300))


@pytest.fixture(scope="module")
def learned(dated: Tables) -> TrainedRun:
    run = train(dated, learning())
    assert isinstance(run.hybrid.ranker, LambdaMartRanker), run.summary["ranker_choice"]
    return run


def bytes_of(run: TrainedRun, folder: Path) -> tuple[bytes, bytes]:
    artifacts.save(run, folder)
    return (folder / artifacts.ARRAYS_FILE).read_bytes(), (folder / artifacts.FACTS_FILE).read_bytes()


def test_few_customers_keep_the_linear_blend(lively_shop: Tables) -> None:
    run = train(lively_shop, RunConfig(hybrid=HybridConfig(ranker=LAMBDAMART)))
    assert run.summary["ranker_choice"]["ranker"] == "linear"  # type: ignore[index]


def test_a_shop_may_keep_the_blend(dated: Tables) -> None:
    config = learning()
    run = train(dated, replace(config, hybrid=replace(config.hybrid, ranker=LINEAR)))
    assert run.summary["ranker_choice"] == {"ranker": "linear", "because": "configured"}


def test_a_small_shop_keeps_the_blend_unasked(trained: TrainedRun) -> None:
    choice = trained.summary["ranker_choice"]
    assert isinstance(choice, dict)
    assert (choice["ranker"], choice["because"]) == ("linear", "too few customers with targets")


def test_a_ranker_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of linear, lambdamart"):
        HybridConfig(ranker="forest")


def test_trees_with_more_leaves_than_can_be_asked_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 32 leaves"):
        LambdaMartConfig(leaves=33)


def test_training_twice_gives_the_same_bytes_on_any_number_of_threads(
    dated: Tables, learned: TrainedRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    again = train(dated, learning())
    assert bytes_of(again, tmp_path / "a") == bytes_of(learned, tmp_path / "b")
    on_three = recommend(again, dated)
    monkeypatch.setenv(THREADS_VARIABLE, "1")
    assert recommend(learned, dated).equals(on_three)


def test_a_saved_ranker_recommends_the_same(dated: Tables, learned: TrainedRun, tmp_path: Path) -> None:
    artifacts.save(learned, tmp_path)
    assert recommend(artifacts.load(tmp_path), dated).equals(recommend(learned, dated))


def test_held_out_rows_change_no_tree(dated: Tables, learned: TrainedRun) -> None:
    targets = dated.targets
    held_out = targets.filter(pc.equal(targets["split"], "test"))
    order = np.random.default_rng(5).permutation(len(held_out))
    permuted = held_out.set_column(3, "product_id", held_out["product_id"].take(order))
    kept = targets.filter(pc.not_equal(targets["split"], "test"))
    other = train(Tables(**{**dated.__dict__, "targets": pa.concat_tables([kept, permuted])}), learning())
    assert other.hybrid.ranker == learned.hybrid.ranker


def test_scores_fall_and_are_shared_out_among_the_parts(dated: Tables, learned: TrainedRun) -> None:
    parts = ["content_score", "collaborative_score", "bucket_score", "concern_score", "repurchase_score", "rule_score"]
    last: dict[str, float] = {}
    for row in recommend(learned, dated).to_pylist():
        assert sum(row[part] for part in parts) == pytest.approx(row["score"], abs=1e-4)
        assert row["score"] <= last.get(row["customer_id"], np.inf)
        last[row["customer_id"]] = row["score"]


def test_sales_are_counted_before_the_day_only(dated: Tables) -> None:
    snapshot = assemble(dated).snapshot("serving", "serving")
    sales = product_sales.fit(snapshot, 25)
    product = int(snapshot.purchases.ids[0])
    days = snapshot.purchase_days.values[snapshot.purchases.ids == product].astype(np.float64)
    for day in (days.min(), days.min() + 2, np.nan):
        before = sales.before(np.array([product], np.int32), np.array([day]))
        assert before.tolist() == [int((days < day).sum())]
    first = sales.days_since_first(np.array([product], np.int32), np.array([days.min()]), np.array([0]))
    assert np.isnan(first).all()


def test_the_snapshot_before_the_last_purchase_has_it_as_target(dated: Tables) -> None:
    snapshot = assemble(dated).snapshot("published", "validation")
    earlier = before_last(snapshot)
    for row in range(20):
        full = snapshot.purchases.slice(row, row + 1).ids.tolist()
        cut = earlier.purchases.slice(row, row + 1).ids.tolist()
        assert cut == full[:-1]
        assert earlier.targets.slice(row, row + 1).ids.tolist() == [p for p in full[-1:] if p not in cut]


def test_the_blend_does_not_learn_from_customers_that_are_held_out(dated: Tables, learned: TrainedRun) -> None:
    data = assemble(dated)
    held_out = held_out_customers(data.snapshot("published", "validation"), EAGER)
    names = pa.array(data.customers.names[held_out], pa.string())
    targets = dated.targets
    asked = pc.and_(pc.equal(targets["split"], "validation"), pc.is_in(targets["customer_id"], names))
    assert 0 < pc.sum(asked).as_py() < len(targets)
    other = targets.set_column(3, "product_id", pc.if_else(asked, "p0", targets["product_id"]))
    config = replace(learning(), hybrid=replace(learning().hybrid, linear=LinearConfig(least_customers=1)))
    tuned = [
        train(Tables(**{**dated.__dict__, "targets": rows}), config).summary["ranker"] for rows in (targets, other)
    ]
    blends = [ranker.get("linear", ranker) for ranker in tuned]  # type: ignore[attr-defined]
    assert blends[0] == blends[1]


def test_chances_are_checked_by_length_of_history(learned: TrainedRun) -> None:
    choice = learned.summary["ranker_choice"]
    report = choice["calibration"]  # type: ignore[index]
    assert {"1 purchases or more", "5 purchases or more"} & set(report)
    for figures in report.values():
        assert 0 <= figures["expected_calibration_error"] < 0.2


@pytest.mark.parametrize("absent", ["content", "user_knn", "repurchase"])
def test_trees_do_without_a_part(dated: Tables, absent: str) -> None:
    config = learning()
    parts = tuple(part for part in config.hybrid.parts if part != absent)
    run = train(dated, replace(config, hybrid=replace(config.hybrid, parts=parts)))
    assert run.summary["ranker_choice"]["ranker"] == LAMBDAMART  # type: ignore[index]
    column = {"content": "content_score", "repurchase": "repurchase_score"}.get(absent)
    for row in recommend(run, dated).to_pylist():
        added = [value for name, value in row.items() if name.endswith("_score")]
        assert sum(added) == pytest.approx(row["score"], abs=1e-4)
        assert column is None or row[column] == 0
