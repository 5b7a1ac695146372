"""`glowhouse similar`: products like one product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from glowhouse.cli_options import Format
from glowhouse.printing import print_rows, shortened
from glowhouse.product_search import Product, find_product
from glowhouse.serving import Serving
from models_py.rules.tables import RuleTables
from models_py.similar import Neighbour, alike, bought_together

ALIKE, TOGETHER = "alike", "bought_together"
HEADINGS = {ALIKE: "Alike in what they are", TOGETHER: "Bought together with it"}


def show_similar(folder: Path, wanted: str, console: Console, *, count: int, form: Format) -> None:
    """Prints the products most like one product, in what they are and in who buys them.

    Args:
        folder: of the release.
        wanted: the product's id, or words of its name.

    Raises:
        GlowhouseError: there is no such product, or several; or the release has no model.
    """
    with Serving(folder) as serving:
        product, products = find_product(wanted, serving.products), serving.products
        model = serving.model.opened(serving.model.shop, RuleTables.none())
    found = {
        ALIKE: alike(model, product.product_id, count),
        TOGETHER: bought_together(model, product.product_id, count),
    }
    if form is not Format.table:
        print_rows([_row(kind, at, n, products) for kind, rows in found.items() for at, n in enumerate(rows, 1)], form)
        return
    console.print(Text.assemble(("Like ", "dim"), product.title, (f" ({product.product_id})", "dim")))
    for kind, neighbours in found.items():
        console.print()
        console.print(_table(HEADINGS[kind], neighbours, products) if neighbours else f"{HEADINGS[kind]}: nothing.")


def _table(heading: str, neighbours: Sequence[Neighbour], products: Mapping[str, Product]) -> Table:
    table = Table(title=heading, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for neighbour in neighbours:
        product = products[neighbour.product_id]
        lines = Text.assemble(shortened(product.title), (f" ({product.product_id})", "dim"))
        if neighbour.shared:
            lines.append(f"\n{_shared(neighbour)}", "dim")
        table.add_row(f"{neighbour.score:.3f}", lines)
    return table


def _shared(neighbour: Neighbour) -> str:
    return "both: " + "; ".join(
        f"{kind} {', '.join(term.replace('_', ' ') for term in terms)}" for kind, terms in neighbour.shared.items()
    )


def _row(kind: str, rank: int, neighbour: Neighbour, products: Mapping[str, Product]) -> dict[str, object]:
    product = products[neighbour.product_id]
    return {
        "relation": kind,
        "rank": rank,
        "product_id": product.product_id,
        "product_name": product.name,
        "brand": product.brand,
        "score": neighbour.score,
        "shared": "; ".join(f"{shared}: {', '.join(terms)}" for shared, terms in neighbour.shared.items()),
    }
