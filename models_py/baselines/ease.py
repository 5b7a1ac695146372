"""EASE: a linear autoencoder over products with a closed form (Steck 2019). A baseline.

The weights between products that best rebuild everybody's purchases, with a zero diagonal and an L2 penalty:
B = I - P / diag(P), where P is the inverse of the products' co-occurrence counts plus the penalty.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from threadpoolctl import threadpool_limits

from models_py.arrays.ragged import Floats, Ragged
from models_py.baselines.dense_part import DensePart
from models_py.data.dataset import Snapshot
from models_py.parts.item_knn import distinct_purchases
from models_py.parts.part import recency_weights


@dataclass(frozen=True)
class EaseConfig:
    """How EASE is fitted.

    Attributes:
        penalty: of squared weights (lambda in the paper).
        history: latest purchases of a customer that are looked at when scoring.
        decay: each transaction further back counts this much less when scoring; 1 ignores recency.
        max_products: larger catalogues are refused: memory grows with the square, time with the cube of the products.
    """

    penalty: float = 250.0
    history: int = 100
    decay: float = 1.0
    max_products: int = 5000


class TooManyProductsError(ValueError):
    """The catalogue is too large for a method that needs a dense matrix of products x products."""


@dataclass(frozen=True)
class FittedEase(DensePart):
    """Weights between products, (products, products): the row speaks for the column; negative ones speak against."""

    weights: Floats
    config: EaseConfig

    def scores(self, customers: Snapshot) -> Floats:
        """What the purchases say together."""
        query = recency_weights(customers, self.config.decay, self.config.history)
        scores: Floats = _matrix(query, len(self.weights)) @ self.weights
        return scores


def fit(snapshot: Snapshot, products: int, config: EaseConfig) -> FittedEase:
    """Invert the products' regularised co-occurrences.

    Raises:
        TooManyProductsError: there are more than `config.max_products`.
    """
    if products > config.max_products:
        raise TooManyProductsError(
            f"EASE inverts a matrix of products x products: {products} products are more than the "
            f"{config.max_products} that 'max_products' allows"
        )
    bought = _matrix(distinct_purchases(snapshot.purchases).with_values(1.0), products)
    together = (bought.T @ bought).toarray().astype(np.float64)
    together[np.diag_indices(products)] += config.penalty
    # One thread: a threaded BLAS may add up in another order on another machine.
    with threadpool_limits(1, "blas"):
        inverse = _inverse(together)
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices(products)] = 0.0
    return FittedEase(np.ones(products, np.bool_), weights.astype(np.float32), config)


def _inverse(positive_definite: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """By Cholesky, in a third of the time of a general inverse. Overwrites its argument."""
    factor, _ = linalg.lapack.dpotrf(positive_definite, lower=1, overwrite_a=1)
    lower, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(lower)
    inverse: npt.NDArray[np.float64] = lower + np.tril(lower, -1).T
    return inverse


def _matrix(rows: Ragged, columns: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((rows.values, rows.ids, rows.ptr), shape=(len(rows), columns))
