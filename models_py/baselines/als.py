"""ALS: matrix factorisation of purchases by alternating least squares (Hu, Koren & Volinsky 2008). A baseline.

The factorisation is that of the package `implicit`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from models_py.arrays.parallel import thread_count
from models_py.arrays.ragged import Floats, Ragged
from models_py.baselines.dense_part import DensePart
from models_py.data.dataset import Snapshot
from models_py.parts.item_knn import distinct_purchases


@dataclass(frozen=True)
class AlsConfig:
    """How purchases are factorised.

    Attributes:
        factors: length of the vectors of products and customers.
        regularisation: penalty of squared factors.
        alpha: weight of a purchase; what was not bought weighs 1.
        iterations: alternations.
        seed: of the first factors.
    """

    factors: int = 64
    regularisation: float = 0.1
    alpha: float = 10.0
    iterations: int = 15
    seed: int = 7


@dataclass(frozen=True)
class FittedAls(DensePart):
    """The factorisation. Customers' factors are solved for anew from the history that is asked about."""

    model: Any

    def scores(self, customers: Snapshot) -> Floats:
        """Inner products of customers' and products' factors."""
        products = len(self.model.item_factors)
        with threadpool_limits(1, "blas"):
            factors = self.model.recalculate_user(np.arange(len(customers)), _bought(customers, products))
            scores: Floats = factors @ self.model.item_factors.T
        return scores


def fit(snapshot: Snapshot, products: int, config: AlsConfig) -> FittedAls:
    """Factorise who bought what."""
    # implicit uses threads of its own, and warns if BLAS adds more; one of BLAS also keeps the order of its sums.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=config.factors,
            regularization=config.regularisation,
            alpha=config.alpha,
            iterations=config.iterations,
            num_threads=thread_count(),
            random_state=config.seed,
        )
        model.fit(_bought(snapshot, products), show_progress=False)
    return FittedAls(np.ones(products, np.bool_), model)


def _bought(snapshot: Snapshot, products: int) -> sparse.csr_matrix:
    """Customers x products, 1 for what was bought."""
    bought: Ragged = distinct_purchases(snapshot.purchases).with_values(1.0)
    return sparse.csr_matrix((bought.values, bought.ids, bought.ptr), shape=(len(bought), products))
