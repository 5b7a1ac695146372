"""What each arm shows: the released recommendations, now and then shuffled, or what most customers bought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.behaviour import Visits as PastVisits
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.errors import GlowhouseError
from glowhouse.release_files import SERVING_FILE

#: How many products a list holds in the release, and how many of them are on the screen.
LIST_LENGTH, SHOWN = 10, 6
#: The share of the model's lists that are shuffled, so that what would have happened otherwise can be estimated.
EXPLORATION = 0.2
_RECENT_DAYS = 90


class SimulationError(GlowhouseError):
    """The release or the folders do not belong together or cannot be used."""


@dataclass(frozen=True, slots=True)
class Released:
    """The released lists: of customers (N), the products (N × LIST_LENGTH, indices) and their reasons."""

    customers: dict[str, int]
    products: IntArray
    reasons: np.ndarray
    model_run_id: str
    in_stock: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """What V visits saw (V × SHOWN): products, reason codes, and the chance of each to stand where it stood."""

    product: IntArray
    reason: np.ndarray
    propensity: FloatArray


def read_release(folder: Path, product_ids: Sequence[str]) -> Released:
    """Read the lists of the release in `folder`.

    Raises:
        SimulationError: there is no release, or it is not of the demo shop with these products.
    """
    path = folder / SERVING_FILE
    if not path.is_file():
        raise SimulationError(f"{path} does not exist: run `dbt build` first; customers are shown its recommendations.")
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select customer_id, product_id, reason_code, model_run_id from recommendations "
            f"where rank <= {LIST_LENGTH} order by customer_id, rank"
        ).fetchall()
        in_stock = connection.execute("select product_id from products where is_in_stock").fetchall()
    index = {product_id: place for place, product_id in enumerate(product_ids)}
    if not all(row[1] in index for row in rows):
        raise SimulationError(f"{path} holds products that the demo shop of this size and seed does not have.")
    customers = list(dict.fromkeys(row[0] for row in rows))
    if len(rows) != LIST_LENGTH * len(customers):
        raise SimulationError(
            f"{path} holds fewer than {LIST_LENGTH} recommendations for some customers; all need so many."
        )
    shape = (len(customers), LIST_LENGTH)
    return Released(
        customers={customer: place for place, customer in enumerate(customers)},
        products=np.array([index[row[1]] for row in rows], dtype=np.int32).reshape(shape),
        reasons=np.array([row[2] for row in rows], dtype=object).reshape(shape),
        model_run_id=rows[0][3],
        in_stock=frozenset(row[0] for row in in_stock),
    )


def bestsellers(past: PastVisits, product_ids: Sequence[str], in_stock: frozenset[str]) -> IntArray:
    """The products bought most often in the last 90 days of the history, those in stock; the same for everybody."""
    recent = past.bought[past.day >= HISTORY_DAYS - _RECENT_DAYS]
    counts = Counter(recent[recent >= 0].tolist())
    # Ties by id: the order in which products were invented must not matter.
    ranked = sorted(counts, key=lambda product: (-counts[product], product_ids[product]))
    return np.array([p for p in ranked if product_ids[p] in in_stock][:LIST_LENGTH], dtype=np.int32)


def model_lists(released: Released, rows: IntArray, rng: np.random.Generator) -> Shown:
    """The released list of each visit's customer; one in five is shuffled as a whole.

    A product then has, at its own place, the chance of the unshuffled list and its part of the shuffled ones; at any
    other place, the latter alone.
    """
    visits = rows.size
    order = np.tile(np.arange(LIST_LENGTH), (visits, 1))
    shuffled = rng.random(visits) < EXPLORATION
    mixed = np.argsort(rng.random((visits, LIST_LENGTH)), axis=1)
    order[shuffled] = mixed[shuffled]
    order = order[:, :SHOWN]
    own_place = order == np.arange(SHOWN)
    return Shown(
        product=np.take_along_axis(released.products[rows], order, axis=1),
        reason=np.take_along_axis(released.reasons[rows], order, axis=1),
        propensity=EXPLORATION / LIST_LENGTH + (1.0 - EXPLORATION) * own_place,
    )


def bestseller_lists(best: IntArray, visits: int) -> Shown:
    """The same list for every visit."""
    shape = (visits, SHOWN)
    return Shown(np.tile(best[:SHOWN], (visits, 1)), np.full(shape, "popular_now", dtype=object), np.ones(shape))


def choose(is_model: BoolArray, model: Shown, best: Shown) -> Shown:
    """The model's lists for the visits of its arm, bestsellers for the others."""
    rows = is_model[:, None]
    return Shown(
        np.where(rows, model.product, best.product),
        np.where(rows, model.reason, best.reason),
        np.where(rows, model.propensity, best.propensity),
    )
