"""How much today's lists repeat those of the last release."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.monitoring.overlap import OVERLAP_SCHEMA, list_overlap

OVERLAPS_SCHEMA = pa.schema(
    [
        ("generated_at", pa.timestamp("us")),
        ("last_release_id", pa.string()),
        ("last_generated_at", pa.timestamp("us")),
        *OVERLAP_SCHEMA,
    ]
)


@dataclass(frozen=True)
class LastRelease:
    """The lists that customers see until the next release: customer_id, rank, product_id; and as of when they are."""

    release_id: str
    generated_at: datetime
    lists: pa.Table


def overlaps(last: LastRelease | None, today: pa.Table, previous: pa.Table) -> pa.Table:
    """Compare today's lists with the last release's.

    A second build of the same day would compare the day with itself; it keeps what the first one found.

    Args:
        last: None before the first release.
        today: customer_id, rank, product_id and generated_at.
        previous: what this returned in the build before.

    Returns:
        rows of `OVERLAPS_SCHEMA`; none before the second release.
    """
    if last is None or not today.num_rows:
        return OVERLAPS_SCHEMA.empty_table()
    generated_at = pc.first(today["generated_at"]).cast(pa.timestamp("us"))
    if last.generated_at == generated_at.as_py():
        # Only of customers who are still there: one who was erased since must not come back from here.
        is_known = pc.is_in(previous[c.CUSTOMER], today[c.CUSTOMER].combine_chunks())
        return previous.filter(pc.and_(pc.equal(previous["generated_at"], generated_at), is_known))
    found = list_overlap(last.lists, today)
    facts = (generated_at, pa.scalar(last.release_id), pa.scalar(last.generated_at, pa.timestamp("us")))
    columns = [*(pa.repeat(fact, found.num_rows) for fact in facts), *found.columns]
    return pa.table(columns, schema=OVERLAPS_SCHEMA)
