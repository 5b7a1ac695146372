"""Interest: what a customer looked at, saved or put into the cart, and never bought.

Weaker evidence than a purchase, and evidence for that product above all: a product speaks for itself, by the number and
the kind of events (Hu, Koren & Volinsky 2008 call such a sum confidence). The warehouse counts events up to the day
before the cutoff: those of the very day belong to the purchase that is to be predicted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from models_py.arrays.ragged import Ragged
from models_py.data.dataset import Snapshot
from models_py.parts.part import DirectPart

# As in the reference seed of event types, scaled so that a view counts 1. Ratings count elsewhere: by their stars.
EVENT_WEIGHTS: Final[Mapping[str, float]] = {
    "views": 1.0, "clicks": 1.5, "likes": 2.5, "saves": 3.0, "unsaves": -3.0, "carts": 4.0,
}  # fmt: skip


@dataclass(frozen=True)
class InterestConfig:
    """How events count.

    Attributes:
        event_weights: weight of each kind of event; kinds not named are left out.
    """

    event_weights: Mapping[str, float] = field(default_factory=lambda: dict(EVENT_WEIGHTS))


@dataclass(frozen=True)
class Interest(DirectPart):
    """The interest part. Nothing is fitted: events are counted by the warehouse as of the customer's cutoff."""

    config: InterestConfig

    def estimates(self, customers: Snapshot) -> Ragged:
        """Products that a customer took an interest in: log(1 + weighted events), where these are above 0."""
        events = Ragged.empty(len(customers))
        for kind, weight in sorted(self.config.event_weights.items()):
            if kind in customers.events:
                counts = customers.events[kind]
                events = events.joined(counts.with_values(weight * counts.values))
        pairs, entry = np.unique(events.pairs(), return_inverse=True)
        total = np.bincount(entry, weights=events.values, minlength=len(pairs))
        wanted = total > 0
        row, product = np.divmod(pairs[wanted], 1 << 32)
        return Ragged.from_pairs(row, product, np.log1p(total[wanted]), len(customers))
