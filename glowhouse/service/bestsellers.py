"""What most customers buy: the list that a personal one has to be better than."""

from __future__ import annotations

from collections.abc import Iterable

from glowhouse.serving import Item, Serving
from glowhouse.serving_model import ServingModel
from models_py.columns import ORDERED_AT
from models_py.reasons import POPULAR_NOW

RECENT_DAYS = 90
# Sales of the last days count, then all sales; the id only so that the order is always the same.
_BESTSELLERS = """
    with purchases as (
        select product_id, {ordered_at} as ordered_at from visible_purchases
    ),
    last_purchase as (
        select max(ordered_at) as ordered_at from purchases
    )
    select purchases.product_id
    from purchases
    cross join last_purchase
    group by purchases.product_id
    order by
        count(*) filter (where purchases.ordered_at > last_purchase.ordered_at - interval {days} day) desc,
        count(*) desc,
        purchases.product_id
"""


def bestsellers(serving: Serving, model: ServingModel) -> list[str]:
    """All products in stock, the most bought first. Those that nobody has bought come last: they fill the list of
    somebody who leaves much out."""
    has_times = ORDERED_AT in model.columns_of("visible_purchases")
    query = _BESTSELLERS.format(ordered_at=ORDERED_AT if has_times else "cast(null as timestamp)", days=RECENT_DAYS)
    in_stock = {product_id for product_id, product in serving.products.items() if product.is_in_stock}
    bought = [product_id for product_id in model.column(query) if product_id in in_stock]
    return bought + sorted(in_stock.difference(bought))


def as_items(bestsellers: Iterable[str], serving: Serving, reason: str) -> list[Item]:
    """Bestsellers as rows of recommendations, all for the same reason."""
    return [
        serving.item(
            {
                "rank": rank,
                "product_id": product_id,
                "reason_code": POPULAR_NOW,
                "reason": reason,
                # The list is the same for everybody, and no model made it.
                "propensity": 1.0,
                "model_run_id": None,
            }
        )
        for rank, product_id in enumerate(bestsellers, 1)
    ]
