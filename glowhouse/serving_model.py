"""Opens the model package of a release: the run, the catalogue, and what customers and their words mean to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from glowhouse.errors import GlowhouseError
from glowhouse.release_files import INPUTS_FILE
from models_py import artifacts
from models_py import columns as c
from models_py.profile import Contents, Exclusion
from models_py.reasons import Wording
from models_py.rules.tables import SCHEMAS, RuleTables
from models_py.serving import Serving
from models_py.tables import REQUIRED_COLUMNS, Tables
from models_py.training import TrainedRun

# Tables of a package beside those of the library's input.
CONTENTS = "exclusion_contents"
UNLISTED = "unlisted_products"
EXCLUSION_WORDS = "exclusion_words"
PROFILE_WORDS = "profile_words"
AGE_BANDS = "age_bands"
REASON_CODES = "reason_codes"
EVIDENCE = "exclusion_evidence"
CONFLICTS = "conflicts"
# Where an exclusion is known from that was not said in passing.
PROFILE = "profile"
# The tables of the rules, before the names of the fields of `RuleTables`.
RULE_PREFIX = "rule_"


class PackageError(GlowhouseError):
    """The model package is missing, damaged, or of another version; the message says what to do."""


@dataclass(frozen=True)
class ProductFacts:
    """What one product is made of and made for.

    Attributes:
        ingredients: ids, in the order of the label as far as it is known.
        families: of ingredients, which customers may exclude.
        concerns: ids, the strongest first.
    """

    description: str | None
    ingredients: list[str]
    families: list[str]
    concerns: list[str]


@dataclass(frozen=True)
class ServingModel:
    """The model package in a folder. Nothing is read before it is needed, and the catalogue only once.

    Raises:
        PackageError: by every attribute and method, when the package cannot be read.
    """

    folder: Path

    @cached_property
    def run(self) -> TrainedRun:
        """The run that made the release's recommendations."""
        try:
            return artifacts.load(self.folder)
        except artifacts.DamagedArtifactError as error:
            raise PackageError(f"The released model cannot be read: {error}") from error

    @cached_property
    def shop(self) -> Tables:
        """The library's input tables without any customer."""
        return self._tables("where false", [])

    @cached_property
    def contents(self) -> Contents:
        """What products contain."""
        return Contents(self.table(CONTENTS), self.table(UNLISTED))

    @cached_property
    def as_of(self) -> datetime | None:
        """The moment that the release is as of."""
        moment: datetime | None = self._rows(f"select max({c.CUTOFF_AT}) as as_of from users", [])["as_of"][0].as_py()
        return moment

    @cached_property
    def wording(self) -> Mapping[str, Wording]:
        """How reasons are said."""
        return {
            code["reason_code"]: Wording(code["template"], code["need_template"] or "")
            for code in self.table(REASON_CODES).to_pylist()
        }

    def customer(self, customer_id: str) -> Tables | None:
        """The library's input tables with one customer in them; None for a customer whom the release does not know."""
        tables = self._tables(f"where {c.CUSTOMER} = ?", [customer_id])
        return tables if tables.users.num_rows else None

    @cached_property
    def rules(self) -> RuleTables:
        """What the rules know of everybody alike: no customer's conflicts or missing steps."""
        return self._rules("where false", [])

    def rules_of(self, customer_id: str) -> RuleTables:
        """What the rules know, with one customer in it."""
        return self._rules(f"where {c.CUSTOMER} = ?", [customer_id])

    def opened(self, tables: Tables, rules: RuleTables) -> Serving:
        """The model, ready to be asked about the customers in the tables."""
        return Serving.of(self.run, tables, rules)

    def table(self, name: str) -> pa.Table:
        """One table of the package."""
        return self._rows(f'select * from "{name}"', [])

    def column(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        """The first column of a query on the package's tables."""
        values: list[Any] = self._rows(query, parameters).column(0).to_pylist()
        return values

    def columns_of(self, name: str) -> list[str]:
        """The columns of a table of the package, some of which are optional."""
        names: list[str] = self._rows(f'select * from "{name}" limit 0', []).column_names
        return names

    def exclusions(self, customer_id: str) -> list[Exclusion]:
        """What a customer avoids, as far as the release knows."""
        query = f"select {c.EXCLUSION_KIND}, {c.EXCLUSION} from user_exclusions where {c.CUSTOMER} = ?"
        return [Exclusion(*row.values()) for row in self._rows(query, [customer_id]).to_pylist()]

    def declared_exclusions(self, customer_id: str) -> list[Exclusion]:
        """What a customer avoids because their profile says so."""
        rows = self.evidence(customer_id)
        return [Exclusion(row[c.EXCLUSION_KIND], row[c.EXCLUSION]) for row in rows if row["evidence_source"] == PROFILE]

    def evidence(self, customer_id: str) -> list[dict[str, Any]]:
        """What a customer avoids, and the search or profile entry that says so."""
        query = f"select * from {EVIDENCE} where {c.CUSTOMER} = ? order by all"
        rows: list[dict[str, Any]] = self._rows(query, [customer_id]).to_pylist()
        return rows

    def product(self, product_id: str) -> ProductFacts:
        """What the model knows of one product; nothing for a product that it does not know."""
        asked = [product_id]
        terms = (
            f"select term from product_terms where {c.PRODUCT} = ? and term_kind = '{{}}' order by weight desc, term"
        )
        families = (
            f"select {c.EXCLUSION} from {CONTENTS} where {c.PRODUCT} = ? and {c.EXCLUSION_KIND} = 'family' order by 1"
        )
        return ProductFacts(
            description=next(
                iter(self.column(f"select description from dim_products where {c.PRODUCT} = ?", asked)), None
            ),
            ingredients=self.column(terms.format("ingredient"), asked),
            families=self.column(families, asked),
            concerns=self.column(terms.format("concern"), asked),
        )

    def _tables(self, of_customer: str, parameters: list[object]) -> Tables:
        """Catalogue tables whole, tables of customers as far as the condition holds."""
        shop = vars(self).get("shop")
        rows = {}
        for field in fields(Tables):
            if c.CUSTOMER in REQUIRED_COLUMNS[field.name]:
                rows[field.name] = self._rows(f'select * from "{field.name}" {of_customer}', parameters)
            else:
                rows[field.name] = getattr(shop, field.name) if shop else self.table(field.name)
        return Tables(**rows)

    def _rules(self, of_customer: str, parameters: list[object]) -> RuleTables:
        everybodys = vars(self).get("rules")
        rows = {}
        for field in fields(RuleTables):
            name = f"{RULE_PREFIX}{field.name}"
            if c.CUSTOMER in SCHEMAS[field.name].names:
                rows[field.name] = self._rows(f'select * from "{name}" {of_customer}', parameters)
            else:
                rows[field.name] = getattr(everybodys, field.name) if everybodys else self.table(name)
        return RuleTables(**rows)

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.folder / INPUTS_FILE), read_only=True, config={"threads": 1})

    def _rows(self, query: str, parameters: Sequence[object]) -> pa.Table:
        try:
            # A cursor of its own: questions may come from several threads.
            with self._connection.cursor() as cursor:
                return cursor.sql(query, params=parameters).to_arrow_table()
        except duckdb.Error as error:
            raise PackageError(
                f"The released model at {self.folder} cannot be read: {error}. Run `dbt build` again."
            ) from error
