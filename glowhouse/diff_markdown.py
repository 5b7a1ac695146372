"""A comparison of two releases as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from glowhouse.printing import shortened
from glowhouse.release_diff import Example, ReleaseDiff, SliceDiff


def as_markdown(diff: ReleaseDiff) -> str:
    """What changes in a sentence; by slice; in what was measured; products and customers, folded away.

    Of what does not change there is a sentence and no table.
    """
    return "\n\n".join(
        [
            f"From `{diff.before}` to `{diff.after}`: {_summary(diff)}",
            *_slices(diff),
            *_accuracy(diff),
            *_products(diff),
            *_customers(diff.examples),
        ]
    )


def figures(part: SliceDiff) -> tuple[str, str, str, str, str]:
    """Customers, Jaccard, rank-biased overlap, and the shares with the same list and the same first product."""
    return (
        f"{part.customers:,}", f"{part.jaccard:.3f}", f"{part.rank_biased_overlap:.3f}", f"{part.same:.0%}",
        f"{part.same_first:.0%}",
    )  # fmt: skip


def _summary(diff: ReleaseDiff) -> str:
    everybody = diff.slices[0]
    changed = round((1 - everybody.same) * everybody.customers)
    said = [
        f"{changed:,} of {everybody.customers:,} customers see another list."
        if changed
        else "**every customer sees the same list as before.**"
    ]
    if diff.only_before or diff.only_after:
        said.append(f"{diff.only_before:,} had a list and have none; {diff.only_after:,} had none and have one.")
    return " ".join(said)


def _slices(diff: ReleaseDiff) -> list[str]:
    if diff.slices[0].same == 1:
        return []
    rows = [(f"`{part.slice}`", *figures(part)) for part in diff.slices]
    return [_table(("slice", "customers", "Jaccard", "rank-biased overlap", "same list", "same first product"), rows)]


def _accuracy(diff: ReleaseDiff) -> list[str]:
    if not diff.accuracy:
        return []
    rows = [
        (
            f"`{part.protocol}`",
            *(f"{value:.4f} ({low:.4f} to {high:.4f})" for value, low, high in (part.before, part.after)),
        )
        for part in diff.accuracy
        if part.before != part.after
    ]
    if not rows:
        return ["Held-out purchases are found exactly as before (NDCG@10, by every protocol)."]
    return [_table(("NDCG@10 on held-out purchases", "before (95 % interval)", "after"), rows)]


def _products(diff: ReleaseDiff) -> list[str]:
    rows = [(_escaped(product.title), f"{product.before:,}", f"{product.after:,}") for product in diff.exposure]
    if not rows:
        return []
    return [
        _folded(
            "Products whose number of customers changes most",
            _table(("product", "customers before", "customers after"), rows),
        )
    ]


def _customers(examples: Sequence[Example]) -> list[str]:
    if not examples:
        return []
    said = []
    for example in examples:
        lines = [f"**{_escaped(example.customer_id)}**, overlap {example.rank_biased_overlap:.2f}:", ""]
        lines += [f"- leaves: {_escaped(title)}" for title in example.left]
        lines += [f"- comes: {_escaped(title)}" for title in example.came]
        lines += [] if example.left or example.came else ["- the same products in another order"]
        said.append("\n".join(lines))
    return [_folded("Customers whose lists change most", "\n\n".join(said))]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def _escaped(text: str) -> str:
    """A name of the catalogue, of which nothing is markup."""
    plain = shortened(text).replace("<", "&lt;")
    for character in "\\|*_`[]":
        plain = plain.replace(character, f"\\{character}")
    return plain
