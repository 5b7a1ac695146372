"""`glowhouse recommend`: recommendations for one customer, known or new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from glowhouse.cli_options import Format
from glowhouse.description import Description
from glowhouse.printing import print_rows, recommendation_table
from glowhouse.serving import Item, Serving

_UNKNOWN = (
    "The release has no customer {!r}. Ids are text, for example {!r}. "
    "This is what a customer gets of whom nothing is known:"
)


def recommend_to_customer(folder: Path, customer_id: str, console: Console, *, count: int | None, form: Format) -> None:
    """Prints what the release recommends to a customer; to an unknown one, what a new customer gets.

    Args:
        folder: of the release.
        count: at most so many products; None for all that were released.

    Raises:
        GlowhouseError: there is no release, or it is incomplete.
    """
    with Serving(folder) as serving:
        items = serving.recommendations(customer_id, count)
        title = f"Recommended to customer {customer_id}"
        if not items:
            from glowhouse.new_customer import recommended_to
            from models_py.profile import Profile

            _remark(console, _UNKNOWN.format(customer_id, serving.customer_ids(1)[0]))
            items, title = recommended_to(serving, Profile(), count), "Recommended to a new customer"
    _print(items, title, console, form)


def recommend_to_profile(
    folder: Path, description: Description, console: Console, *, count: int | None, form: Format
) -> None:
    """Prints what a new customer is recommended who is as described.

    Raises:
        GlowhouseError: there is no release; or a word, product or age means nothing to it.
    """
    from glowhouse.new_customer import in_words, recommended_to, understood

    with Serving(folder) as serving:
        profile = understood(description, serving)
        items = recommended_to(serving, profile, count)
    about = in_words(profile)
    _print(items, "Recommended to a new customer" + (f": {about}" if about else ""), console, form)


def _print(items: Sequence[Item], title: str, console: Console, form: Format) -> None:
    if form is Format.table:
        console.print(recommendation_table(items, title))
    else:
        print_rows([item.row() for item in items], form)


def _remark(console: Console, remark: str) -> None:
    """Says what is no part of the answer where a program that reads the answer does not see it."""
    Console(stderr=True, width=console.width).print(Text(remark, style="yellow"))
