"""The names of the columns that cross the border of this library, in one place."""

from typing import Final

PROTOCOL: Final = "protocol"
SPLIT: Final = "split"
CUSTOMER: Final = "customer_id"
PRODUCT: Final = "product_id"
TRANSACTION_SEQUENCE: Final = "transaction_sequence"
LINE_SEQUENCE: Final = "line_sequence"
ORDERED_AT: Final = "ordered_at"
TIME_PRECISION: Final = "time_precision"
IS_REPEAT: Final = "is_repeat"

BUCKET: Final = "bucket_id"
BUCKET_LEVEL: Final = "level"
PARENT_BUCKET: Final = "parent_bucket_id"
SKIN_TYPE: Final = "skin_type"
CUTOFF_AT: Final = "cutoff_at"

TERM_KIND: Final = "term_kind"
TERM: Final = "term"
WEIGHT: Final = "weight"

PRODUCT_NAME: Final = "product_name"
BRAND: Final = "brand"
DESCRIPTION: Final = "description"
CLAIMS_TEXT: Final = "claims_text"
LAUNCHED_ON: Final = "launched_on"
IS_IN_STOCK: Final = "is_in_stock"
REPURCHASE_RATE: Final = "repurchase_rate"

TIMES_BOUGHT: Final = "times_bought"
LAST_BOUGHT_AT: Final = "last_bought_at"
DUE_AT: Final = "due_at"
IS_DUE: Final = "is_due"
RATING: Final = "rating"

CONCERN: Final = "concern_id"
SHOPPED_WEIGHT: Final = "shopped_weight"
IS_DECLARED: Final = "is_declared"
EXCLUSION_KIND: Final = "exclusion_kind"
EXCLUSION: Final = "exclusion_id"

RANK: Final = "rank"
SCORE: Final = "score"
MODEL_RUN: Final = "model_run_id"

SERVING: Final = "serving"
VALIDATION: Final = "validation"
TEST: Final = "test"
