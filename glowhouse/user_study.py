"""`glowhouse study`: a blind rating sheet for a group of customers, and what their ratings say."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape

from glowhouse.errors import GlowhouseError
from models_py.experiments.assignment import hash_fraction
from models_py.experiments.interleaving import Pick, team_draft
from models_py.experiments.user_study import StudyResult, compare_ratings

SHEET_COLUMNS = ("customer_id", "position", "product_id", "product_name", "brand", "category", "rating", "comment")
KEY_COLUMNS = ("customer_id", "position", "product_id", "team")
#: What most customers bought lately, but for what the customer avoids: the shelf that a shop has without a model.
_BASELINE = """
    with clock as (
        select max(ordered_at) as latest from core.fct_transactions
    ),
    sales as (
        select lines.product_id, count(*) as sold
        from core.fct_transactions as lines
        cross join clock
        where lines.is_purchase and lines.ordered_at > clock.latest - interval 90 day
        group by lines.product_id
    ),
    avoided as (
        select distinct exclusions.customer_id, contents.product_id
        from features.ftr_user_exclusions as exclusions
        inner join features.ftr_exclusion_products as contents using (exclusion_kind, exclusion_id)
        where exclusions.protocol = 'serving'
    )
    select customers.customer_id, sales.product_id
    from (select unnest(?) as customer_id) as customers
    cross join sales
    inner join core.dim_products as products on sales.product_id = products.product_id
    left join avoided
        on customers.customer_id = avoided.customer_id and sales.product_id = avoided.product_id
    where products.is_in_stock and avoided.product_id is null
    order by customers.customer_id, sales.sold desc, sales.product_id
"""


class StudyError(GlowhouseError):
    """The warehouse, the sheet or the key cannot be used."""


def make_sheet(
    warehouse: Path,
    sheet: Path,
    key: Path,
    console: Console,
    *,
    customer_ids: Sequence[str],
    customers: int,
    count: int,
    salt: str,
) -> None:
    """Write the rating sheet and, apart from it, the key that says which list each product is from.

    Args:
        warehouse: of the build.
        sheet: CSV for the people who rate; nothing in it tells the lists apart.
        key: CSV for whoever evaluates; to be kept away from those who rate.
        console: where to report.
        customer_ids: who takes part; if empty, `customers` are drawn.
        customers: how many to draw.
        count: products a customer.
        salt: name of the study; the same name gives the same sheet.

    Raises:
        StudyError: there is no warehouse, a customer has no recommendations, or a file is already there.
    """
    for path in (sheet, key):
        if path.exists():
            raise StudyError(f"{path} already exists: a sheet may hold somebody's ratings; name another file.")
    if not warehouse.is_file():
        raise StudyError(f"{warehouse} does not exist: run `dbt build` first.")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        model = _lists(
            connection.execute("select customer_id, product_id from marts.recommendations order by customer_id, rank")
        )
        unknown = [customer for customer in customer_ids if customer not in model]
        if unknown:
            raise StudyError(f"No recommendations for {', '.join(unknown)}.")
        chosen = list(customer_ids) or sorted(model, key=lambda one: (hash_fraction(one, salt), one))[:customers]
        baseline = _lists(connection.execute(_BASELINE, [chosen]))
        products = {
            row[0]: row[1:]
            for row in connection.execute(
                "select product_id, product_name, brand, category_path from core.dim_products"
            ).fetchall()
        }
    picks = {one: team_draft(model[one], baseline.get(one, []), count, one, salt) for one in chosen}
    _write(sheet, SHEET_COLUMNS, (
        (one, place, pick.product_id, *products[pick.product_id], "", "") for one, place, pick in _numbered(picks)
    ))  # fmt: skip
    _write(key, KEY_COLUMNS, ((one, place, pick.product_id, pick.team) for one, place, pick in _numbered(picks)))
    console.print(
        f"{escape(str(sheet))}: {len(chosen)} customers, {sum(map(len, picks.values()))} products to rate from 1 to 5 "
        f"(rating column). Keep {escape(str(key))} away from those who rate; it says which list each is from."
    )


def read_sheet(sheet: Path, key: Path, console: Console) -> StudyResult:
    """Read the filled sheet and print the paired comparison; an empty rating was not given.

    Raises:
        StudyError: a file or column is missing, a rating is not a number from 1 to 5, or a row is not in the key.
    """
    teams = {(row["customer_id"], row["product_id"]): row["team"] for _, row in _read(key, KEY_COLUMNS)}
    ratings: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line, row in _read(sheet, ("customer_id", "product_id", "rating")):
        text = row["rating"].strip().replace(",", ".")
        team = teams.get((row["customer_id"], row["product_id"]))
        if team is None:
            raise StudyError(f"{sheet}, line {line}: the key has no such customer and product.")
        if not text:
            continue
        try:
            stars = float(text)
        except ValueError:
            stars = 0.0
        if not 1 <= stars <= 5:
            raise StudyError(f"{sheet}, line {line}: the rating {row['rating']!r} is not a number from 1 to 5.")
        ratings[row["customer_id"]][team].append(stars)
    result = compare_ratings(ratings)
    _report(result, console)
    return result


def _report(result: StudyResult, console: Console) -> None:
    if not result.people:
        console.print("Nobody rated products of both lists yet.")
        return
    console.print(
        f"{result.people} people, {result.ratings} ratings: model {result.model_mean:.2f}, baseline "
        f"{result.baseline_mean:.2f} stars; difference {result.difference:+.2f} (95 % {result.ci_low:+.2f} .. "
        f"{result.ci_high:+.2f}, paired t p = {result.p_value:.4f}, Wilcoxon p = {result.wilcoxon_p_value:.4f}). "
        f"{result.prefer_model} prefer the model, {result.prefer_baseline} the baseline, "
        f"{result.prefer_neither} neither."
    )


def _lists(rows: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = defaultdict(list)
    for customer, product in rows.fetchall():
        lists[customer].append(product)
    return dict(lists)


def _numbered(picks: dict[str, list[Pick]]) -> Iterable[tuple[str, int, Pick]]:
    return ((one, place, pick) for one, chosen in picks.items() for place, pick in enumerate(chosen, start=1))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Spreadsheets take a file without byte order mark for Latin-1.
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _read(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise StudyError(f"{path} does not exist.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        # Spreadsheets in some languages save with semicolons.
        header = file.readline()
        file.seek(0)
        reader = csv.DictReader(file, delimiter=";" if header.count(";") > header.count(",") else ",", restval="")
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise StudyError(f"{path} has no column {', '.join(missing)}.")
        return [(reader.line_num, row) for row in reader]
