"""Sparse linear model: how much each product bought speaks for or against each other one, all weighed together.

Each product's purchases are rebuilt from those of the products most often bought by the same customers, by ridge
regression (SLIM, Ning & Karypis 2011, with neighbours chosen beforehand; the closed form is that of EASE, Steck 2019).
Unlike a cosine, a weight tells what a companion adds to the others: of ten shades of a lipstick none counts ten times,
and what is bought by everybody speaks for little. Time grows with the number of products, not with its cube.
"""

from dataclasses import dataclass

import numpy as np

from models_py.arrays.parallel import over_rows
from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import cooccurrence_neighbours
from models_py.data.dataset import Snapshot
from models_py.parts import ridge_kernels
from models_py.parts.item_knn import distinct_purchases
from models_py.parts.part import NeighbourPart, taste


@dataclass(frozen=True)
class SparseLinearConfig:
    """How weights are fitted and scored.

    Attributes:
        regressors: products that each product is rebuilt from, those of the highest cosine.
        companions: of each product, for which it is known how often both are bought; a rarer pair counts as never.
        penalty: of squared weights, as a number of customers.
        history: latest purchases of a customer that are looked at.
        decay: each transaction further back counts this much less.
    """

    regressors: int = 100
    companions: int = 300
    penalty: float = 50.0
    history: int = 100
    decay: float = 0.7


@dataclass(frozen=True)
class FittedSparseLinear(NeighbourPart):
    """Weights between products: the row speaks for the column; negative weights speak against it."""

    config: SparseLinearConfig

    def query(self, customers: Snapshot) -> Ragged:
        """Purchases, fading with each transaction that followed."""
        return taste(customers, self.config.decay, self.config.history)


def fit(snapshot: Snapshot, products: int, config: SparseLinearConfig) -> FittedSparseLinear:
    """Solve one ridge regression for each product."""
    bought = distinct_purchases(snapshot.history(config.history))
    buyers = np.bincount(bought.ids, minlength=products).astype(np.float32)
    everywhere, root = np.ones(1, np.float32), np.sqrt(buyers)
    cosine = cooccurrence_neighbours(
        bought,
        np.zeros(len(bought.ids), np.int32),
        np.ones(len(bought), np.float32),
        forward=everywhere,
        backward=everywhere,
        row_norm=root,
        column_norm=root,
        shrinkage=0.0,
        count=config.companions,
    )
    product = cosine.row_of_entry()
    together = np.rint(cosine.values * root[product] * root[cosine.ids])
    weights = np.zeros((products, config.regressors), np.float32)
    over_rows(
        ridge_kernels.ridge_rows, products, cosine.ptr, cosine.ids, together.astype(np.float32), buyers,
        config.regressors, float(config.penalty), weights,
    )  # fmt: skip
    place = np.arange(len(cosine.ids)) - cosine.ptr[product]
    used = place < config.regressors
    targets, sources, values = product[used], cosine.ids[used], weights[product[used], place[used]]
    best_first = np.lexsort([targets, -values])
    return FittedSparseLinear(
        Ragged.from_pairs(sources[best_first], targets[best_first], values[best_first], products), products, config
    )
