"""Interleaving is fair and blind; ratings are compared within each person."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.weightstats import DescrStatsW

from models_py.experiments.interleaving import BASELINE, MODEL, Pick, team_draft
from models_py.experiments.user_study import compare_ratings

products = st.lists(st.sampled_from("abcdefghij"), max_size=8)


def test_teams_choose_in_turns_and_a_shared_product_once() -> None:
    picks = team_draft(["a", "b", "c"], ["b", "d", "e"], 4, key="ann", salt="s")
    assert {pick.product_id for pick in picks[:2]} in ({"a", "b"}, {"b", "a"})
    assert Counter(pick.team for pick in picks) == {MODEL: 2, BASELINE: 2}
    assert picks == team_draft(["a", "b", "c"], ["b", "d", "e"], 4, key="ann", salt="s")


@given(products, products, st.integers(1, 12), st.text(max_size=5))
def test_a_list_holds_the_best_of_both_without_repeats(
    model: list[str], baseline: list[str], count: int, key: str
) -> None:
    picks = team_draft(model, baseline, count, key, "s")
    chosen = [pick.product_id for pick in picks]
    assert len(chosen) == len(set(chosen)) == min(count, len({*model, *baseline}))
    assert all(pick.product_id in (model if pick.team == MODEL else baseline) for pick in picks)


def test_either_team_is_as_often_first() -> None:
    first = [team_draft(["a"], ["b"], 2, f"c{number}", "s")[0] for number in range(2000)]
    assert binomtest(first.count(Pick("a", MODEL)), 2000).pvalue > 0.001


def test_ratings_are_compared_as_statsmodels_does() -> None:
    rng = np.random.default_rng(4)
    ratings = {
        f"p{i}": {MODEL: rng.integers(2, 6, 5).tolist(), BASELINE: rng.integers(1, 5, 4).tolist()} for i in range(20)
    }
    found = compare_ratings(ratings)
    theirs = DescrStatsW([np.mean(one[MODEL]) - np.mean(one[BASELINE]) for one in ratings.values()])
    np.testing.assert_allclose(
        [found.difference, found.ci_low, found.ci_high, found.p_value],
        [theirs.mean, *theirs.tconfint_mean(), theirs.ttest_mean()[1]],
        rtol=1e-9,
    )
    assert found.prefer_model + found.prefer_baseline + found.prefer_neither == found.people == 20


def test_a_generous_person_counts_as_much_as_a_strict_one() -> None:
    found = compare_ratings({"generous": {MODEL: [5, 5], BASELINE: [4]}, "strict": {MODEL: [2], BASELINE: [1, 1, 1]}})
    assert (found.difference, found.prefer_model) == (1.0, 2)


def test_who_rated_one_list_only_says_nothing() -> None:
    found = compare_ratings({"ann": {MODEL: [5]}, "bea": {BASELINE: [1], MODEL: []}})
    assert found.people == found.ratings == 0
    assert np.isnan(found.difference)
