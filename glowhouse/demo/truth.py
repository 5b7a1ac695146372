"""The latent truth as Parquet, for tests and simulations; it never belongs to a shop's extracts."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from glowhouse.demo.vocabulary import AVOIDABLE, CATEGORIES, CONCERNS, GENDERS, SKIN_TYPES
from glowhouse.demo.world import Chunk, World


class TruthWriter:
    """Writes truth_products.parquet at once and truth_customers.parquet chunk by chunk; a context manager."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder = folder
        self._world = world
        self._files = ExitStack()
        self._customers: Any = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(products_table(self._world), self._folder / "truth_products.parquet")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def write(self, chunk: Chunk) -> None:
        """Append the customers of one chunk."""
        table = customers_table(chunk)
        if self._customers is None:
            path = self._folder / "truth_customers.parquet"
            self._customers = self._files.enter_context(pq.ParquetWriter(path, table.schema))
        self._customers.write_table(table)


def products_table(world: World) -> pa.Table:
    """One row a product: its id, ingredients, families, lifetime, quality, concerns and latent taste."""
    truth = world.products
    columns: dict[str, Any] = {
        "product_id": world.product_ids,
        "brand": [truth.brand_names[b] for b in truth.brand],
        "category": [CATEGORIES[c].path for c in truth.category],
        "price_eur": np.round(truth.price, 2),
        "quality": truth.quality,
        "appeal": truth.appeal,
        "lasts_days": truth.lasts_days,
        "launched_day": truth.launched,
        "withdrawn_day": truth.withdrawn,
        "ingredients": [[world.formulary.names[i] for i in members] for members in truth.ingredients],
        "families": [
            [name for name, there in zip(world.formulary.family_names, row, strict=True) if there]
            for row in truth.families
        ],
    }
    columns |= {f"concern_{name}": truth.concerns[:, k] for k, name in enumerate(CONCERNS)}
    columns |= {f"skin_{name}": truth.skin[:, k] for k, name in enumerate(SKIN_TYPES)}
    columns |= {f"taste_{k}": truth.taste[:, k] for k in range(truth.taste.shape[1])}
    return pa.table(columns)


def customers_table(chunk: Chunk) -> pa.Table:
    """One row a customer: true profile, needs, latent taste, avoided families, and how the customer behaves."""
    people = chunk.people
    columns: dict[str, Any] = {
        "customer_id": chunk.customer_ids,
        "age": people.age,
        "gender": [GENDERS[g] for g in people.gender],
        "skin_type": [SKIN_TYPES[s] for s in people.skin_type],
        "cluster": people.cluster,
        "log_budget": people.log_budget,
        "loyalty": people.loyalty,
        "restocks": people.restocks,
        "visits_a_day": people.rate,
        "store_share": people.store_share,
        "joined_day": people.joined,
        "leaves_day": people.leaves,
        "shops": people.shops,
        "has_profile": people.known,
        "avoids": [[name for name, there in zip(AVOIDABLE, row, strict=True) if there] for row in people.avoids],
    }
    columns |= {f"need_{name}": people.needs[:, k] for k, name in enumerate(CONCERNS)}
    columns |= {f"taste_{k}": people.taste[:, k] for k in range(people.taste.shape[1])}
    columns |= {f"appetite_{k}": people.appetite[:, k] for k in range(people.appetite.shape[1])}
    return pa.table(columns)
