"""Compare today's lists with those of the last release, before the release is replaced."""

from glowhouse.last_release import last_lists
from models_py.monitoring.repetition import OVERLAPS_SCHEMA, overlaps
from models_py.warehouse import folder_of, read_previous, read_table


def model(dbt, session):
    """Return how much each customer's list repeats the last one."""
    dbt.config(materialized="table")
    today = read_table(dbt.ref("recommendations"), ["customer_id", "rank", "product_id", "generated_at"])
    return overlaps(last_lists(folder_of(session)), today, read_previous(session, dbt.this, OVERLAPS_SCHEMA))
