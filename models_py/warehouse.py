"""The one door between the models and the warehouse.

Everything else in this package takes Arrow tables and returns Arrow tables. What a dbt Python model holds is a
relation of the engine; this module alone knows how to turn one into the other, so that a second engine needs a second
door and nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from models_py import columns as c
from models_py.rules.tables import SCHEMAS, RuleTables
from models_py.tables import Tables, columns_of


class Relation(Protocol):
    """What `dbt.ref(...)` gives inside a dbt Python model on DuckDB: a lazy query."""

    columns: list[str]

    def project(self, *args: str) -> Relation:
        """Keep the given columns."""

    def filter(self, filter_expr: str) -> Relation:
        """Keep the rows for which the condition holds."""

    def order(self, order_expr: str) -> Relation:
        """Sort the rows."""

    def to_arrow_table(self) -> pa.Table:
        """Run the query and return its rows."""


def read_table(relation: Relation, columns: Sequence[str], order_by: Sequence[str] = ()) -> pa.Table:
    """Read `columns` of `relation` into one Arrow table, sorted by `order_by`.

    Raises:
        ValueError: a column is missing; names it and what there is.
    """
    return _select(relation, columns, order_by).to_arrow_table()


def read_tables(relations: Mapping[str, Relation], protocol: str | None = None, split: str | None = None) -> Tables:
    """Read the library's input: of each relation, the columns that the library needs.

    Args:
        relations: by the field names of `Tables`.
        protocol: read the rows of this protocol only, from relations that have protocols; None: all rows.
        split: the same of splits.
    """
    wanted = {c.PROTOCOL: protocol, c.SPLIT: split}
    return Tables(
        **{
            name: read_table(_of(wanted, relation), columns_of(name, relation.columns))
            for name, relation in relations.items()
        }
    )


def read_rules(relations: Mapping[str, Relation], protocol: str | None = None) -> RuleTables:
    """Read what the rules know. Arguments as of `read_tables`, with the field names of `RuleTables`."""
    return RuleTables(
        **{
            name: read_table(_of({c.PROTOCOL: protocol}, relation), SCHEMAS[name].names).cast(SCHEMAS[name])
            for name, relation in relations.items()
        }
    )


def _of(wanted: Mapping[str, str | None], relation: Relation) -> Relation:
    """The rows with the wanted values, of those columns that the relation has; None wants all."""
    for column, value in wanted.items():
        if value is not None and column in relation.columns:
            relation = relation.filter(f"{column} = '{value}'")
    return relation


def read_previous(session: Any, this: object, schema: pa.Schema) -> pa.Table:
    """Read what the node `this` held before this build; an empty table of the same shape if it did not exist.

    A node that keeps history (model runs, their evaluation) is rebuilt from its own past plus what is new.
    """
    try:
        relation = session.sql(f"select * from {this}")
    except Exception as error:  # the engine's own class, which this library does not import
        if type(error).__name__ != "CatalogException":
            raise
        return schema.empty_table()
    if not set(schema.names) <= set(relation.columns):
        # An older version of the node had another shape: its history cannot be carried over, nor may it break a build.
        return schema.empty_table()
    return read_table(relation, schema.names).cast(schema)


def folder_of(session: Any) -> Path:
    """Return the folder of the warehouse file behind `session`: artefacts and the release live beside it.

    Raises:
        ValueError: the warehouse is in memory and has no folder.
    """
    # All rows are fetched: a connection holds one open result, and the next query would be refused.
    ((path,),) = session.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    if not path:
        raise ValueError("The warehouse is in memory: set GLOWHOUSE_WAREHOUSE to a file to train and release.")
    return Path(path).resolve().parent


def _select(relation: Relation, columns: Sequence[str], order_by: Sequence[str]) -> Relation:
    missing = [name for name in columns if name not in relation.columns]
    if missing:
        raise ValueError(f"Columns {missing} are missing; the relation has {relation.columns}.")
    selected = relation.project(", ".join(f'"{name}"' for name in columns))
    return selected.order(", ".join(f'"{name}"' for name in order_by)) if order_by else selected
