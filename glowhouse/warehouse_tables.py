"""Reads the library's input from a warehouse that no build is using."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import duckdb

from glowhouse.errors import GlowhouseError
from models_py.evaluation.protocols import View
from models_py.tables import Tables
from models_py.warehouse import Relation, read_tables

# The fields of `Tables` and where the build puts them.
RELATIONS: Final[Mapping[str, str]] = {
    "visible_purchases": "features.ftr_visible_purchases",
    "targets": "features.ftr_targets",
    "users": "features.ftr_users",
    "buckets": "features.ftr_buckets",
    "product_terms": "features.ftr_product_terms",
    "dim_products": "core.dim_products",
    "products": "features.ftr_products",
    "user_products": "features.ftr_user_products",
    "user_concerns": "features.ftr_user_concerns",
    "user_exclusions": "features.ftr_user_exclusions",
    "exclusion_products": "features.ftr_exclusion_products",
}


class WarehouseError(GlowhouseError):
    """The warehouse is missing, busy or unfinished; the message says what to do."""


def read_view(warehouse: Path, view: View) -> Tables:
    """What was visible at one (protocol, split). The warehouse is open only while it is read.

    Raises:
        WarehouseError: it cannot be read.
    """
    if not warehouse.is_file():
        raise WarehouseError(f"There is no warehouse at {warehouse} yet. Run `dbt build` first.")
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            relations = {name: cast(Relation, connection.table(place)) for name, place in RELATIONS.items()}
            return read_tables(relations, view.protocol, view.split)
    except duckdb.IOException as error:
        raise WarehouseError(f"{warehouse} cannot be opened; a build may be using it: {error}") from error
    except duckdb.Error as error:
        raise WarehouseError(f"{warehouse} is incomplete: {error}. Run `dbt build` first.") from error
