"""Opens the model package of a release: the run, the catalogue, and what customers and their words mean to it."""

from __future__ import annotations

from collections.abc import Mapping
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
from models_py.profile import Contents
from models_py.reasons import Wording
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


class PackageError(GlowhouseError):
    """The model package is missing, damaged, or of another version; the message says what to do."""


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

    def table(self, name: str) -> pa.Table:
        """One table of the package."""
        return self._rows(f'select * from "{name}"', [])

    def evidence(self, customer_id: str) -> list[dict[str, Any]]:
        """What a customer avoids, and the search or profile entry that says so."""
        query = f"select * from {EVIDENCE} where {c.CUSTOMER} = ? order by all"
        rows: list[dict[str, Any]] = self._rows(query, [customer_id]).to_pylist()
        return rows

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

    def _rows(self, query: str, parameters: list[object]) -> pa.Table:
        file = self.folder / INPUTS_FILE
        try:
            with duckdb.connect(str(file), read_only=True) as connection:
                return connection.sql(query, params=parameters).to_arrow_table()
        except duckdb.Error as error:
            raise PackageError(
                f"The released model at {self.folder} cannot be read: {error}. Run `dbt build` again."
            ) from error
