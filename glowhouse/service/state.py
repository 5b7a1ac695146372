"""What the routes share: one object, made by the app factory and found by the request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Path, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from glowhouse.erasure.identifiers import Cover
from glowhouse.landing import LandingZone
from glowhouse.service import schemas
from glowhouse.service.clock import Clock
from glowhouse.service.credentials import Caller, Credentials
from glowhouse.service.lists import Lists
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.releases import Releases
from glowhouse.service.tracking import Tracking
from glowhouse.service.workers import Workers


@dataclass(frozen=True)
class State:
    """Everything that a request may need.

    Attributes:
        landing: where events are kept for the warehouse.
        lists: decides what customers are recommended.
        lookups: threads for quick questions.
        for_customers: threads that ask the model for customers.
        for_visitors: the same for anybody else, apart: no crowd of strangers keeps customers waiting.
        is_demo: whether the storefront may mint tokens itself.
        erased: knows the customers who were erased; None if nobody was.
    """

    releases: Releases
    landing: LandingZone
    lists: Lists
    credentials: Credentials
    tracking: Tracking
    clock: Clock
    lookups: Workers
    for_customers: Workers
    for_visitors: Workers
    is_demo: bool
    erased: Cover | None


def state_of(request: Request) -> State:
    """The state of the app that got the request."""
    state: State = request.app.state.service
    return state


Service = Annotated[State, Depends(state_of)]


async def _release(service: Service) -> AsyncIterator[OpenRelease]:
    with service.releases.current() as release:
        yield release


# The release that answers a request, open until the answer is sent.
Current = Annotated[OpenRelease, Depends(_release)]

_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="Key of the shop's own back end.")
_TOKEN = HTTPBearer(auto_error=False, description="Customer token, for one customer's browser.")


async def _caller(
    service: Service,
    api_key: Annotated[str | None, Security(_API_KEY)],
    token: Annotated[HTTPAuthorizationCredentials | None, Security(_TOKEN)],
) -> Caller | None:
    return service.credentials.caller(api_key, token.credentials if token else None)


# Who asks; None for somebody without credentials.
Anybody = Annotated[Caller | None, Depends(_caller)]


async def _known_caller(caller: Anybody) -> Caller:
    if caller is None:
        raise HTTPException(401, "An API key or a customer token is needed.", {"WWW-Authenticate": "Bearer"})
    return caller


# Who asks, with a credential that is good.
Known = Annotated[Caller, Depends(_known_caller)]

Id = Annotated[schemas.Id, Path()]


async def _opened_customer(customer_id: Id, caller: Known) -> str:
    if not caller.may_open(customer_id):
        raise HTTPException(403, "The customer token is another customer's.")
    return customer_id


# Id of a customer whom the caller may open.
OpenedCustomer = Annotated[str, Depends(_opened_customer)]
