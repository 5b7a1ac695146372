"""Content-based filtering: products alike in what they are made of, made for, and said to be.

Two blocks of TF-IDF: attributes (ingredients, concerns, brand, category…, each kind with its weight) and words of name,
claims and description. Each block has length 1, so that the cosine of two products is the weighted mean of the blocks'
cosines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import from_lists, top_products
from models_py.data.dataset import Catalogue, Snapshot
from models_py.parts.part import NeighbourPart, taste

# Tuned on Sephora's validation customers, for products hidden from everything else as well as for all. What few
# products share tells them apart, so brand and ingredients lead; concerns and skin types, which most products share
# with many others, only break ties here: concerns speak in a part of their own.
KIND_WEIGHTS: Mapping[str, float] = {
    "ingredient": 2.0, "ingredient_family": 0.2, "concern": 0.1, "skin_type": 0.1,
    "brand": 4.0, "category": 2.0, "price_band": 0.1,
}  # fmt: skip


@dataclass(frozen=True)
class ContentConfig:
    """How content is weighed.

    Attributes:
        kind_weights: weight of each kind of term; kinds not named are left out.
        text_weight: share of the text block in a product's vector.
        neighbours: similar products kept for each product.
        history: latest purchases of a customer that are looked at.
        decay: each transaction further back counts this much less.
    """

    kind_weights: Mapping[str, float] = field(default_factory=lambda: dict(KIND_WEIGHTS))
    text_weight: float = 0.8
    neighbours: int = 200
    history: int = 100
    decay: float = 0.7


@dataclass(frozen=True)
class FittedContent(NeighbourPart):
    """The products most alike to each product."""

    config: ContentConfig

    def query(self, customers: Snapshot) -> Ragged:
        """Purchases, fading with each transaction that followed."""
        return taste(customers, self.config.decay, self.config.history)


@dataclass(frozen=True)
class FittedConcerns(NeighbourPart):
    """The products that target each skin concern: what can be said to a customer who has bought nothing yet."""

    def query(self, customers: Snapshot) -> Ragged:
        """The customer's concerns, together worth 1."""
        concerns = customers.concerns
        total = np.bincount(concerns.row_of_entry(), weights=concerns.values, minlength=len(concerns))
        return concerns.with_values(concerns.values / np.maximum(total, 1e-9)[concerns.row_of_entry()])


def fit(catalogue: Catalogue, config: ContentConfig) -> FittedContent:
    """Find each product's nearest products by cosine."""
    vectors = product_vectors(catalogue, config)
    rows = _ragged(vectors)
    own = Ragged.from_pairs(np.arange(len(rows)), np.arange(len(rows)), 1.0, len(rows))
    neighbours = top_products(rows, _ragged(vectors.T.tocsr()), own, len(rows), config.neighbours)
    return FittedContent(from_lists(*neighbours), len(rows), config)


def fit_concerns(catalogue: Catalogue) -> FittedConcerns:
    """Turn the catalogue's concern terms around: concerns x products."""
    concerns = catalogue.terms.get("concern")
    if concerns is None:
        return FittedConcerns(Ragged.empty(0), len(catalogue))
    return FittedConcerns(concerns.weights.transposed(len(concerns.names)), len(catalogue))


def product_vectors(catalogue: Catalogue, config: ContentConfig) -> sparse.csr_matrix:
    """Products x features, rows of length 1 (or 0 for products that nothing is known of)."""
    blocks = [np.sqrt(1.0 - config.text_weight) * _attributes(catalogue, config.kind_weights)]
    if any(catalogue.texts):
        words = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", token_pattern=r"\b\w+\b", dtype=np.float32
        )
        blocks.append(np.sqrt(config.text_weight) * words.fit_transform(catalogue.texts))
    return normalize(sparse.hstack(blocks, format="csr", dtype=np.float32))


def _attributes(catalogue: Catalogue, kind_weights: Mapping[str, float]) -> sparse.csr_matrix:
    """TF-IDF of terms; each kind has squared length `kind_weights[kind]` before all are brought to length 1."""
    blocks = [sparse.csr_matrix((len(catalogue), 1), dtype=np.float32)]
    for kind, terms in sorted(catalogue.terms.items()):
        weight = kind_weights.get(kind, 0.0)
        if weight > 0:
            weights = terms.weights
            products_with = np.bincount(weights.ids, minlength=len(terms.names))
            idf = np.log((1 + len(catalogue)) / (1 + products_with)) + 1
            values = weights.values * idf[weights.ids]
            block = sparse.csr_matrix((values, weights.ids, weights.ptr), shape=(len(catalogue), len(terms.names)))
            blocks.append(np.sqrt(weight) * normalize(block))
    return normalize(sparse.hstack(blocks, format="csr", dtype=np.float32))


def _ragged(matrix: sparse.csr_matrix) -> Ragged:
    matrix.sort_indices()
    return Ragged(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float32))
