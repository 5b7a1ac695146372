"""Takes one customer out of a trained run.

Of what a run learns only `user_knn` keeps customers apart, as rows of what each has bought, without saying who they
are. Everything else is sums over many. So the row of a customer is known by its contents; rows with the same contents
are interchangeable, and blanking one of them leaves the run as if it had been another's.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from models_py.parts import names as parts
from models_py.parts.user_knn import FittedUserKnn
from models_py.ranking.hybrid import Hybrid
from models_py.training import TrainedRun

#: Orders that arrived or were cancelled after the training make histories differ: this alike is taken for the same.
LEAST_LIKENESS = 0.5


def row_of(run: TrainedRun, bought: Collection[str]) -> int | None:
    """The row of `user_knn` that is most like what a customer had bought when the run was trained.

    Args:
        bought: product ids, oldest first.

    Returns:
        the row; None if the run keeps no customers apart, or knows nobody like that.
    """
    fitted = run.hybrid.parts.get(parts.USER_KNN)
    if not isinstance(fitted, FittedUserKnn):
        return None
    places = {product: place for place, product in enumerate(run.product_ids)}
    latest = [places[product] for product in bought if product in places][-fitted.config.history :]
    wanted, rows = np.unique(latest), fitted.purchases
    if not len(wanted) or not len(rows):
        return None
    shared = np.bincount(rows.row_of_entry(), np.isin(rows.ids, wanted), minlength=len(rows))
    likeness = shared / (rows.lengths + len(wanted) - shared)
    best = int(np.argmax(likeness))
    return best if likeness[best] >= LEAST_LIKENESS else None


def without_row(run: TrainedRun, row: int) -> TrainedRun:
    """The run with one blank row in `user_knn`; all other customers keep their places.

    Raises:
        ValueError: the run keeps no customers apart.
    """
    fitted = run.hybrid.parts.get(parts.USER_KNN)
    if not isinstance(fitted, FittedUserKnn):
        raise ValueError(f"{run.run_id} has no {parts.USER_KNN}")
    forgetful = replace(
        fitted,
        buyers=fitted.buyers.where(fitted.buyers.ids != row),
        purchases=fitted.purchases.where(fitted.purchases.row_of_entry() != row),
    )
    source = replace(run.hybrid.source, parts={**run.hybrid.parts, parts.USER_KNN: forgetful})
    return replace(run, hybrid=Hybrid.of(source, run.hybrid.ranker, run.hybrid.per_part))
