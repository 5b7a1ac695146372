"""Intervals that may be looked at every day.

A 95 % interval is right 95 times in 100 when it is looked at once, at a moment chosen beforehand. Who looks daily and
stops at the first "significant" day is wrong far more often. A confidence sequence holds at all moments at once: the
chance that it *ever* misses the truth is at most 5 %, whenever and for whatever reason one stops.

Here it is the normal mixture (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021, Ann. Statist. 49; the p-value is
the mixture sequential probability ratio test of Johari, Koomen, Pekelis, Walsh 2022), with the estimated standard
error (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, arXiv:2103.06476). Group-sequential bounds would be a little
shorter, but need the days of looking fixed in advance; nobody keeps to that with a table that is rebuilt every night.

It needs customers that are counted once, when their outcome is complete: outcomes that still grow are no random walk.
"""

from __future__ import annotations

import numpy as np
from scipy.special import lambertw

from models_py.experiments.effects import ALPHA

#: With fewer customers in an arm its standard error is a guess, and nothing is said.
FEWEST_CUSTOMERS = 30


def information(arm_customers: float, control_customers: float) -> float:
    """How many customers' worth of evidence a comparison holds: half the harmonic mean of the two arms."""
    total = arm_customers + control_customers
    return arm_customers * control_customers / total if total else 0.0


def radius(standard_error: float, now: float, planned: float, alpha: float = ALPHA) -> float:
    """Half the width of the confidence sequence's interval.

    Args:
        standard_error: of the effect.
        now: `information` of the comparison.
        planned: `information` at which the interval is to be at its best; set before the first look.
        alpha: 1 - level.

    Returns:
        The half width; infinite without information.
    """
    evidence = _mixture(alpha) * now / planned
    if evidence == 0:
        return np.inf
    boundary = (1.0 + 1.0 / evidence) * (2.0 * np.log(1.0 / alpha) + np.log1p(evidence))
    return float(standard_error * np.sqrt(boundary))


def p_value(effect: float, standard_error: float, now: float, planned: float, alpha: float = ALPHA) -> float:
    """The always-valid p-value: at most alpha exactly when the interval of `radius` leaves out 0.

    `alpha` only chooses the mixture, as in `radius`.
    """
    if not standard_error > 0:
        return np.nan
    evidence = _mixture(alpha) * now / planned
    z = effect / standard_error
    return float(min(1.0, np.exp(0.5 * np.log1p(evidence) - 0.5 * z**2 * evidence / (1.0 + evidence))))


def _mixture(alpha: float) -> float:
    """The mixture's variance, in units of the planned standard error's, that makes the planned interval shortest."""
    return float(-lambertw(-(alpha**2) / np.e, -1).real - 1.0)
