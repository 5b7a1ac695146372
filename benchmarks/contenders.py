"""The libraries that `neighbours.py` compares, each behind the same two steps: fit, recommend to some customers.

Run as a program it measures one of them in a process of its own and prints one line of JSON:

    python -m benchmarks.contenders glowhouse_cosine histories.npz --neighbours 100 --top 10

It imports nothing but numpy and the library asked for, so that any interpreter that has the library can run it.
Converting the histories to the library's own input type is not timed.
"""

import argparse
import importlib.metadata
import json
import os
import resource
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.histories import Histories

Customers = npt.NDArray[np.int64]
Lists = npt.NDArray[np.int64]
# Customers recommended to at once, and how many of them show whether two libraries recommend the same.
BLOCK = 20_000
COMPARED = 1000


class Steps(NamedTuple):
    """What is timed. `recommend` returns a list of products for each customer, or None where a library cannot."""

    fit: Callable[[], Any]
    recommend: Callable[[Any, Customers], Lists | None]


@dataclass(frozen=True)
class Contender:
    """A library's recommender.

    Attributes:
        title: for the table.
        package: as installed.
        prepare: (histories, neighbours, products recommended) to the two steps.
    """

    title: str
    package: str
    prepare: Callable[[Histories, int, int], Steps]


def _glowhouse_cosine(histories: Histories, neighbours: int, top: int) -> Steps:
    from models_py.parts import item_knn

    snapshot = _snapshot(histories)
    config = item_knn.ItemKnnConfig(neighbours=neighbours, history=histories.longest)
    return Steps(
        lambda: item_knn.fit(snapshot, histories.item_count, config),
        lambda part, customers: _propose(part, snapshot, customers, top),
    )


def _glowhouse_item_to_item(histories: Histories, neighbours: int, top: int) -> Steps:
    from models_py.parts import item_to_item

    snapshot = _snapshot(histories)
    config = item_to_item.ItemToItemConfig(neighbours=neighbours)
    return Steps(
        lambda: item_to_item.fit(snapshot, histories.item_count, config),
        lambda part, customers: _propose(part, snapshot, customers, top),
    )


def _snapshot(histories: Histories) -> Any:
    from models_py.arrays.ragged import Ragged
    from models_py.data.dataset import Snapshot

    purchases = Ragged(histories.ptr, histories.items, np.ones(len(histories.items), np.float32))
    return Snapshot.of_purchases(purchases, histories.item_count)


def _propose(part: Any, snapshot: Any, customers: Customers, top: int) -> Lists:
    asked = snapshot.rows(customers)
    ids, _ = part.propose(asked, asked.purchases, top)
    return np.asarray(ids, np.int64)


def _implicit_cosine(histories: Histories, neighbours: int, top: int) -> Steps:
    from implicit.nearest_neighbours import CosineRecommender

    # implicit counts a product among its own neighbours.
    return _implicit(CosineRecommender(K=neighbours + 1), histories, top)


def _implicit_als(histories: Histories, _: int, top: int) -> Steps:
    from implicit.als import AlternatingLeastSquares

    return _implicit(AlternatingLeastSquares(factors=100, random_state=7, use_gpu=False), histories, top)


def _implicit(model: Any, histories: Histories, top: int) -> Steps:
    bought = histories.matrix()

    def fit() -> Any:
        model.fit(bought, show_progress=False)
        return model

    return Steps(fit, lambda fitted, customers: fitted.recommend(customers, bought[customers], N=top)[0])


def _rectools(histories: Histories, neighbours: int, top: int) -> Steps:
    import pandas as pd
    from implicit.nearest_neighbours import CosineRecommender
    from rectools.dataset import Dataset
    from rectools.models import ImplicitItemKNNWrapperModel

    frame = pd.DataFrame({"user_id": histories.customers(), "item_id": histories.items})
    data = Dataset.construct(frame.assign(weight=1.0, datetime=pd.Timestamp(2020, 1, 1)))
    model = ImplicitItemKNNWrapperModel(CosineRecommender(K=neighbours + 1))

    def recommend(fitted: Any, customers: Customers) -> Lists:
        table = fitted.recommend(customers, data, k=top, filter_viewed=True)
        return _lists(table.user_id, table.item_id, customers, top)

    return Steps(lambda: model.fit(data), recommend)


def _lenskit(histories: Histories, neighbours: int, top: int) -> Steps:
    import pandas as pd
    from lenskit.batch import recommend as recommend_all
    from lenskit.data import from_interactions_df
    from lenskit.knn import ItemKNNScorer
    from lenskit.pipeline import topn_pipeline

    frame = pd.DataFrame({"user_id": histories.customers(), "item_id": histories.items})
    data = from_interactions_df(frame)
    scorer = ItemKNNScorer(max_nbrs=neighbours, save_nbrs=neighbours, feedback="implicit")
    pipeline = topn_pipeline(scorer, n=top)

    def fit() -> Any:
        pipeline.train(data)
        return pipeline

    def recommend(fitted: Any, customers: Customers) -> Lists:
        table = recommend_all(fitted, customers, n=top, n_jobs=1).to_df()
        return _lists(table.user_id, table.item_id, customers, top)

    return Steps(fit, recommend)


