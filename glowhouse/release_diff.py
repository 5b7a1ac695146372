"""What would change for customers between two releases: how alike their lists are, by slice, and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import pyarrow as pa

from glowhouse.errors import GlowhouseError
from glowhouse.release_archive import before_the_live_one, find
from glowhouse.release_files import INPUTS_FILE, PACKAGES_FOLDER, SERVING_FILE
from glowhouse.serving import Serving
from models_py.evaluation.slices import ALL, HEAVY_HISTORY, MEDIUM_HISTORY
from models_py.monitoring.overlap import list_overlap

#: How many customers and products are shown as examples.
EXAMPLES: Final = 3

_LISTS = "select customer_id, rank, product_id from recommendations order by customer_id, rank"
_CUSTOMERS = """
    select users.customer_id, users.skin_type, count(bought.product_id) as purchases
    from users
    left join visible_purchases as bought
        on users.customer_id = bought.customer_id and bought.protocol = 'serving' and bought.split = 'serving'
    where users.protocol = 'serving' and users.split = 'serving'
    group by users.customer_id, users.skin_type
"""
# Of the run that made the lists.
_ACCURACY = """
    select protocol, value, ci_low, ci_high
    from model_evaluation
    where
        model = 'hybrid' and split = 'test' and slice = 'all' and metric = 'ndcg@10' and ci_low is not null
        and model_run_id in (select model_run_id from recommendations)
    order by protocol
"""


class DiffError(GlowhouseError):
    """Two releases cannot be compared; the message says why."""


@dataclass(frozen=True)
class SliceDiff:
    """How alike the lists of some customers are, on average.

    Attributes:
        customers: with a list in both releases.
        jaccard: share of the products of either list that stand in both.
        rank_biased_overlap: the same with more weight on the top.
        same: share of customers whose list is the same, product by product.
        same_first: share of customers whose first product is the same.
    """

    slice: str
    customers: int
    jaccard: float
    rank_biased_overlap: float
    same: float
    same_first: float


@dataclass(frozen=True)
class Example:
    """A customer whose list changed much: titles of what left and what came, in the order of the lists."""

    customer_id: str
    rank_biased_overlap: float
    left: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True)
class Exposure:
    """A product that many more, or many fewer, customers are shown."""

    title: str
    before: int
    after: int


@dataclass(frozen=True)
class Accuracy:
    """NDCG@10 of either release's run on held-out transactions: value, lower and upper end of the 95 % interval."""

    protocol: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]


@dataclass(frozen=True)
class ReleaseDiff:
    """What changes from one release to another.

    Attributes:
        only_before, only_after: customers with a list in one release alone.
        accuracy: by protocol, where both releases were evaluated by it.
    """

    before: str
    after: str
    only_before: int
    only_after: int
    slices: tuple[SliceDiff, ...]
    examples: tuple[Example, ...]
    exposure: tuple[Exposure, ...]
    accuracy: tuple[Accuracy, ...]


def compare(folder: Path, before: str | None = None, after: str | None = None) -> ReleaseDiff:
    """Compare two releases.

    Args:
        folder: of the release and its archive.
        before, after: id of a release in the archive, or a folder with a release (of another build, say). None: the
            live release, and the one before it.

    Raises:
        GlowhouseError: there is no such release, or it cannot be read; or no customer is in both.
    """
    sides = (_located(before, folder) if before else before_the_live_one(folder).folder, _located(after, folder))
    with Serving(sides[0]) as old, Serving(sides[1]) as new:
        ids, titles = (old.release_id, new.release_id), _titles(old) | _titles(new)
        lists = [_lists(side / SERVING_FILE) for side in sides]
        accuracy = tuple(_accuracy(old, new))
    overlap = list_overlap(*lists).to_pandas().set_index("customer_id")
    if overlap.empty:
        raise DiffError(f"No customer has a list in both {ids[0]} and {ids[1]}.")
    shown = [rows.to_pandas() for rows in lists]
    overlap["same"] = overlap["rank_biased_overlap"].round(9) == 1.0
    first = [rows[rows["rank"] == 1].set_index("customer_id")["product_id"] for rows in shown]
    overlap["same_first"] = first[0].reindex(overlap.index) == first[1].reindex(overlap.index)
    counts = [rows["customer_id"].nunique() for rows in shown]
    return ReleaseDiff(
        *ids,
        only_before=counts[0] - len(overlap),
        only_after=counts[1] - len(overlap),
        slices=tuple(_slices(overlap, _customers(sides))),
        examples=tuple(_examples(overlap, shown, titles)),
        exposure=tuple(_exposure(shown, titles)),
        accuracy=accuracy,
    )


