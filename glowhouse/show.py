"""`glowhouse show`: the result of a build on one screen."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from glowhouse.customer_view import Build, Profile, Purchase, Recommendation, Score
from glowhouse.release_files import SERVING_FILE

METRICS = ("ndcg@10", "hr@10")
PRODUCT_MODEL = "hybrid"
BASELINE = "most_popular"
PURCHASES_SHOWN = 5
CONCERNS_SHOWN = 5
# How the warehouse writes what it does not know: ZZ is the code for an unknown country.
UNKNOWN = {"unknown", "ZZ"}
LONGEST_NAME = 80


def show(warehouse: Path, console: Console, *, customer_ids: Sequence[str] = (), count: int = 3) -> None:
    """Prints customers with what they bought, need and are recommended, then the evaluation and what to do next.

    Args:
        warehouse: the warehouse file; its release lies in the same folder.
        console: where to print.
        customer_ids: whom to show; empty for `count` customers who differ from each other.
        count: how many customers to choose.

    Raises:
        ViewError: there is no release, it is incomplete, or it has no such customer.
    """
    with Build(warehouse) as build:
        for customer_id in customer_ids or build.customers(count):
            console.print(_customer(build, customer_id))
        if not build.has_history:
            console.print(f"[yellow]{warehouse} is missing or busy: profiles, purchases and needs are left out.[/]")
        console.print(_evaluation(build.evaluation(METRICS, (PRODUCT_MODEL, BASELINE))))
    console.print(_next_steps(warehouse))


def _customer(build: Build, customer_id: str) -> Panel:
    parts: list[Text | Table] = []
    if build.has_history:
        parts += [_profile(build.profile(customer_id)), *_needs(build, customer_id), Text()]
        parts += [_purchases(build.purchases(customer_id, PURCHASES_SHOWN)), Text()]
    parts.append(_recommendations(build.recommendations(customer_id)))
    return Panel(Group(*parts), title=Text(f"Customer {customer_id}"), title_align="left")


def _profile(profile: Profile | None) -> Text:
    if profile is None:
        return Text("No profile.", style="dim")
    facts = {
        "age": (profile.age_band or "").replace("_", "-"),
        "skin type": profile.skin_type,
        "gender": profile.gender,
        "country": profile.country,
    }
    known = [
        f"{name} {value}{' (assumed)' if name in profile.assumed else ''}"
        for name, value in facts.items()
        if value and value not in UNKNOWN
    ]
    return Text("Profile: " + (" · ".join(known) or "nothing but the id is known"))


def _purchases(purchases: Sequence[Purchase]) -> Text | Table:
    if not purchases:
        return Text("Bought nothing yet.", style="dim")
    table = Table(title="Bought lately", title_justify="left", box=None, pad_edge=False)
    for heading in ("when", "product", "brand", "where"):
        table.add_column(heading, no_wrap=heading in {"when", "where"})
    for purchase in purchases:
        when = f"{purchase.ordered_at:%Y-%m-%d}" if purchase.ordered_at else "no date"
        table.add_row(when, _name(purchase.product), _known(purchase.brand), purchase.channel)
    return table


def _name(product: str) -> Text:
    """A product's name, cut where a marketplace's title would fill the screen."""
    return Text(product if len(product) <= LONGEST_NAME else f"{product[: LONGEST_NAME - 1].rstrip()}…")


def _known(value: str | None) -> Text:
    return Text("" if value is None or value in UNKNOWN else value)


def _needs(build: Build, customer_id: str) -> list[Text]:
    declared, shopped = build.concerns(customer_id)
    lines = [
        ("Declared concerns", ", ".join(declared)),
        ("Shops for", ", ".join(shopped[:CONCERNS_SHOWN])),
        (
            "Never recommend",
            "; ".join(
                f"{exclusion.what.replace('_', ' ')} ({exclusion.source}: “{exclusion.evidence or exclusion.what}”)"
                for exclusion in build.exclusions(customer_id)
            ),
        ),
    ]
    return [Text(f"{label}: {value}") for label, value in lines if value]


def _recommendations(recommendations: Sequence[Recommendation]) -> Table:
    # The reason stands under its product: beside it, an 80-column terminal would break it word by word.
    table = Table(title="Recommended", title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for row in recommendations:
        price = "" if row.price_eur is None else f"{row.price_eur:.2f} EUR"
        caution = ("\n", (row.caution, "yellow")) if row.caution else ()
        table.add_row(str(row.rank), Text.assemble(_name(row.product), "\n", (row.reason, "dim"), *caution), price)
    return table


def _evaluation(scores: Sequence[Score]) -> Table | Text:
    """Product against baseline, one line a protocol and metric."""
    if not scores:
        return Text("No evaluation: too few customers have three purchases or more.", style="dim")
    by_model = {(score.protocol, score.metric, score.model): score for score in scores}
    table = Table(
        title="Held-out transactions (test): the product against most popular", pad_edge=False, title_justify="left"
    )
    for heading in ("protocol", "metric", PRODUCT_MODEL, "95 %", BASELINE, "ratio", "users"):
        table.add_column(heading, justify="left" if heading in {"protocol", "metric"} else "right")
    for (protocol, metric, model), score in by_model.items():
        if model != PRODUCT_MODEL:
            continue
        baseline = by_model.get((protocol, metric, BASELINE))
        table.add_row(
            protocol,
            metric,
            f"{score.value:.3f}",
            f"{score.ci_low:.3f}-{score.ci_high:.3f}",
            f"{baseline.value:.3f}" if baseline else "",
            f"{score.value / baseline.value:.1f}" if baseline and baseline.value else "",
            f"{score.users:,}",
        )
    return table


def _next_steps(warehouse: Path) -> Panel:
    query = f"duckdb.connect('{warehouse.parent / SERVING_FILE}', read_only=True).sql('from recommendations')"
    steps = [
        ("One customer", "glowhouse show --customer ID"),
        ("In a browser, as customers see it", "glowhouse serve --demo"),
        ("All of it on one page", "glowhouse report"),
        ("Every recommendation", f'python -c "import duckdb; {query}.show()"'),
        ("Rejected raw rows and why", "select * from pii.quality_rejections (in the warehouse)"),
        ("Tables, columns and lineage", "make docs, then open target/static_index.html"),
        ("Your own shop", "docs/input_contract.md, then GLOWHOUSE_RAW=FOLDER dbt build"),
        ("Public data", "glowhouse ingest --help"),
    ]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    # A command that is cut cannot be copied.
    table.add_column(overflow="fold")
    for what, how in steps:
        table.add_row(what, Text(how))
    return Panel(table, title="What to do next", title_align="left")