def _sar(histories: Histories, _: int, top: int) -> Steps:
    import pandas as pd
    from recommenders.models.sar import SAR

    frame = pd.DataFrame({"userID": histories.customers(), "itemID": histories.items, "rating": 1.0})
    model = SAR(similarity_type="cosine")

    def fit() -> Any:
        model.fit(frame)
        return model

    def recommend(fitted: Any, customers: Customers) -> Lists:
        pieces = [
            fitted.recommend_k_items(pd.DataFrame({"userID": some}), top_k=top, remove_seen=True)
            for some in np.array_split(customers, max(len(customers) // 1000, 1))  # it scores in a dense table
        ]
        table = pd.concat(pieces)
        return _lists(table.userID, table.itemID, customers, top)

    return Steps(fit, recommend)


def _sparse_dot_topn(histories: Histories, neighbours: int, _: int) -> Steps:
    from sparse_dot_topn import sp_matmul_topn

    bought = histories.matrix(np.float32)
    bought.data /= np.sqrt(np.bincount(bought.indices, minlength=histories.item_count)).astype(np.float32)[
        bought.indices
    ]

    def fit() -> Any:
        return sp_matmul_topn(bought.T.tocsr(), bought, neighbours + 1, n_threads=os.cpu_count(), sort=True)

    return Steps(fit, lambda *_: None)  # it cannot leave out what a customer has


def _lists(customers: Any, products: Any, asked: Customers, top: int) -> Lists:
    """A long table, best first within a customer, as one row of products a customer, -1 where there are fewer."""
    row = np.searchsorted(asked, np.asarray(customers, np.int64))
    order = np.argsort(row, kind="stable")
    row = row[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    lists = np.full((len(asked), top), -1, np.int64)
    lists[row, place] = np.asarray(products, np.int64)[order]
    return lists


CONTENDERS = {
    "glowhouse_cosine": Contender("Glowhouse item-kNN, cosine", "glowhouse", _glowhouse_cosine),
    "glowhouse_item_to_item": Contender("Glowhouse item-to-item, by order", "glowhouse", _glowhouse_item_to_item),
    "implicit_cosine": Contender("implicit CosineRecommender", "implicit", _implicit_cosine),
    "implicit_als": Contender("implicit ALS, 100 factors", "implicit", _implicit_als),
    "rectools": Contender("RecTools item-kNN, cosine", "rectools", _rectools),
    "lenskit": Contender("LensKit ItemKNNScorer", "lenskit", _lenskit),
    "sar": Contender("Recommenders SAR, cosine", "recommenders", _sar),
    "sparse_dot_topn": Contender("sparse_dot_topn", "sparse_dot_topn", _sparse_dot_topn),
}


class Stopwatch:
    """CPU (user and system, of this process and those it waited for) and wall seconds since it was made."""

    def __init__(self) -> None:
        self._start = self._now()

    def lap(self) -> tuple[float, float]:
        """Seconds since the last lap: CPU, wall."""
        before, self._start = self._start, self._now()
        return self._start[0] - before[0], self._start[1] - before[1]

    @staticmethod
    def _now() -> tuple[float, float]:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(u.ru_utime + u.ru_stime for u in used), time.perf_counter()


def measure(contender: Contender, histories: Histories, neighbours: int, top: int, patience: float) -> dict[str, Any]:
    """Time a contender once it has run on a few customers (compiled code is loaded, thread pools are there).

    After `patience` seconds of recommending, the rest is extrapolated from the customers that were served.
    """
    watch = Stopwatch()
    few = contender.prepare(histories.head(100), neighbours, top)
    few.recommend(few.fit(), np.arange(100))
    first_cpu, first_wall = watch.lap()
    steps = contender.prepare(histories, neighbours, top)
    watch.lap()
    fitted = steps.fit()
    fit_cpu, fit_wall = watch.lap()
    served, cpu, wall = 0, 0.0, 0.0
    lists: list[Lists] = []
    while served < len(histories) and wall < patience:
        customers = np.arange(served, min(served + BLOCK, len(histories)))
        block = steps.recommend(fitted, customers)
        if block is None:
            break
        lists.append(block)
        served += len(customers)
        lap = watch.lap()
        cpu, wall = cpu + lap[0], wall + lap[1]
    scale = len(histories) / max(served, 1)
    return {
        "version": importlib.metadata.version(contender.package),
        "first_cpu": first_cpu,
        "first_wall": first_wall,
        "fit_cpu": fit_cpu,
        "fit_wall": fit_wall,
        "recommend_cpu": cpu * scale if served else None,
        "recommend_wall": wall * scale if served else None,
        "served": served,
        "peak_gb": _peak_gb(),
        "sample": lists[0][:COMPARED].tolist() if lists else [],
    }


def _peak_gb() -> float:
    """The most memory that this process held. Linux's `ru_maxrss` would count what its parent held when starting it."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**30


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contenders", description=__doc__.splitlines()[0])
    parser.add_argument("contender", choices=sorted(CONTENDERS))
    parser.add_argument("histories", type=Path)
    parser.add_argument("--neighbours", type=int, default=100)
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--patience", type=float, default=float("inf"), help="seconds, then extrapolate")
    parser.add_argument("--memory-gb", type=float, help="address space that may be asked for")
    arguments = parser.parse_args()
    if arguments.memory_gb:
        resource.setrlimit(resource.RLIMIT_AS, (int(arguments.memory_gb * 2**30), resource.RLIM_INFINITY))
    warnings.simplefilter("ignore")
    histories = Histories.load(arguments.histories)
    contender = CONTENDERS[arguments.contender]
    print(json.dumps(measure(contender, histories, arguments.neighbours, arguments.top, arguments.patience)))


if __name__ == "__main__":
    main()