def _located(name: str | None, folder: Path) -> Path:
    """The folder of a release."""
    if name is None:
        return folder
    return Path(name) if (Path(name) / SERVING_FILE).is_file() else find(folder, name).folder


def _titles(release: Serving) -> dict[str, str]:
    return {product_id: product.title for product_id, product in release.products.items()}


def _lists(file: Path) -> pa.Table:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.sql(_LISTS).to_arrow_table()


def _accuracy(old: Serving, new: Serving) -> list[Accuracy]:
    before, after = (
        {protocol: tuple(numbers) for protocol, *numbers in side.rows(_ACCURACY)}
        if side.has_table("model_evaluation")
        else {}
        for side in (old, new)
    )
    return [Accuracy(protocol, before[protocol], after[protocol]) for protocol in before if protocol in after]


def _customers(sides: Sequence[Path]) -> pd.DataFrame:
    """Skin type and number of purchases of each customer, as the later release knows them."""
    found = [path for side in reversed(sides) for path in sorted((side / PACKAGES_FOLDER).glob(f"mdl_*/{INPUTS_FILE}"))]
    if not found:
        return pd.DataFrame({"customer_id": [], "skin_type": [], "purchases": []}).set_index("customer_id")
    newest = max(found, key=lambda path: (path.is_relative_to(sides[1]), path.stat().st_mtime_ns))
    with duckdb.connect(str(newest), read_only=True) as connection:
        customers: pd.DataFrame = connection.sql(_CUSTOMERS).df().set_index("customer_id")
    return customers


def _slices(overlap: pd.DataFrame, customers: pd.DataFrame) -> list[SliceDiff]:
    """Everybody; by length of the history; by skin type; slices without customers are left out."""
    known = customers.reindex(overlap.index)
    bought = known["purchases"]
    members: dict[str, Any] = {
        ALL: pd.Series(True, overlap.index),
        "history_none": bought == 0,
        "history_light": (bought > 0) & (bought < MEDIUM_HISTORY),
        "history_medium": (bought >= MEDIUM_HISTORY) & (bought < HEAVY_HISTORY),
        "history_heavy": bought >= HEAVY_HISTORY,
    }
    for skin_type in sorted(set(known["skin_type"].dropna()) - {""}):
        members[f"skin_type_{skin_type}"] = known["skin_type"] == skin_type
    found = []
    for name, belongs in members.items():
        rows = overlap[belongs.to_numpy()]
        if len(rows):
            means = rows[["jaccard", "rank_biased_overlap", "same", "same_first"]].mean()
            found.append(SliceDiff(name, len(rows), **{key: float(value) for key, value in means.items()}))
    return found


def _examples(overlap: pd.DataFrame, shown: Sequence[pd.DataFrame], titles: Mapping[str, str]) -> list[Example]:
    """The customers whose lists have least in common."""
    changed = overlap[~overlap["same"]].reset_index()
    changed = changed.sort_values(["rank_biased_overlap", "customer_id"]).head(EXAMPLES)
    found = []
    for customer, overlapping in zip(changed["customer_id"], changed["rank_biased_overlap"], strict=True):
        old, new = (rows.loc[rows["customer_id"] == customer, "product_id"].tolist() for rows in shown)
        left = tuple(titles.get(product, product) for product in old if product not in new)
        came = tuple(titles.get(product, product) for product in new if product not in old)
        found.append(Example(str(customer), float(overlapping), left, came))
    return found


def _exposure(shown: Sequence[pd.DataFrame], titles: Mapping[str, str]) -> list[Exposure]:
    """The products whose number of customers changed most, the largest change first."""
    counts = pd.concat([rows["product_id"].value_counts() for rows in shown], axis=1, keys=["before", "after"])
    counts = counts.fillna(0).astype(int).rename_axis("product_id").reset_index()
    counts["change"] = (counts["after"] - counts["before"]).abs()
    changed = counts[counts["change"] > 0].sort_values(["change", "product_id"], ascending=[False, True]).head(EXAMPLES)
    columns = (changed[name].tolist() for name in ("product_id", "before", "after"))
    return [Exposure(titles.get(product, product), *pair) for product, *pair in zip(*columns, strict=True)]
