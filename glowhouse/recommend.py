"""`glowhouse recommend`: recommendations for one customer."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from glowhouse.cli_recommendations import Format
from glowhouse.printing import print_rows, recommendation_table
from glowhouse.serving import Serving, ServingError


def recommend_to_customer(folder: Path, customer_id: str, console: Console, *, count: int | None, form: Format) -> None:
    """Prints what the release recommends to a customer.

    Args:
        folder: of the release.
        count: at most so many products; None for all that were released.

    Raises:
        ServingError: there is no release, or it does not know the customer.
    """
    with Serving(folder) as serving:
        items = serving.recommendations(customer_id, count)
        if not items:
            raise ServingError(f"The release has no customer {customer_id!r}.")
    if form is not Format.table:
        print_rows([item.row() for item in items], form)
        return
    console.print(recommendation_table(items, f"Recommended to customer {customer_id}"))
