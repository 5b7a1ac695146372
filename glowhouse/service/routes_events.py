"""What customers do, on its way into the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header

from glowhouse.erasure.landed import is_of
from glowhouse.landing import Event, Receipt
from glowhouse.service import schemas
from glowhouse.service.events import event_of
from glowhouse.service.state import Current, Known, Service, State

router = APIRouter(prefix="/v1", tags=["events"])


@router.post(
    "/events",
    responses={
        **schemas.BAD_BODY,
        **schemas.problem(401, "No credential, or one that is worth nothing."),
        **schemas.problem(403, "An event is of a customer for whom the credential does not speak."),
        **schemas.problem(503, "Not written; send them again later, under the same ids."),
    },
)
async def report_events(
    question: schemas.EventReports,
    caller: Known,
    release: Current,
    service: Service,
    user_agent: Annotated[str | None, Header()] = None,
) -> schemas.Receipt:
    """Report what was seen and done. When this answers 200, the events are on disk; otherwise none is counted on."""
    products = release.catalogue.products
    events = [
        event_of(report, caller, service.tracking, products, service.clock, user_agent) for report in question.events
    ]
    receipt = await landed(events, service)
    return schemas.Receipt(landed=receipt.landed, known=receipt.known)


async def landed(events: Sequence[Event], service: State) -> Receipt:
    """Write events down and let them have their effect; those of customers who were erased are passed over.

    Raises:
        LandingError: they were not written.
    """
    erased = service.erased
    kept = [event for event in events if not is_of(erased, event)] if erased else events
    receipt = await service.landing.append_async(kept)
    service.lists.overlay.record(kept, receipt.received_at)
    return receipt
