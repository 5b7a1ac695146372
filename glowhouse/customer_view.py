"""What a build knows about single customers, read for people: profile, purchases, needs and recommendations.

Recommendations and evaluation come from the release, so that what is shown is what consumers get. Profile, history
and needs come from the warehouse, which is opened read-only and may be locked by a build; then they are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from glowhouse.database_file import quoted
from glowhouse.errors import GlowhouseError
from glowhouse.release_files import SERVING_FILE


class ViewError(GlowhouseError):
    """There is nothing to show; the message says what to do."""


@dataclass(frozen=True)
class Profile:
    """Who the customer is; `assumed` names what was imputed, and None is unknown."""

    age_band: str | None
    country: str | None
    skin_type: str | None
    gender: str | None
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class Purchase:
    """One purchased line; `ordered_at` is None if the source has an order of purchases but no dates."""

    ordered_at: datetime | None
    product: str
    brand: str | None
    channel: str


@dataclass(frozen=True)
class Exclusion:
    """What a customer must not get, and the search or profile entry that says so."""

    what: str
    source: str
    evidence: str | None


@dataclass(frozen=True)
class Recommendation:
    """One recommended product and why."""

    rank: int
    product: str
    brand: str | None
    price_eur: float | None
    reason: str
    caution: str | None
    score: float


@dataclass(frozen=True)
class Score:
    """A model's evaluation on held-out transactions, with its 95 % interval."""

    protocol: str
    model: str
    metric: str
    value: float
    ci_low: float
    ci_high: float
    users: int


