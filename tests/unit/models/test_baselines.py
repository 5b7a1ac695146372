"""The baselines, against their textbook definitions."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from models_py.arrays.parallel import THREADS_VARIABLE
from models_py.arrays.ragged import Ragged
from models_py.baselines import als, ease
from models_py.baselines.als import AlsConfig
from models_py.baselines.by_name import BASELINES, BaselineConfig, fit_baseline
from models_py.baselines.ease import EaseConfig, TooManyProductsError
from models_py.data.assemble import assemble
from models_py.tables import Tables

Shop = Callable[..., Tables]
TWO_TASTES = {
    **{f"a{i}": ["rose soap", "rose oil", "rose balm"] for i in range(4)},
    **{f"b{i}": ["clay mask", "clay wash", "clay soap"] for i in range(4)},
    "eve": ["rose soap", "rose oil"],
}
PRODUCTS = ["rose soap", "rose oil", "rose balm", "clay mask", "clay wash", "clay soap"]


@pytest.mark.parametrize("name", ["item_knn", "ease", "als"])
def test_collaborative_baselines_tell_tastes_apart(shop: Shop, name: str) -> None:
    data = assemble(shop(TWO_TASTES, PRODUCTS))
    seen = data.snapshot("serving", "serving")
    config = BaselineConfig(ease=EaseConfig(penalty=1.0), als=AlsConfig(factors=2))
    ids, _ = fit_baseline(name, data, seen, config).propose(seen, seen.purchases, 1)
    eve = data.customers.names.tolist().index("eve")
    assert data.catalogue.index.names[ids[eve, 0]] == "rose balm"


def test_ease_rebuilds_purchases_best_of_all_matrices_without_a_diagonal(shop: Shop) -> None:
    data = assemble(shop({"ann": ["a", "b"], "bea": ["b", "c"], "cat": ["a", "b", "c"]}, ["a", "b", "c"]))
    seen = data.snapshot("serving", "serving")
    weights = ease.fit(seen, 3, EaseConfig(penalty=2.0)).weights.astype(np.float64)
    bought = np.zeros((3, 3))
    bought[seen.purchases.row_of_entry(), seen.purchases.ids] = 1
    assert np.diag(weights) == pytest.approx(0)
    # At the optimum the loss |X - XB|^2 + penalty |B|^2 does not change with any weight off the diagonal.
    slope = -bought.T @ (bought - bought @ weights) + 2.0 * weights
    assert slope[~np.eye(3, dtype=bool)] == pytest.approx(0, abs=1e-6)


def test_ease_refuses_a_catalogue_that_it_cannot_invert(shop: Shop) -> None:
    seen = assemble(shop({"ann": ["a", "b"]}, ["a", "b"])).snapshot("serving", "serving")
    with pytest.raises(TooManyProductsError, match="2 products are more than the 1"):
        ease.fit(seen, 2, EaseConfig(max_products=1))


def test_als_is_the_same_for_any_number_of_threads_and_does_not_warn(
    lively_shop: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = assemble(lively_shop)
    seen = data.snapshot("serving", "serving")
    scores = []
    for threads in ("1", "3"):
        monkeypatch.setenv(THREADS_VARIABLE, threads)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            scores.append(als.fit(seen, len(data.catalogue), AlsConfig()).scores(seen))
    assert np.array_equal(*scores)


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_are_parts(lively_shop: Tables, name: str) -> None:
    data = assemble(lively_shop)
    seen = data.snapshot("published", "validation")
    size = len(data.catalogue)
    # The catalogue has grown by one product since, and every other one is not allowed.
    allowed = np.arange(size + 1) % 2 == 0
    part = fit_baseline(name, data, seen, BaselineConfig()).among(allowed)
    ids, scores = part.propose(seen, seen.purchases, size + 1)
    shown = ids >= 0
    assert shown.any()
    assert allowed[ids[shown]].all()
    pairs = Ragged.from_pairs(np.nonzero(shown)[0], ids[shown], 0.0, len(seen))
    assert not np.isin(pairs.pairs(), seen.purchases.pairs()).any()
    assert (scores[shown] > 0).all() and (scores[~shown] == 0).all()
    assert (np.diff(scores, axis=1) <= 0).all()
    assert part.score(seen, pairs) == pytest.approx(scores[shown])


def test_a_baseline_that_does_not_exist_is_refused(lively_shop: Tables) -> None:
    data = assemble(lively_shop)
    with pytest.raises(ValueError, match="no baseline 'horoscope'"):
        fit_baseline("horoscope", data, data.snapshot("serving", "serving"), BaselineConfig())
