"""`glowhouse explain`: why one product is, or is not, recommended to one customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from glowhouse.cli_options import Format
from glowhouse.printing import print_rows, score_line
from glowhouse.product_search import Product, find_product
from glowhouse.serving import Item, Serving, ServingError
from glowhouse.serving_model import ServingModel
from models_py import columns as c
from models_py.profile import Exclusion
from models_py.rules import tables as t
from models_py.rules.conflicts import AVOID
from models_py.rules.tables import RuleTables
from models_py.tables import Tables
from models_py.why import Verdict, why


def explain(folder: Path, customer_id: str, wanted: str, console: Console, form: Format) -> None:
    """Prints where a product stands for a customer, what made its score, and what keeps it from the list.

    Args:
        folder: of the release.
        wanted: the product's id, or words of its name.

    Raises:
        GlowhouseError: the release does not know the customer or the product, or has no model.
    """
    with Serving(folder) as serving:
        product, products, model = find_product(wanted, serving.products), serving.products, serving.model
        tables = model.customer(customer_id)
        if tables is None:
            near = ", ".join(repr(other) for other in serving.customers_like(customer_id))
            raise ServingError(f"The release has no customer {customer_id!r}. Ids are text; near it are {near}.")
        rules = model.rules_of(customer_id)
        released = serving.recommendations(customer_id)
    verdict = why(model.opened(tables, rules), customer_id, product.product_id, model.wording)
    item = next((item for item in released if item.product.product_id == product.product_id), None)
    obstacles = [
        *_out_of_stock(verdict),
        *_excluded(verdict, product, customer_id, model),
        *_conflicting(verdict, product, rules, products),
        *_not_due(verdict, product, tables),
        *_disliked(verdict),
    ]
    if item is None:
        obstacles += _ranked_too_low(verdict, bool(obstacles), released)
    if form is not Format.table:
        print_rows([_row(verdict, item, obstacles, customer_id, product)], form)
        return
    console.print(Text(f"{product.title} ({product.product_id}) for customer {customer_id}", style="bold"))
    console.print(Text(f"Recommended at rank {item.facts[c.RANK]}." if item else "Not recommended."))
    for obstacle in obstacles:
        console.print(Text(f"- {obstacle}"))
    for line in _what_speaks_for_it(verdict, item, products):
        console.print(Text(line))


def _out_of_stock(verdict: Verdict) -> Iterator[str]:
    if not verdict.is_in_stock:
        yield "It is out of stock."


def _excluded(verdict: Verdict, product: Product, customer_id: str, model: ServingModel) -> Iterator[str]:
    if not verdict.is_excluded:
        return
    unlisted = product.product_id in model.contents.unlisted[c.PRODUCT].to_pylist()
    for row in model.evidence(customer_id):
        exclusion = Exclusion(row[c.EXCLUSION_KIND], row[c.EXCLUSION])
        if product.product_id in model.contents.products_of(exclusion):
            because = "which it contains"
        elif unlisted:
            because = "and nobody knows what it contains"
        else:
            continue
        said = row["evidence_text"] or row[c.EXCLUSION]
        what = row[c.EXCLUSION].replace("_", " ")
        yield f"The customer avoids {what} ({row['evidence_source'].replace('_', '-')}: “{said}”), {because}."


def _conflicting(verdict: Verdict, product: Product, rules: RuleTables, products: Any) -> Iterator[str]:
    if not verdict.is_conflicting:
        return
    sides = {
        (row[t.CONFLICT], row[t.SIDE])
        for row in rules.conflict_products.to_pylist()
        if row[c.PRODUCT] == product.product_id
    }
    in_use_by_reason: dict[str, dict[str, None]] = {}
    for row in rules.user_conflicts.to_pylist():
        if row[t.SEVERITY] == AVOID and (row[t.CONFLICT], row[t.CONFLICTING_SIDE]) in sides:
            in_use = products[row[t.EVIDENCE_PRODUCT]]
            in_use_by_reason.setdefault(row[t.CONFLICT_REASON], {})[in_use.title] = None
    for reason, in_use_titles in in_use_by_reason.items():
        yield f"It conflicts with {', '.join(sorted(in_use_titles))}, which the customer uses. {reason}"


def _not_due(verdict: Verdict, product: Product, tables: Tables) -> Iterator[str]:
    if not verdict.is_bought_and_not_due:
        return
    facts = [row for row in tables.user_products.to_pylist() if row[c.PRODUCT] == product.product_id]
    bought = next((_day(row[c.LAST_BOUGHT_AT]) for row in facts), None)
    due = next((_day(row[c.DUE_AT]) for row in facts), None)
    yield (
        f"The customer bought it{f' on {bought}' if bought else ' before'}, and it is not due again"
        f"{f' before about {due}' if due else ''}."
    )


def _disliked(verdict: Verdict) -> Iterator[str]:
    if verdict.is_disliked:
        yield "The customer gave it the fewest stars."


def _ranked_too_low(verdict: Verdict, is_kept_away: bool, released: list[Item]) -> list[str]:
    if not released:
        return ["This customer gets no recommendations: the account is not active."]
    if verdict.model_rank is None:
        return [] if is_kept_away and not verdict.is_in_stock else ["No part of the model proposes it."]
    place = f"number {verdict.model_rank} of {verdict.candidates}"
    if is_kept_away:
        return [f"Were it not for that, the model would rank it {place}."]
    if verdict.model_rank > len(released):
        return [f"The model ranks it {place}; the list has {len(released)}."]
    return [f"The model ranks it {place}, but rules (variety, routine, merchandising) put others in its place."]


def _what_speaks_for_it(verdict: Verdict, item: Item | None, products: Any) -> Iterator[str]:
    if item is not None:
        yield str(item.facts["reason"])
        if item.facts.get("caution"):
            yield f"Caution: {item.facts['caution']}"
        if item.facts.get("moved_by"):
            yield f"The model alone ranks it number {item.facts['model_rank']}; moved by: {item.facts['moved_by']}."
        yield score_line(item.facts[c.SCORE], item.score_parts)
        evidence = item.facts["evidence_product_id"]
    else:
        if not verdict.reason:
            return
        yield f"What would speak for it: {verdict.reason}"
        parts = {name.removesuffix("_score"): value for name, value in verdict.parts.items() if round(value, 6)}
        yield score_line(verdict.score, dict(sorted(parts.items(), key=lambda part: -abs(part[1]))))
        evidence = verdict.evidence_product_id
    if evidence in products:
        yield f"Evidence: the purchase of {products[evidence].title} ({evidence})."


def _row(
    verdict: Verdict, item: Item | None, obstacles: list[str], customer_id: str, product: Product
) -> dict[str, Any]:
    facts = asdict(verdict)
    parts = facts.pop("parts")
    facts["rank"] = item.facts[c.RANK] if item else None
    return {
        c.CUSTOMER: customer_id,
        c.PRODUCT: product.product_id,
        "product_name": product.name,
        "is_recommended": item is not None,
        **facts,
        **{name: round(value, 6) for name, value in parts.items()},
        "obstacles": " ".join(obstacles),
    }


def _day(moment: datetime | None) -> str | None:
    """None also for surrogate times, which count from 1970 and tell an order only."""
    return f"{moment:%Y-%m-%d}" if moment is not None and moment.year > 1971 else None
