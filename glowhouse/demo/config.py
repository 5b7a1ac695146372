"""What can be chosen about a demo shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

HISTORY_DAYS = 730
# Customer numbers have seven digits.
MOST_CUSTOMERS = 10_000_000


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """Size, seed and clock of a demo shop. Equal configurations give equal bytes.

    `customers` and `products` are the sizes of the true world; the extracts hold a few rows more, because dirt
    duplicates some of them. Customers are simulated in chunks of `chunk_size`, which bounds the memory and is part of
    the identity of the result: each chunk has random numbers of its own.

    Raises ValueError when a size is out of bounds.
    """

    customers: int = 1500
    products: int = 500
    seed: int = 7
    ends_on: date = date(2026, 10, 31)
    chunk_size: int = 5_000

    def __post_init__(self) -> None:
        if not 1 <= self.customers <= MOST_CUSTOMERS:
            raise ValueError(f"customers must be between 1 and {MOST_CUSTOMERS:,}")
        if self.seed < 0:
            raise ValueError("the seed must not be negative")
        if self.chunk_size < 1:
            raise ValueError("chunk_size must be at least 1")
        if self.products < 50:
            raise ValueError("a shop needs at least 50 products, or some categories would stay empty")

    @property
    def starts_on(self) -> date:
        """The first day of the history; times of the simulation are days since its midnight."""
        return self.ends_on - timedelta(days=HISTORY_DAYS - 1)

    @property
    def extracted_at(self) -> datetime:
        """When all systems wrote their extracts: the morning after the last day."""
        return datetime.combine(self.ends_on + timedelta(days=1), time(6))
