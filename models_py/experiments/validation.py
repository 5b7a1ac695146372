"""Do the statistics keep their promises? Thousands of made-up experiments of which the truth is known.

    python -m models_py.experiments.validation --experiments 1000

Customers come over eight weeks. Each has an activity that drives impressions, spending and the past alike, so that
metrics are skewed, ratios have dependent parts, and the past predicts something. Nothing here is a finding.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from models_py.experiments import sample_ratio, sequential
from models_py.experiments.contributions import mean, ratio
from models_py.experiments.cuped import adjust
from models_py.experiments.effects import ALPHA, Effect, effect

FloatArray = NDArray[np.floating[Any]]

DAYS = 56
CLICK_RATE, PURCHASE_RATE, BASKET_LOG_MEAN, BASKET_LOG_SPREAD = 0.10, 0.30, 3.4, 0.7
METRICS = ("click_through_rate", "conversion_rate", "revenue_per_customer", "revenue_per_customer (CUPED)")


@dataclass(frozen=True)
class Trial:
    """The customers of one made-up experiment, in the order in which they came."""

    day: FloatArray
    in_arm: NDArray[np.bool_]
    impressions: FloatArray
    clicks: FloatArray
    revenue: FloatArray
    past_revenue: FloatArray


@dataclass(frozen=True)
class Rate:
    """How often something happened in `trials` experiments, and the 99 % interval around what was expected of it."""

    name: str
    happened: int
    trials: int
    expected: float
    is_upper_bound: bool = False

    @property
    def share(self) -> float:
        """How often it happened."""
        return self.happened / self.trials

    @property
    def bounds(self) -> tuple[float, float]:
        """Binomial 99 % interval of the share if the expectation is true; one-sided for an upper bound."""
        low, high = stats.binom.interval(0.99, self.trials, self.expected)
        return 0.0 if self.is_upper_bound else low / self.trials, high / self.trials

    @property
    def holds(self) -> bool:
        """Whether the share is within its bounds."""
        low, high = self.bounds
        return low <= self.share <= high


def true_effects(lift: float) -> dict[str, float]:
    """The effect on each metric when clicks and purchases become `lift` more likely."""
    basket = float(np.exp(BASKET_LOG_MEAN + BASKET_LOG_SPREAD**2 / 2))
    revenue = PURCHASE_RATE * lift * basket
    return dict(zip(METRICS, (CLICK_RATE * lift, PURCHASE_RATE * lift, revenue, revenue), strict=True))


def draw_trial(rng: np.random.Generator, lift: float = 0.0, customers: int = 1200) -> Trial:
    """Draw one experiment; in the arm, clicks and purchases are `lift` (0.1: 10 %) more likely."""
    in_arm = rng.random(customers) < 0.5
    more = 1.0 + lift * in_arm
    activity = rng.gamma(2.0, 0.5, customers)
    impressions = 6.0 * (1 + rng.poisson(2.0 * activity))
    clicks = rng.binomial(impressions.astype(int), rng.beta(2.0, 18.0, customers) * more).astype(float)

    def spent(chance: FloatArray | float) -> FloatArray:
        basket = rng.lognormal(BASKET_LOG_MEAN, BASKET_LOG_SPREAD, customers)
        spending: FloatArray = (rng.random(customers) < chance) * basket * activity
        return spending

    day = np.sort(rng.integers(0, DAYS, customers)).astype(float)
    past = sum((spent(PURCHASE_RATE) for _ in range(8)), np.zeros(customers))
    return Trial(day, in_arm, impressions, clicks, spent(PURCHASE_RATE * more), past)


def compare(trial: Trial, until_day: int = DAYS) -> dict[str, Effect]:
    """The effects on all metrics, of the customers who came before `until_day`."""
    seen = trial.day < until_day
    arm, control = np.flatnonzero(seen & trial.in_arm), np.flatnonzero(seen & ~trial.in_arm)
    revenue = mean(trial.revenue[arm]), mean(trial.revenue[control])
    compared = (
        (ratio(trial.clicks[arm], trial.impressions[arm]), ratio(trial.clicks[control], trial.impressions[control])),
        (mean(trial.revenue[arm] > 0), mean(trial.revenue[control] > 0)),
        revenue,
        adjust(*revenue, mean(trial.past_revenue[arm]), mean(trial.past_revenue[control])),
    )
    return {metric: effect(*pair) for metric, pair in zip(METRICS, compared, strict=True)}


def misses_at_the_end(trials: int, lift: float, seed: int) -> Iterator[Rate]:
    """How often the interval at the end leaves out the truth; with no lift, that is the false positive rate."""
    truth = true_effects(lift)
    missed = dict.fromkeys(METRICS, 0)
    for trial in _trials(trials, lift, seed):
        for metric, found in compare(trial).items():
            missed[metric] += not found.ci_low <= truth[metric] <= found.ci_high
    for metric, count in missed.items():
        yield Rate(f"{metric}, effect {lift:+.0%}: the 95 % interval misses the truth", count, trials, ALPHA)


def misses_on_any_day(trials: int, lift: float, seed: int, customers: int = 1200) -> Iterator[Rate]:
    """How often either interval leaves out the truth on *any* of the days on which it is looked at."""
    truth = true_effects(lift)
    planned = sequential.information(customers / 2, customers / 2)
    ordinary, always_valid = dict.fromkeys(METRICS, 0), dict.fromkeys(METRICS, 0)
    for trial in _trials(trials, lift, seed, customers):
        missed: set[tuple[str, bool]] = set()
        for day in range(1, DAYS + 1):
            in_arm = trial.in_arm[trial.day < day]
            sizes = int(in_arm.sum()), int((~in_arm).sum())
            if min(sizes) < sequential.FEWEST_CUSTOMERS:
                continue
            for metric, found in compare(trial, day).items():
                radius = sequential.radius(found.standard_error, sequential.information(*sizes), planned)
                if not found.ci_low <= truth[metric] <= found.ci_high:
                    missed.add((metric, False))
                if abs(found.absolute - truth[metric]) > radius:
                    missed.add((metric, True))
        for metric, is_sequential in missed:
            (always_valid if is_sequential else ordinary)[metric] += 1
    for metric in METRICS:
        name = f"{metric}, effect {lift:+.0%}, looked at daily:"
        yield Rate(f"{name} the sequential interval ever misses the truth", always_valid[metric], trials, ALPHA, True)
        yield Rate(f"{name} the 95 % interval ever misses the truth (not valid)", ordinary[metric], trials, np.nan)


def mismatches(trials: int, lost: float, seed: int, customers: int = 1200) -> Rate:
    """How often the sample-ratio check alarms when an arm loses this share of its customers."""
    rng = np.random.default_rng(seed)
    alarms, chances = 0, 0.0
    for _ in range(trials):
        arm = int(rng.binomial(customers, 0.5))
        kept = int(rng.binomial(arm, 1.0 - lost))
        alarms += sample_ratio.p_value([kept, customers - arm], [0.5, 0.5]) < sample_ratio.ALPHA
    if lost:
        # The power that the normal approximation promises.
        share = (1.0 - lost) / (2.0 - lost)
        size = customers * (2.0 - lost) / 2.0
        critical = float(stats.norm.ppf(1.0 - sample_ratio.ALPHA / 2))
        shift, spread = (0.5 - share) * 2.0 * np.sqrt(size), 2.0 * np.sqrt(share * (1.0 - share))
        chances = float(stats.norm.sf((critical - shift) / spread))
    expected = chances if lost else sample_ratio.ALPHA
    return Rate(f"sample-ratio check alarms when {lost:.0%} of an arm are lost ({customers})", alarms, trials, expected)


def _trials(trials: int, lift: float, seed: int, customers: int = 1200) -> Iterator[Trial]:
    rng = np.random.default_rng(seed)
    for _ in range(trials):
        yield draw_trial(rng, lift, customers)


def _report(rates: Iterator[Rate] | list[Rate]) -> None:
    for rate in rates:
        verdict = "" if np.isnan(rate.expected) else f"  bounds {rate.bounds[0]:.3f}..{rate.bounds[1]:.3f}"
        verdict += "" if np.isnan(rate.expected) else "  ok" if rate.holds else "  VIOLATED"
        print(f"{rate.share:7.3f}  {rate.name}{verdict}", flush=True)


def main() -> None:
    """Print every rate beside what it has to be."""
    parser = argparse.ArgumentParser(description="Check the statistics of experiments on made-up ones.")
    parser.add_argument("--experiments", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    _report(misses_at_the_end(chosen.experiments, 0.0, chosen.seed))
    _report(misses_at_the_end(chosen.experiments, 0.2, chosen.seed + 1))
    _report(misses_on_any_day(chosen.experiments, 0.0, chosen.seed + 2))
    _report(misses_on_any_day(chosen.experiments, 0.2, chosen.seed + 3))
    _report([mismatches(10 * chosen.experiments, lost, chosen.seed + 4) for lost in (0.0, 0.1, 0.2, 0.3)])


if __name__ == "__main__":
    main()
