"""The tables that the rules read. Apart from `models_py.tables`: no model learns from a rule."""

from dataclasses import dataclass, fields
from typing import Final

import pyarrow as pa

from models_py import columns as c
from models_py.tables import MissingColumnsError

CONFLICT: Final = "conflict_id"
SIDE: Final = "side"
CONFLICTING_SIDE: Final = "conflicting_side"
SEVERITY: Final = "severity"
CONFLICT_REASON: Final = "reason"
EVIDENCE_PRODUCT: Final = "evidence_product_id"
ROUTINE_STEP: Final = "routine_step"
STEP_NAME: Final = "step_name"
CATEGORY: Final = "category_id"
RULE: Final = "rule_id"
RULE_KIND: Final = "kind"
POSITION: Final = "position"
FACTOR: Final = "factor"

_TEXT, _WHOLE, _REAL = pa.string(), pa.int64(), pa.float64()

SCHEMAS: Final = {
    # ftr_user_conflicts and ftr_conflict_products: what does not go with what is in use.
    "user_conflicts": pa.schema(
        [
            (name, _TEXT)
            for name in (
                c.PROTOCOL, c.SPLIT, c.CUSTOMER, CONFLICT, CONFLICTING_SIDE,
                SEVERITY, CONFLICT_REASON, EVIDENCE_PRODUCT,
            )
        ]
    ),
    "conflict_products": pa.schema([(CONFLICT, _TEXT), (SIDE, _TEXT), (c.PRODUCT, _TEXT)]),
    # ftr_user_missing_steps and ref_routine_steps.
    "missing_steps": pa.schema([(name, _TEXT) for name in (c.PROTOCOL, c.SPLIT, c.CUSTOMER, ROUTINE_STEP)]),
    "steps": pa.schema([(ROUTINE_STEP, _TEXT), (STEP_NAME, _TEXT)]),
    # dim_products.
    "products": pa.schema([(name, _TEXT) for name in (c.PRODUCT, c.BRAND, CATEGORY, ROUTINE_STEP)]),
    # ftr_merchandising.
    "merchandising": pa.schema(
        [(RULE, _TEXT), (RULE_KIND, _TEXT), (c.PRODUCT, _TEXT), (POSITION, _WHOLE), (FACTOR, _REAL)]
    ),
}  # fmt: skip


@dataclass(frozen=True)
class RuleTables:
    """The input of the rules. See `SCHEMAS` for the columns of each table.

    Raises:
        MissingColumnsError: naming the table and the columns, when a required one is absent.
    """

    user_conflicts: pa.Table
    conflict_products: pa.Table
    missing_steps: pa.Table
    steps: pa.Table
    products: pa.Table
    merchandising: pa.Table

    def __post_init__(self) -> None:
        for field in fields(self):
            found = getattr(self, field.name).column_names
            missing = [name for name in SCHEMAS[field.name].names if name not in found]
            if missing:
                raise MissingColumnsError(f"table '{field.name}' lacks the column(s) {', '.join(missing)}")

    @classmethod
    def none(cls) -> "RuleTables":
        """No conflicts, no steps, no wishes."""
        return cls(**{name: schema.empty_table() for name, schema in SCHEMAS.items()})
