"""The door between engine and library: named columns, named complaints, and no more rows than asked for."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pytest

from models_py.rules.tables import SCHEMAS
from models_py.tables import REQUIRED_COLUMNS
from models_py.warehouse import read_previous, read_rules, read_table, read_tables


def relations(
    session: duckdb.DuckDBPyConnection, required: Mapping[str, Sequence[str]] = REQUIRED_COLUMNS
) -> dict[str, duckdb.DuckDBPyRelation]:
    """Every table that the library reads: a row of protocol serving and one of another, where it has protocols."""

    def query(columns: Sequence[str]) -> str:
        selected = ", ".join(column if column == "protocol" else f"null as {column}" for column in columns)
        return f"select {selected} from (values ('serving'), ('published')) as rows (protocol)"

    return {name: session.sql(query(columns)) for name, columns in required.items()}


def test_one_protocol_leaves_the_rows_of_the_others_in_the_warehouse() -> None:
    with duckdb.connect() as session:
        tables = read_tables(relations(session), protocol="serving")
        assert tables.users["protocol"].to_pylist() == ["serving"]
        assert tables.dim_products.num_rows == 2, "a table without protocols is read whole"
        assert read_tables(relations(session)).users.num_rows == 2


def test_rules_are_read_like_everything_else_and_have_types_even_where_all_is_null() -> None:
    with duckdb.connect() as session:
        columns = {name: schema.names for name, schema in SCHEMAS.items()}
        rules = read_rules(relations(session, columns), protocol="serving")
        assert (rules.missing_steps.num_rows, rules.steps.num_rows) == (1, 2)
        assert rules.merchandising.schema == SCHEMAS["merchandising"]


def test_a_missing_column_is_named() -> None:
    with duckdb.connect() as session, pytest.raises(ValueError, match=r"\['rank'\] are missing"):
        read_table(session.sql("select 1 as product_id"), ["product_id", "rank"])


def test_a_node_without_a_past_or_with_one_of_another_shape_begins_anew() -> None:
    schema = pa.schema([("model_run_id", pa.string())])
    with duckdb.connect() as session:
        assert read_previous(session, "runs", schema).num_rows == 0
        session.execute("create table runs as select 1 as another_column")
        assert read_previous(session, "runs", schema).num_rows == 0
        session.execute("create or replace table runs as select 'run_1' as model_run_id, 2 as more")
        assert read_previous(session, "runs", schema).to_pylist() == [{"model_run_id": "run_1"}]
