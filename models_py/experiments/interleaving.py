"""Team-draft interleaving: two ranked lists become one, and nobody who reads it knows which list a product is from.

Radlinski, Kurup, Joachims 2008 (CIKM): in each round a coin decides which team chooses first; each adds its best
product that is not in the list yet. Both teams have the same places on average, so that a rating is the team's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models_py.experiments.assignment import hash_fraction

MODEL, BASELINE = "model", "baseline"


@dataclass(frozen=True)
class Pick:
    """A product in the interleaved list, and the team that chose it."""

    product_id: str
    team: str


def team_draft(model: Sequence[str], baseline: Sequence[str], count: int, key: str, salt: str) -> list[Pick]:
    """Interleave two lists of products.

    Args:
        model: the model's list, best first.
        baseline: the baseline's.
        count: how many products; fewer come back if both lists end before.
        key: whose list it is; the coins are a hash of it, so that the same list can be made again.
        salt: sets one study apart from another.
    """
    lists = {MODEL: list(dict.fromkeys(model)), BASELINE: list(dict.fromkeys(baseline))}
    picks: list[Pick] = []
    taken: set[str] = set()
    round_number = 0
    while len(picks) < count and any(set(products) - taken for products in lists.values()):
        model_first = hash_fraction(f"{key}:{round_number}", salt) < 0.5
        for team in (MODEL, BASELINE) if model_first else (BASELINE, MODEL):
            product = next((one for one in lists[team] if one not in taken), None)
            if product is not None and len(picks) < count:
                picks.append(Pick(product, team))
                taken.add(product)
        round_number += 1
    return picks
