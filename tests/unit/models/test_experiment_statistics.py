"""The statistics of experiments, each beside an independent computation of the same number."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from statsmodels.api import OLS, WLS, add_constant
from statsmodels.stats._delta_method import NonlinearDeltaCov
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from models_py.experiments import cuped, off_policy, power, sample_ratio, sequential, validation
from models_py.experiments.contributions import mean, ratio
from models_py.experiments.effects import effect
from models_py.experiments.multiplicity import holm

CLOSE = {"rtol": 1e-9, "atol": 1e-12}
TRIAL = validation.draw_trial(np.random.default_rng(5), lift=0.1, customers=400)
ARM, CONTROL = np.flatnonzero(TRIAL.in_arm), np.flatnonzero(~TRIAL.in_arm)


def same(ours: object, theirs: object) -> None:
    np.testing.assert_allclose(np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float), **CLOSE)


# ---- Effects ---------------------------------------------------------------------------------------------------------


def test_a_mean_is_compared_as_statsmodels_does() -> None:
    arm, control = TRIAL.revenue[ARM], TRIAL.revenue[CONTROL]
    ours = effect(mean(arm), mean(control))
    theirs = CompareMeans(DescrStatsW(arm), DescrStatsW(control))
    same(ours.absolute, arm.mean() - control.mean())
    same((ours.ci_low, ours.ci_high), theirs.tconfint_diff(usevar="unequal"))
    same(ours.p_value, theirs.ttest_ind(usevar="unequal")[1])
    same(ours.standard_error, theirs.std_meandiff_separatevar)


def test_a_ratio_has_the_error_of_a_regression_with_impressions_clustered_by_customer() -> None:
    contributions = ratio(TRIAL.clicks, TRIAL.impressions)
    shown = TRIAL.impressions.astype(int)
    customer = np.repeat(np.arange(shown.size), shown)
    first = np.concatenate([np.arange(count) for count in shown])
    clicked = (first < TRIAL.clicks[customer]).astype(float)
    theirs = OLS(clicked, np.ones(clicked.size)).fit(cov_type="cluster", cov_kwds={"groups": customer})
    same(contributions.mean(), theirs.params[0])
    same(contributions.std(ddof=1) / np.sqrt(contributions.size), theirs.bse[0])


def test_the_relative_interval_is_the_delta_methods() -> None:
    arm, control = TRIAL.revenue[ARM], TRIAL.revenue[CONTROL]
    ours = effect(arm, control)
    covariance = np.diag([arm.var(ddof=1) / arm.size, control.var(ddof=1) / control.size])
    delta = NonlinearDeltaCov(
        lambda means: np.array([means[0] / means[1] - 1]), [arm.mean(), control.mean()], covariance
    )
    degrees = stats.ttest_ind(arm, control, equal_var=False).df
    half = stats.t.ppf(0.975, degrees) * float(np.sqrt(delta.cov()[0, 0]))
    # statsmodels differentiates numerically.
    np.testing.assert_allclose((ours.relative_ci_high - ours.relative_ci_low) / 2, half, rtol=1e-7)
    same((ours.relative_ci_low + ours.relative_ci_high) / 2, ours.relative)


def test_without_variance_or_customers_nothing_is_claimed() -> None:
    nobody_complained = effect(np.zeros(50), np.zeros(50))
    assert nobody_complained.absolute == 0
    assert np.isnan([nobody_complained.p_value, nobody_complained.ci_low, nobody_complained.relative]).all()
    assert np.isnan(effect(np.zeros(0), np.ones(3)).absolute)
    assert np.isnan(ratio([0.0, 0.0], [0.0, 0.0])).all()


@settings(deadline=None)
@given(st.floats(0.1, 100), st.integers(0, 1000))
def test_an_effect_scales_with_the_unit_and_turns_with_the_arms(unit: float, seed: int) -> None:
    arm, control = np.random.default_rng(seed).gamma(1.0, size=(2, 30))
    one, other = effect(arm, control), effect(control * unit, arm * unit)
    np.testing.assert_allclose([-one.ci_high * unit, -one.ci_low * unit], [other.ci_low, other.ci_high], rtol=1e-9)
    np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-9)


# ---- CUPED -----------------------------------------------------------------------------------------------------------


def test_cuped_finds_the_effect_of_an_analysis_of_covariance() -> None:
    adjusted = cuped.adjust(
        TRIAL.revenue[ARM], TRIAL.revenue[CONTROL], TRIAL.past_revenue[ARM], TRIAL.past_revenue[CONTROL]
    )
    found = effect(*adjusted)
    design = add_constant(np.column_stack([TRIAL.in_arm, TRIAL.past_revenue]))
    same(found.absolute, OLS(TRIAL.revenue, design).fit().params[1])
    assert found.standard_error < effect(TRIAL.revenue[ARM], TRIAL.revenue[CONTROL]).standard_error


def test_a_past_in_which_all_are_alike_changes_nothing() -> None:
    arm, control = cuped.adjust(np.arange(3.0), np.arange(4.0), np.ones(3), np.ones(4))
    same(arm, np.arange(3.0))
    same(control, np.arange(4.0))


# ---- Sequential ------------------------------------------------------------------------------------------------------


def test_the_boundary_is_where_the_mixture_likelihood_ratio_reaches_one_over_alpha() -> None:
    error, now, planned = 0.7, 30.0, 100.0
    radius = sequential.radius(error, now, planned)
    spread = error * np.sqrt(sequential._mixture(0.05) * now / planned)

    def likelihood_ratio(true: float) -> float:
        return stats.norm.pdf(radius, true, error) / stats.norm.pdf(radius, 0, error) * stats.norm.pdf(true, 0, spread)

    mixed, _ = integrate.quad(likelihood_ratio, -20, 20, epsabs=1e-12, epsrel=1e-12, limit=500)
    np.testing.assert_allclose(mixed, 20.0, rtol=1e-9)
    np.testing.assert_allclose(sequential.p_value(radius, error, now, planned), 0.05, rtol=1e-9)


def test_the_sequential_interval_is_shortest_as_planned() -> None:
    multiples = [sequential.radius(1.0, now, 100.0) for now in (90.0, 100.0, 110.0)]
    assert min(multiples) == multiples[1]
    # What honesty about looking costs at the planned end, in units of 1.96 standard errors.
    assert 1.4 < multiples[1] / 1.96 < 1.6


def test_without_information_the_sequential_interval_says_nothing() -> None:
    assert sequential.radius(1.0, sequential.information(0, 10), 100.0) == np.inf


# ---- Several metrics, sizes of arms, power ---------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_the_step_down_rule(p_values: list[float]) -> None:
    order = np.argsort(p_values, kind="stable")
    stepped = itertools.accumulate(
        (min(1.0, p_values[i] * (len(p_values) - place)) for place, i in enumerate(order)), max
    )
    expected = np.empty(len(p_values))
    expected[order] = list(stepped)
    same(holm(p_values), expected)


def test_a_metric_without_p_value_does_not_count_among_the_many() -> None:
    same(holm([0.02, np.nan, 0.04]), [0.04, np.nan, 0.04])


def test_the_sample_ratio_check_is_pearsons_chi_square() -> None:
    observed, expected = np.array([480, 530]), np.array([505.0, 505.0])
    statistic = ((observed - expected) ** 2 / expected).sum()
    same(sample_ratio.p_value([480, 530], [0.5, 0.5]), stats.chi2.sf(statistic, 1))
    assert np.isnan(sample_ratio.p_value([0, 0], [0.5, 0.5]))


def test_the_customers_needed_have_the_power_that_was_asked_for() -> None:
    needed = power.customers_needed(0.5, 300, 100, smallest_effect=0.8)
    error = 0.5 * np.sqrt(400 / needed)
    found = stats.norm.sf(1.959963984540054 - 0.8 / error) + stats.norm.cdf(-1.959963984540054 - 0.8 / error)
    assert 0.8 <= found < 0.802
    same(power.achieved_power(error, round(needed * 0.75), round(needed * 0.25), 0.8), found)


def test_days_still_needed() -> None:
    assert power.days_still_needed(1000.0, 400, 50.0) == 12
    assert power.days_still_needed(300.0, 400, 50.0) == 0
    assert np.isnan(power.days_still_needed(1000.0, 400, 0.0))
    assert np.isnan(power.customers_needed(0.0, 10, 10, 0.1))


# ---- Off-policy ------------------------------------------------------------------------------------------------------


def test_snips_is_a_weighted_regression_clustered_by_customer() -> None:
    rng = np.random.default_rng(2)
    customers = rng.integers(0, 60, 500)
    propensities, probabilities = rng.uniform(0.05, 1.0, 500), rng.uniform(0.0, 1.0, 500)
    rewards = (rng.random(500) < 0.2).astype(float)
    _, ours = off_policy.estimates(rewards, propensities, probabilities, customers)
    weights = probabilities / propensities
    theirs = WLS(rewards, np.ones(500), weights=weights).fit(cov_type="cluster", cov_kwds={"groups": customers})
    same((ours.value, ours.standard_error), (theirs.params[0], theirs.bse[0]))
    same((ours.ci_low, ours.ci_high), theirs.conf_int()[0])


def test_both_estimators_find_the_value_of_a_policy_that_was_never_run() -> None:
    rng = np.random.default_rng(3)
    reward_of = np.array([0.1, 0.2, 0.6])
    logging, other = np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.2, 0.7])
    shown = rng.choice(3, 20_000, p=logging)
    rewards = (rng.random(20_000) < reward_of[shown]).astype(float)
    for found in off_policy.estimates(rewards, logging[shown], other[shown], np.arange(20_000)):
        assert found.ci_low < reward_of @ other < found.ci_high
        assert found.effective_sample_size < 20_000


def test_a_policy_is_worth_what_was_measured_under_itself() -> None:
    found = off_policy.estimates([1.0, 0.0, 0.0, 1.0], [0.5] * 4, [0.5] * 4, ["a", "a", "b", "c"])
    for estimate in found:
        assert (estimate.value, estimate.effective_sample_size, estimate.customers) == (0.5, 4.0, 3)


def test_what_the_other_policy_never_shows_says_nothing_about_it() -> None:
    _, snips = off_policy.estimates([1.0, 0.0], [0.5, 0.5], [0.0, 0.0], ["a", "b"])
    assert snips.effective_sample_size == 0
    assert np.isnan(snips.value)


def test_an_impossible_propensity_is_refused() -> None:
    with pytest.raises(ValueError, match="propensity"):
        off_policy.estimates([1.0], [0.0], [1.0], ["a"])


# ---- Promises kept on made-up experiments; models_py.experiments.validation asks a thousand --------------------------


@pytest.mark.parametrize("lift", [0.0, 0.2])
def test_intervals_miss_the_truth_at_the_nominal_rate(lift: float) -> None:
    for rate in validation.misses_at_the_end(200, lift, seed=11):
        assert rate.holds, (rate.name, rate.share, rate.bounds)


def test_looking_daily_is_honest_with_the_sequential_interval_and_not_without() -> None:
    rates = list(validation.misses_on_any_day(40, 0.0, seed=12))
    always_valid, ordinary = rates[0::2], rates[1::2]
    assert all(rate.holds for rate in always_valid)
    assert all(rate.share > 2 * 0.05 for rate in ordinary)


@pytest.mark.parametrize("lost", [0.0, 0.2, 0.3])
def test_a_sample_ratio_mismatch_is_caught_with_the_stated_power(lost: float) -> None:
    assert validation.mismatches(2000, lost, seed=13).holds
