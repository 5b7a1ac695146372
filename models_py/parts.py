"""The names of the hybrid's parts. Any of them can be switched off (`HybridConfig.parts`)."""

from typing import Final

ITEM_TO_ITEM: Final = "item_to_item"
CONTENT: Final = "content"
BUCKET: Final = "bucket"
CONCERNS: Final = "concerns"
REPURCHASE: Final = "repurchase"
USER_KNN: Final = "user_knn"
SPARSE_LINEAR: Final = "sparse_linear"
COMPANIONS_OF_SIMILAR: Final = "companions_of_similar"
COMPANIONS_OF_COMPANIONS: Final = "companions_of_companions"

# Parts that learn from who bought what; together they are the collaborative score.
COLLABORATIVE: Final = (ITEM_TO_ITEM, SPARSE_LINEAR, USER_KNN, COMPANIONS_OF_SIMILAR, COMPANIONS_OF_COMPANIONS)
ALL_PARTS: Final = (*COLLABORATIVE, CONTENT, BUCKET, CONCERNS, REPURCHASE)
