"""The rule book: all that the rules know of the customers and products of one (protocol, split), by position."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models_py import columns as c
from models_py.arrays.index import Index
from models_py.arrays.ragged import Ints, Ragged
from models_py.data.assemble import Dataset
from models_py.data.dataset import Catalogue, Flags, Snapshot
from models_py.rules import conflicts, merchandising
from models_py.rules import tables as t
from models_py.rules.config import ExplorationConfig
from models_py.rules.conflicts import Conflicts
from models_py.rules.merchandising import Wishes
from models_py.rules.tables import RuleTables
from models_py.tables import at, text


@dataclass(frozen=True)
class RuleBook:
    """One row of each `Ragged` a customer.

    Attributes:
        customers, products: ids by position.
        clock: what is drawn by chance is drawn anew for each clock.
        conflicts: what does not go with what is in use.
        missing_steps: steps of the routine that a customer lacks, positions in `steps`.
        steps: as said to a customer; `step_ids` are their keys.
        step_of_product, category_of_product, brand_of_product: (products,) codes, -1 where unknown.
        wishes: of the merchandisers.
        in_stock: (products,).
        is_new: (products,) whether exploration may give it a chance.
    """

    customers: npt.NDArray[np.object_]
    products: npt.NDArray[np.object_]
    clock: str
    conflicts: Conflicts
    missing_steps: Ragged
    step_ids: npt.NDArray[np.object_]
    steps: npt.NDArray[np.object_]
    step_of_product: Ints
    category_of_product: Ints
    brand_of_product: Ints
    wishes: Wishes
    in_stock: Flags
    is_new: Flags

    def __len__(self) -> int:
        return len(self.customers)

    def rows(self, customers: npt.NDArray[np.int64]) -> "RuleBook":
        """The same for some customers only, renumbered from 0 in the given order."""
        return replace(
            self,
            customers=self.customers[customers],
            missing_steps=self.missing_steps.take(customers),
            conflicts=replace(
                self.conflicts,
                forbidden=self.conflicts.forbidden.take(customers),
                cautions=self.conflicts.cautions.take(customers),
            ),
        )


def open_book(
    tables: RuleTables, data: Dataset, snapshot: Snapshot, protocol: str, split: str, config: ExplorationConfig
) -> RuleBook:
    """Resolve the rules' tables to positions.

    Merchandisers' wishes hold on a day, so they are for serving alone.

    Args:
        snapshot: of all customers at (protocol, split).
    """
    products = data.catalogue.index
    steps = Index.of(tables.steps[t.ROUTINE_STEP])
    step_names = np.full(len(steps), "", dtype=object)
    step_names[steps.positions(tables.steps[t.ROUTINE_STEP])] = text(tables.steps, t.STEP_NAME)
    lacking = at(tables.missing_steps, protocol, split)
    customer = data.customers.positions(lacking[c.CUSTOMER])
    step = steps.positions(lacking[t.ROUTINE_STEP])
    is_known = (customer >= 0) & (step >= 0)
    cutoffs = snapshot.cutoff_day[snapshot.present]
    return RuleBook(
        customers=data.customers.names,
        products=products.names,
        clock=f"{protocol}/{split}/{cutoffs.max(initial=-np.inf)}",
        conflicts=conflicts.resolve(
            at(tables.user_conflicts, protocol, split), tables.conflict_products, data.customers, products
        ),
        missing_steps=Ragged.from_pairs(customer[is_known], step[is_known], 1.0, len(data.customers)),
        step_ids=steps.names,
        steps=step_names,
        step_of_product=_codes(tables.products, t.ROUTINE_STEP, products, steps),
        category_of_product=_codes(tables.products, t.CATEGORY, products),
        brand_of_product=_codes(tables.products, c.BRAND, products),
        wishes=merchandising.resolve(tables.merchandising, products)
        if protocol == c.SERVING
        else Wishes.none(len(products)),
        in_stock=data.catalogue.in_stock,
        is_new=_new_products(data.catalogue, snapshot, config),
    )


def _codes(table: pa.Table, column: str, products: Index, known: Index | None = None) -> Ints:
    """(products,) the position of each product's value among those known, or among all values; -1 for none."""
    codes = np.full(len(products), -1, np.int32)
    values = (known or Index.of(table[column])).positions(table[column])
    position = products.positions(table[c.PRODUCT])
    codes[position[position >= 0]] = values[position >= 0]
    return codes


def _new_products(catalogue: Catalogue, customers: Snapshot, config: ExplorationConfig) -> Flags:
    """Products that few bought and that were launched lately, as far as that is known, as of the latest cutoff."""
    sold = np.bincount(customers.purchases.ids, minlength=len(catalogue))
    cutoffs = customers.cutoff_day[customers.present]
    today = np.nanmax(cutoffs) if np.isfinite(cutoffs).any() else np.nan
    is_old = today - catalogue.launched_day > config.new_days
    return np.asarray((sold <= config.few_sales) & ~is_old)
