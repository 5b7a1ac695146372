"""When each product was sold: what was known of its popularity on any day, and nothing of what came later."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_py.arrays import ranking_kernels
from models_py.arrays.parallel import over_rows
from models_py.arrays.ragged import Ints, Ragged
from models_py.data.dataset import Days, Snapshot

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ProductSales:
    """Dated sales.

    Attributes:
        sales: products x sales, rising; the values are days since 1970. Undated purchases are left out.
    """

    sales: Ragged

    def before(self, products: Ints, day: Days) -> Counts:
        """Sales of each product before the day that stands beside it; 0 where the day is unknown (nan)."""
        # Day 0 precedes every sale of a product, so an unknown day counts nothing.
        whole = np.nan_to_num(np.floor(day), nan=0.0).astype(np.int64)
        counts = np.empty(len(products), np.int64)
        over_rows(
            ranking_kernels.earlier_rows, len(products), self.sales.ptr, self.sales.values, products, whole, counts
        )
        return counts

    def days_since_first(self, products: Ints, day: Days, before: Counts) -> Days:
        """Days between a product's first sale and `day`; nan when it had not been sold `before` (see there)."""
        return self._since(self.sales.ptr[products], day, before)

    def days_since_last(self, products: Ints, day: Days, before: Counts) -> Days:
        """Days between a product's latest sale before `day` and `day`; nan when there is none."""
        return self._since(self.sales.ptr[products] + before - 1, day, before)

    def padded(self, products: int) -> "ProductSales":
        """The same for a catalogue that has grown."""
        return ProductSales(self.sales.padded(max(len(self.sales), products)))

    def _since(self, entry: Counts, day: Days, before: Counts) -> Days:
        since = np.full(len(day), np.nan)
        known = before > 0
        since[known] = day[known] - self.sales.values[entry[known]]
        return since


def fit(snapshot: Snapshot, products: int) -> ProductSales:
    """Collect the dated purchases of everybody."""
    dated = snapshot.purchase_days.where(np.isfinite(snapshot.purchase_days.values))
    order = np.lexsort((dated.values, dated.ids))
    return ProductSales(
        Ragged.from_pairs(dated.ids[order], np.zeros(len(order), np.int32), dated.values[order], products)
    )


def last_purchase_days(customers: Snapshot) -> Days:
    """The day of each customer's last purchase; nan when there is none, or it has no date."""
    days = np.full(len(customers), np.nan)
    filled = customers.purchase_days.lengths > 0
    days[filled] = customers.purchase_days.values[customers.purchase_days.ptr[1:][filled] - 1]
    return days
