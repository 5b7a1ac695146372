"""The demo shop's extra door, for the storefront's sign-in page. It is not there otherwise."""

from __future__ import annotations

from fastapi import APIRouter

from glowhouse.service import schemas
from glowhouse.service.state import Current, Service

router = APIRouter(prefix="/v1", tags=["demo"])
CUSTOMERS = 12


@router.get("/demo")
async def demo(release: Current, service: Service) -> schemas.Demo:
    """Customers whom one can play."""
    customers = await service.lookups.run(lambda: release.serving.customer_ids(CUSTOMERS))
    return schemas.Demo(customers=customers, now=service.clock())