class Build:
    """The results of one build: the release beside a warehouse and, if it can be opened, the warehouse.

    Args:
        warehouse: the warehouse file; the release lies in the same folder.

    Raises:
        ViewError: there is no release.
    """

    def __init__(self, warehouse: Path) -> None:
        serving = warehouse.parent / SERVING_FILE
        if not serving.is_file():
            raise ViewError(f"There is no release at {serving} yet. Run `dbt build` first.")
        self._connection = duckdb.connect()
        try:
            self._attach(serving, "serving")
        except duckdb.Error as error:
            raise ViewError(f"The release cannot be opened: {error}. Run `dbt build` again.") from error
        try:
            self._attach(warehouse, "warehouse")
            self.has_history = True
        except duckdb.Error:
            self.has_history = False

    def __enter__(self) -> Build:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def customers(self, count: int) -> list[str]:
        """Ids of a few customers who differ from each other, the same for the same release and warehouse.

        One who avoids something, one of many purchases, one of few, then whoever the hash of the id names first.
        """
        if not self.has_history:
            by_hash = "select distinct customer_id from serving.recommendations order by md5(customer_id) limit ?"
            return [str(row[0]) for row in self._rows(by_hash, [count])]
        return [str(row[0]) for row in self._rows(_DIFFERENT_CUSTOMERS, [count])]

    def recommendations(self, customer_id: str) -> list[Recommendation]:
        """What the customer is recommended, best first.

        Raises:
            ViewError: the release has nothing for this id.
        """
        rows = self._rows(_RECOMMENDATIONS, [customer_id])
        if not rows:
            example = self.customers(1)[0]
            raise ViewError(f"The release has no customer {customer_id!r}. Ids are text, for example {example!r}.")
        return [Recommendation(*row) for row in rows]

    def profile(self, customer_id: str) -> Profile | None:
        """The customer's profile; None if the warehouse has none."""
        rows = self._rows(_PROFILE, [customer_id])
        if not rows:
            return None
        age_band, country, skin_type, gender, age_is_assumed, skin_type_is_assumed = rows[0]
        flags = {"age": age_is_assumed, "skin type": skin_type_is_assumed}
        return Profile(age_band, country, skin_type, gender, tuple(name for name, assumed in flags.items() if assumed))

    def purchases(self, customer_id: str, count: int) -> list[Purchase]:
        """The latest purchases, the latest first."""
        return [Purchase(*row) for row in self._rows(_PURCHASES, [customer_id, count])]

    def concerns(self, customer_id: str) -> tuple[list[str], list[str]]:
        """Names of the skin concerns that the customer declared, and of those shopped for, strongest first."""
        rows = self._rows(_CONCERNS, [customer_id])
        return [name for name, _, declared in rows if declared], [name for name, weight, _ in rows if weight]

    def exclusions(self, customer_id: str) -> list[Exclusion]:
        """What must not be recommended, with the evidence."""
        return [Exclusion(*row) for row in self._rows(_EXCLUSIONS, [customer_id])]

    def evaluation(self, metrics: Sequence[str], models: Sequence[str]) -> list[Score]:
        """Scores of the current model run on the test transactions of everybody."""
        return [Score(*row) for row in self._rows(_EVALUATION, [list(metrics), list(models)])]

    def _attach(self, path: Path, name: str) -> None:
        self._connection.execute(f"attach '{quoted(path)}' as {name} (read_only)")

    def _rows(self, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except duckdb.CatalogException as error:
            raise ViewError(f"The last build did not finish: {error}. Run `dbt build` again.") from error


_DIFFERENT_CUSTOMERS = """
    with recommended as (
        select distinct customer_id from serving.recommendations
    ),
    purchases as (
        select customer_id, count(*) as purchases from warehouse.core.fct_transactions where is_purchase group by all
    ),
    excluding as (
        select distinct customer_id from warehouse.features.ftr_user_exclusions where protocol = 'serving'
    ),
    kinds as (
        select
            customer_id,
            case
                when excluding.customer_id is not null and coalesce(purchases, 0) >= 3 then 'avoids something'
                when coalesce(purchases, 0) between 6 and 20 then 'many purchases'
                when coalesce(purchases, 0) <= 2 then 'few purchases'
                else 'other'
            end as kind
        from recommended
        left join purchases using (customer_id)
        left join excluding using (customer_id)
    ),
    turns as (
        select customer_id, kind, row_number() over (partition by kind order by md5(customer_id), customer_id) as turn
        from kinds
    )
    select customer_id
    from turns
    order by turn, list_position(['avoids something', 'many purchases', 'few purchases', 'other'], kind)
    limit ?
"""

_RECOMMENDATIONS = """
    select
        recommendations.rank,
        coalesce(products.product_name, recommendations.product_id),
        products.brand,
        products.price_eur,
        recommendations.reason,
        recommendations.caution,
        recommendations.score
    from serving.recommendations
    left join serving.products using (product_id)
    where customer_id = ?
    order by recommendations.rank
"""

_PROFILE = """
    select age_band, country_code, skin_type, gender, is_age_imputed, is_skin_type_imputed
    from warehouse.core.dim_users
    where customer_id = ?
"""

_PURCHASES = """
    select
        case when time_precision <> 'surrogate' then ordered_at end,
        coalesce(dim_products.product_name, fct_transactions.product_id),
        dim_products.brand,
        fct_transactions.channel
    from warehouse.core.fct_transactions
    left join warehouse.core.dim_products using (product_id)
    where customer_id = ? and is_purchase
    order by ordered_at desc, source_system desc, source_row_number desc
    limit ?
"""

_CONCERNS = """
    select concern_name, shopped_weight, is_declared
    from warehouse.features.ftr_user_concerns
    inner join warehouse.reference.ref_concerns using (concern_id)
    where protocol = 'serving' and customer_id = ?
    order by shopped_weight desc nulls last, concern_id
"""

_EXCLUSIONS = """
    select exclusion_id, evidence_source, min(evidence_text)
    from warehouse.features.ftr_user_exclusions
    where protocol = 'serving' and customer_id = ?
    group by exclusion_kind, exclusion_id, evidence_source
    order by exclusion_kind, exclusion_id, evidence_source
"""

_EVALUATION = """
    select protocol, model, metric, value, ci_low, ci_high, users
    from serving.model_evaluation
    inner join serving.model_runs using (model_run_id)
    where is_current and split = 'test' and slice = 'all'
        and list_contains(?, metric) and list_contains(?, model)
    order by protocol, metric, model
"""
