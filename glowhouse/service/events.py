"""Turns what clients report into events that the warehouse can trust."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import uuid4

from glowhouse.errors import GlowhouseError
from glowhouse.landing import Event
from glowhouse.service.clock import Clock
from glowhouse.service.credentials import Caller
from glowhouse.service.overlay import ALLOW, EXCLUDE
from glowhouse.service.schemas import MOST_OF_A_CLIENT, EventReport
from glowhouse.service.signing import SignatureError
from glowhouse.service.tracking import Place, Tracking


class EventError(GlowhouseError):
    """A reported event cannot be true or cannot be understood; none of its batch was written."""


class ForeignEventError(GlowhouseError):
    """An event is reported of a customer whom the caller may not speak for."""


def event_of(
    report: EventReport,
    caller: Caller,
    tracking: Tracking,
    products: Mapping[str, Any],
    clock: Clock,
    user_agent: str | None = None,
) -> Event:
    """The event that a client reports; it happens now, as far as the service can tell.

    Args:
        caller: who reports it. A customer's browser reports what that customer does; the shop's back end may name any.
        tracking: reads what the service itself has signed.
        products: the catalogue, by id.
        user_agent: what the caller calls itself: the customer's browser, or the shop's back end.

    Raises:
        EventError: the tracking was not written by this service, or there is no such product.
        ForeignEventError: the caller may not report of this customer.
    """
    place = _place(report, tracking)
    if place is None and report.product_id is not None and report.product_id not in products:
        raise EventError(f"{report.event_id}: there is no such product.")
    return Event(
        event_id=str(report.event_id),
        event_type=report.event_type,
        occurred_at=clock().replace(tzinfo=UTC),
        session_id=report.session_id,
        customer_id=_customer(report, place, caller),
        platform=report.platform,
        user_agent=_client(report, caller, user_agent),
        product_id=place.product_id if place else report.product_id,
        query=report.query,
        rating=report.rating,
        **_facts(place),
    )


def wish_event(customer_id: str, term: str, is_excluded: bool, clock: Clock) -> Event:
    """The event of a customer who wants something left out, or allows it again."""
    return Event(
        event_id=str(uuid4()),
        event_type=EXCLUDE if is_excluded else ALLOW,
        occurred_at=clock().replace(tzinfo=UTC),
        # A session of its own: whoever was in one before must not be taken for this customer.
        session_id=f"wishes-{uuid4()}",
        customer_id=customer_id,
        query=term,
    )


def _place(report: EventReport, tracking: Tracking) -> Place | None:
    if report.tracking is None:
        return None
    try:
        return tracking.place(report.tracking)
    except SignatureError as error:
        raise EventError(f"{report.event_id}: the tracking is not one that this service has written.") from error


def _customer(report: EventReport, place: Place | None, caller: Caller) -> str | None:
    named = {report.customer_id, place.customer_id if place else None, caller.customer_id} - {None}
    if len(named) > 1:
        raise ForeignEventError(
            f"{report.event_id}: the event, its tracking and the credential name different customers."
        )
    return named.pop() if named else None


def _client(report: EventReport, caller: Caller, user_agent: str | None) -> str | None:
    """What the customer's client calls itself: the warehouse knows machines by it. The back end is none."""
    own = report.user_agent if caller.customer_id is None else user_agent
    return (own or "").strip()[:MOST_OF_A_CLIENT] or None


def _facts(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        "rank": place.rank,
        "model_run_id": place.model_run_id,
        "propensity": place.propensity,
        "reason_code": place.reason_code,
        "experiment_id": place.experiment_id,
        "experiment_arm": place.arm,
    }
