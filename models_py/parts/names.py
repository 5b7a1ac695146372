"""The names of the hybrid's parts. Any of them can be switched off (`HybridConfig.parts`)."""

from typing import Final

ITEM_TO_ITEM: Final = "item_to_item"
INTEREST: Final = "interest"
CONTENT: Final = "content"
BUCKET: Final = "bucket"
CONCERNS: Final = "concerns"
REPURCHASE: Final = "repurchase"
USER_KNN: Final = "user_knn"
SPARSE_LINEAR: Final = "sparse_linear"
COMPANIONS_OF_SIMILAR: Final = "companions_of_similar"

# Parts that learn from what customers do; together they are the collaborative score.
COLLABORATIVE: Final = (
    ITEM_TO_ITEM,
    SPARSE_LINEAR,
    USER_KNN,
    COMPANIONS_OF_SIMILAR,
    INTEREST,
)
ALL_PARTS: Final = (*COLLABORATIVE, CONTENT, BUCKET, CONCERNS, REPURCHASE)
