"""From margins to chances: Platt scaling (Platt 1999), one for each segment of customers.

Margins order a customer's candidates and mean nothing else. A logistic curve fitted on held-out customers turns them
into the chance that the product is the next purchase. Customers with long histories are harder to guess, so each
segment by length of history has a curve of its own, pulled towards everybody's: the fewer held-out purchases a segment
has, the closer it stays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats
from models_py.data.dataset import Flags

Doubles = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.integer]
# Newton's method on two parameters converges in five to ten steps.
_STEPS = 50
_TOLERANCE = 1e-10
# Keeps Newton's matrix invertible where all margins are alike.
_RIDGE = 1e-6
BINS = 10


@dataclass(frozen=True)
class Calibration:
    """chance = 1 / (1 + exp(-(slope * margin + intercept))), by segment.

    Attributes:
        least: the fewest purchases of each segment, rising from 1.
        slopes, intercepts: one a segment; slopes are above 0, so that chances order as margins do.
    """

    least: tuple[int, ...]
    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]

    def chances(self, margins: Doubles, lengths: Lengths) -> Floats:
        """(rows,) the chance of each margin.

        Args:
            lengths: (rows,) how many purchases the customer has made.
        """
        segment = segments(self.least, lengths)
        logit = np.array(self.slopes)[segment] * margins + np.array(self.intercepts)[segment]
        chances: Floats = (1.0 / (1.0 + np.exp(-logit))).astype(np.float32)
        return chances


def segments(least: tuple[int, ...], lengths: Lengths) -> npt.NDArray[np.int64]:
    """(rows,) the segment of each length of history."""
    return np.maximum(np.searchsorted(least, lengths, side="right") - 1, 0)


def fit(margins: Doubles, is_target: Flags, lengths: Lengths, least: tuple[int, ...], strength: float) -> Calibration:
    """Fit everybody's curve, and each segment's around it.

    Args:
        margins, is_target, lengths: (rows,) candidates of held-out customers, those without a hit as well.
        least: the fewest purchases of each segment.
        strength: of the pull towards everybody's curve, in hits.
    """
    everybody = _platt(margins, is_target, np.zeros(2), 0.0)
    segment = segments(least, lengths)
    curves = [
        _platt(margins[segment == place], is_target[segment == place], everybody, strength)
        for place in range(len(least))
    ]
    return Calibration(
        least,
        tuple(max(round(float(slope), 9), 1e-6) for slope, _ in curves),
        tuple(round(float(intercept), 9) for _, intercept in curves),
    )


def expected_calibration_error(chances: Floats, is_target: Flags) -> float:
    """How far stated chances are from what happened: mean gap over bins of equally many rows (Naeini et al. 2015)."""
    order = np.argsort(chances, kind="stable")
    gaps = [abs(float((chances[rows] - is_target[rows]).sum())) for rows in np.array_split(order, BINS)]
    return sum(gaps) / max(len(chances), 1)


def _platt(margins: Doubles, is_target: Flags, prior: Doubles, strength: float) -> Doubles:
    """Slope and intercept by penalised maximum likelihood: `prior` counts as `strength` hits."""
    curve = prior.copy()
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-(curve[0] * margins + curve[1])))
        missed, weight = chance - is_target, chance * (1.0 - chance)
        pull = strength + _RIDGE
        slope = [(missed * margins).sum(), missed.sum()] + pull * (curve - prior)
        cross = (weight * margins).sum()
        curvature = [[(weight * margins**2).sum() + pull, cross], [cross, weight.sum() + pull]]
        # Cramer's rule: two unknowns need no library that might add up in another order.
        (a, b), (_, d) = curvature
        step = np.array([d * slope[0] - b * slope[1], a * slope[1] - b * slope[0]]) / (a * d - b * b)
        curve = curve - step
        if np.abs(step).max() < _TOLERANCE:
            break
    return curve
