"""Repeat purchase: how likely a due product is bought again now.

Two factors. Whether the customer buys it again at all: a beta-binomial estimate from the customer's own repeats, pulled
towards the product's repurchase rate. Whether now is the time: log-normal in the ratio of the time since the last
purchase to the usual interval (highest when exactly due).
"""

from dataclasses import dataclass

import numpy as np

from models_py.dataset import Snapshot
from models_py.part import DirectPart
from models_py.ragged import Ragged


@dataclass(frozen=True)
class RepurchaseConfig:
    """How due products are scored.

    Attributes:
        prior_rate: share of buyers who buy a product again, where the product's own share is unknown.
        prior_strength: the customer's own purchases that outweigh the product's share.
        spread: standard deviation of the log of (elapsed / usual interval).
    """

    prior_rate: float = 0.1
    prior_strength: float = 3.0
    spread: float = 0.5


@dataclass(frozen=True)
class Repurchase(DirectPart):
    """The repeat-purchase part. Nothing is fitted: rates and due dates are features as of the customer's cutoff."""

    config: RepurchaseConfig

    def estimates(self, customers: Snapshot) -> Ragged:
        """Products that are due for each customer, with the probability that they are bought again now."""
        due, config = customers.due, self.config
        rate = np.nan_to_num(customers.repurchase_rates, nan=config.prior_rate)[due.products]
        repeats = np.maximum(due.times_bought - 1, 0)
        again = (repeats + config.prior_strength * rate) / (np.maximum(due.times_bought, 1) + config.prior_strength)
        interval = np.maximum(due.due_day - due.bought_day, 1.0)
        elapsed = np.maximum(customers.cutoff_day[due.customers] - due.bought_day, 1.0)
        timing = np.exp(-0.5 * (np.log(elapsed / interval) / config.spread) ** 2)
        # Without a clock (surrogate times) nothing speaks against now.
        chance = again * np.nan_to_num(timing, nan=1.0)
        return Ragged.from_pairs(due.customers, due.products, chance, len(customers))
