"""The blend is tuned towards the part that knows."""

from collections.abc import Callable

import numpy as np
import pytest

from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import target_ranks
from models_py.data.assemble import assemble
from models_py.data.dataset import Snapshot
from models_py.ranking.candidates import Candidates, generate
from models_py.ranking.linear_ranker import LinearConfig, LinearRanker, tune
from models_py.ranking.metrics import ndcg
from models_py.tables import Tables


def customers_with(shop: Callable[..., Tables], count: int, products: int) -> Snapshot:
    names = [f"p{i}" for i in range(products)]
    targets = [("serving", "serving", f"c{i}", names[i % products], False) for i in range(count)]
    bought = {f"c{i}": [names[(i + 1) % products]] for i in range(count)}
    return assemble(shop(bought, names, targets=targets)).snapshot("serving", "serving")


def test_tuning_trusts_the_part_that_ranks_targets_high(shop: Callable[..., Tables]) -> None:
    customers = customers_with(shop, 60, 6)
    rng = np.random.default_rng(0)
    pairs = Ragged.from_pairs(np.repeat(np.arange(60), 6), np.tile(np.arange(6), 60), 0.0, 60)
    is_target = np.isin(pairs.pairs(), customers.targets.pairs())
    informed = np.where(is_target, 0.8, 0.5) + 0.1 * rng.random(360)
    scores = np.column_stack([informed, rng.random(360)]).astype(np.float32)
    candidates = Candidates(pairs, ("informed", "noise"), scores)
    start = LinearConfig(weights={"informed": 0.5, "noise": 0.5})
    ranker, quality = tune(customers, candidates, start)
    assert ranker.weights["informed"] > 3 * ranker.weights["noise"]
    assert sum(ranker.weights.values()) == pytest.approx(1)
    ranks = target_ranks(pairs.with_values(ranker.score(customers, candidates)), customers.targets)
    assert ndcg(ranks, customers.targets, 10).mean() == pytest.approx(quality)


def test_too_few_customers_to_tune_on_leave_the_starting_point(shop: Callable[..., Tables]) -> None:
    customers = customers_with(shop, 3, 3)
    pairs = Ragged.from_pairs([0, 1, 2], [0, 1, 2], 0.0, 3)
    candidates = Candidates(pairs, ("content",), np.ones((3, 1), np.float32))
    ranker, _ = tune(customers, candidates, LinearConfig())
    assert ranker.weights == LinearConfig().weights


def test_customers_without_purchases_have_a_blend_of_their_own(shop: Callable[..., Tables]) -> None:
    snapshot = assemble(shop({"new": [], "old": ["a"]}, ["a", "b"])).snapshot("serving", "serving")
    ranker = LinearRanker({"bucket": 2.0, "content": 1.0}, {"bucket": 0.1, "content": 0.9}, {"bucket": 1.0})
    pairs = Ragged.from_pairs([0, 1], [0, 0], 0.0, 2)
    candidates = Candidates(pairs, ("bucket", "content"), np.array([[2.0, 1.0], [2.0, 1.0]], np.float32))
    scores = ranker.score(snapshot, candidates)
    is_new = snapshot.purchases.lengths == 0
    assert scores[is_new] == pytest.approx([1.0])
    assert scores[~is_new] == pytest.approx([0.1 + 0.9])
    assert ranker.contributions(snapshot, candidates).sum(axis=1) == pytest.approx(scores)


def test_candidates_are_what_any_part_proposes() -> None:
    class Fixed:
        def __init__(self, product: int) -> None:
            self.product = product

        def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[np.ndarray, np.ndarray]:
            return np.full((1, 1), self.product, np.int32), np.ones((1, 1), np.float32)

        def score(self, customers: Snapshot, pairs: Ragged) -> np.ndarray:
            return (pairs.ids == self.product).astype(np.float32)

        def among(self, allowed: np.ndarray) -> "Fixed":
            return self

    table = generate({"two": Fixed(2), "one": Fixed(1)}, None, Ragged.empty(1), 1)  # type: ignore[arg-type]
    assert table.parts == ("one", "two")
    assert table.pairs.ids.tolist() == [1, 2]
    assert table.scores.tolist() == [[1.0, 0.0], [0.0, 1.0]]
