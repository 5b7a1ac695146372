"""`glowhouse diff`: prints what changes for customers between two releases."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from glowhouse.cli_options import Format
from glowhouse.diff_markdown import as_markdown, figures
from glowhouse.printing import print_rows, shortened
from glowhouse.release_diff import ReleaseDiff, compare


def show_diff(
    folder: Path, before: str | None, after: str | None, console: Console, form: Format, markdown: bool = False
) -> None:
    """Prints the comparison by slice, and examples; rows by slice for programs.

    Args:
        before, after: see `release_diff.compare`.
        markdown: as Markdown, whatever `form` says.

    Raises:
        GlowhouseError: the releases cannot be compared.
    """
    diff = compare(folder, before, after)
    if markdown:
        print(as_markdown(diff))
        return
    if form is not Format.table:
        rows = [{"before": diff.before, "after": diff.after, **asdict(part)} for part in diff.slices]
        print_rows(rows, form)
        return
    console.print(_table(diff))
    if diff.only_before or diff.only_after:
        console.print(
            f"{diff.only_before} customers had a list and have none; {diff.only_after} had none and have one."
        )
    for product in diff.exposure:
        console.print(Text(f"{shortened(product.title)}: shown to {product.before} customers, now to {product.after}."))
    for example in diff.examples:
        console.print(Text(f"\nCustomer {example.customer_id} (overlap {example.rank_biased_overlap:.2f})"))
        for sign, titles in (("-", example.left), ("+", example.came)):
            for title in titles:
                console.print(Text(f"  {sign} {shortened(title)}"))
        if not example.left and not example.came:
            console.print("  the same products in another order")


def _table(diff: ReleaseDiff) -> Table:
    table = Table(title=f"From {diff.before} to {diff.after}", title_justify="left", box=None, pad_edge=False)
    table.add_column("slice", no_wrap=True)
    for name in ("customers", "Jaccard", "rank-biased overlap", "same list", "same first"):
        table.add_column(name, justify="right")
    for part in diff.slices:
        table.add_row(part.slice, *figures(part))
    return table
