"""What a run would show although a rule forbids it, counted from its recommendations and the rules alone."""

import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.rules.tables import CONFLICT, CONFLICTING_SIDE, EVIDENCE_PRODUCT, SEVERITY, SIDE, RuleTables
from models_py.tables import Tables, at

EXCLUSION = [c.EXCLUSION_KIND, c.EXCLUSION]
AVOID = "avoid"


def violations(recommended: pa.Table, tables: Tables, rules: RuleTables) -> int:
    """How many recommendations are excluded by the customer, conflict with what is in use, or are out of stock.

    Joined here as a reader of the tables would, and not by the code that keeps such products out of the lists.

    Args:
        recommended: with customer_id and product_id, of (serving, serving).
    """
    shown = recommended.select([c.CUSTOMER, c.PRODUCT])
    wishes = at(tables.user_exclusions, c.SERVING, c.SERVING).select([c.CUSTOMER, *EXCLUSION])
    excluded = wishes.join(tables.exclusion_products.select([*EXCLUSION, c.PRODUCT]), EXCLUSION, join_type="inner")
    in_use = at(rules.user_conflicts, c.SERVING, c.SERVING)
    in_use = in_use.filter(pc.equal(in_use[SEVERITY], AVOID)).select(
        [c.CUSTOMER, CONFLICT, CONFLICTING_SIDE, EVIDENCE_PRODUCT]
    )
    sides = rules.conflict_products.select([CONFLICT, SIDE, c.PRODUCT])
    conflicting = in_use.join(sides, [CONFLICT, CONFLICTING_SIDE], [CONFLICT, SIDE], join_type="inner")
    # A product does not conflict with itself.
    conflicting = conflicting.filter(pc.not_equal(conflicting[c.PRODUCT], conflicting[EVIDENCE_PRODUCT]))
    out_of_stock = tables.dim_products.filter(
        pc.invert(pc.fill_null(tables.dim_products[c.IS_IN_STOCK].cast(pa.bool_()), False))
    )
    keys = [c.CUSTOMER, c.PRODUCT]
    forbidden = pa.concat_tables([excluded.select(keys), conflicting.select(keys)]).group_by(keys).aggregate([])
    found = shown.join(forbidden, keys, join_type="left semi").num_rows
    return int(found + shown.join(out_of_stock.select([c.PRODUCT]), c.PRODUCT, join_type="left semi").num_rows)
