"""What customers have said since the release was made, and what follows from it at once.

The release knows everything until the moment that it is as of. What is said afterwards reaches the next one; until
then it is kept here, in memory, and read again from the landing zone when the service starts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from glowhouse.landing import Event
from glowhouse.service.clock import as_utc

EXCLUDE, ALLOW, PURCHASE = "exclude_ingredient", "allow_ingredient", "purchase"
RATINGS = frozenset({"rating", "review"})
# Nothing else that customers do changes their list before the next release.
TELLING: Final = frozenset({EXCLUDE, ALLOW, PURCHASE}) | RATINGS


@dataclass(frozen=True)
class Wish:
    """A word that a customer wants left out, or allowed again, and when that was said."""

    term: str
    is_excluded: bool
    at: datetime


@dataclass(frozen=True)
class Said:
    """What one customer has said.

    Attributes:
        wishes: the last one about each word, oldest first.
        bought: products, oldest first, since the release.
        disliked: products that got the fewest stars.
    """

    wishes: tuple[Wish, ...] = ()
    bought: tuple[str, ...] = ()
    disliked: frozenset[str] = frozenset()


NOTHING: Final = Said()


@dataclass
class _Customer:
    wishes: dict[str, Wish] = field(default_factory=dict)
    bought: dict[str, datetime] = field(default_factory=dict)
    stars: dict[str, float] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)


class Overlay:
    """What everybody has said. Safe to use from several threads."""

    def __init__(self) -> None:
        self._customers: dict[str, _Customer] = {}
        self._lock = threading.Lock()

    def record(self, events: Iterable[Event], received_at: datetime | None = None) -> None:
        """Take in events that have landed, in the order of their receipt. One that comes again says nothing new.

        Args:
            received_at: when, if the events themselves do not say.
        """
        for event in events:
            received = event.extracted_at or received_at
            if event.customer_id is not None and received is not None and _says_something(event):
                with self._lock:
                    customer = self._customers.setdefault(event.customer_id, _Customer())
                    if event.event_id not in customer.events:
                        customer.events.add(event.event_id)
                        _take(customer, event, as_utc(received))

    def of(self, customer_id: str, since: datetime | None, most_stars_of_a_dislike: float) -> Said:
        """What a customer has said.

        Wishes and dislikes count whenever they were said: to respect one twice does no harm. A purchase that the
        release knows of does not count, for it knows as well when the product is due again.

        Args:
            since: the moment that the release is as of, in UTC.
            most_stars_of_a_dislike: who gives no more is not shown the product again.
        """
        with self._lock:
            customer = self._customers.get(customer_id)
            if customer is None:
                return NOTHING
            return Said(
                wishes=tuple(customer.wishes.values()),
                bought=tuple(product for product, at in customer.bought.items() if since is None or at >= since),
                disliked=frozenset(p for p, stars in customer.stars.items() if stars <= most_stars_of_a_dislike),
            )


def _says_something(event: Event) -> bool:
    if event.event_type in (EXCLUDE, ALLOW):
        return event.query is not None
    return event.product_id is not None and (
        event.event_type == PURCHASE or (event.event_type in RATINGS and event.rating is not None)
    )


def _take(customer: _Customer, event: Event, at: datetime) -> None:
    """Take in an event; what is said last stands last."""
    if event.query is not None and event.event_type in (EXCLUDE, ALLOW):
        customer.wishes.pop(event.query, None)
        customer.wishes[event.query] = Wish(event.query, event.event_type == EXCLUDE, at)
    elif event.product_id is not None and event.event_type == PURCHASE:
        customer.bought.pop(event.product_id, None)
        customer.bought[event.product_id] = at
    elif event.product_id is not None and event.rating is not None:
        customer.stars[event.product_id] = event.rating
