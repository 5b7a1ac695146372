"""What is one customer's: recommendations and tokens; and recommendations for a profile, who is nobody's customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from glowhouse.description import Description
from glowhouse.new_customer import in_terms_of, recommended_to
from glowhouse.service import answers, schemas
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.state import Anybody, Current, Id, OpenedCustomer, Service
from glowhouse.service.tracking import Place
from glowhouse.serving import Item

router = APIRouter(
    prefix="/v1",
    tags=["customers"],
    responses=schemas.problem(401, "No credential, or one that is worth nothing."),
)
FORBIDDEN = schemas.problem(403, "The credential does not open this customer.")
BUSY = schemas.problem(503, "Too many ask the model at once. Come back after `Retry-After` seconds.")
Count = Annotated[int | None, Query(ge=1, le=schemas.MOST_ITEMS, description="At most so many; all if left out.")]


@router.get("/customers/{customer_id}/recommendations", responses={**FORBIDDEN, **BUSY})
async def recommendations(
    customer_id: OpenedCustomer, release: Current, service: Service, count: Count = None
) -> schemas.Recommendations:
    """What a customer is recommended, best first. An unknown customer gets what suits everybody."""

    def answer() -> schemas.Recommendations:
        items = release.serving.recommendations(customer_id, count)
        is_known = bool(items)
        return schemas.Recommendations(
            customer_id=customer_id,
            is_known=is_known,
            release_id=release.release_id,
            items=answers.items(
                _places(items or release.for_anybody[:count], customer_id, release), release, service.tracking
            ),
        )

    return await service.lookups.run(answer)


@router.post("/recommendations", responses=BUSY)
async def recommendations_for_profile(
    question: schemas.ProfileQuestion, release: Current, service: Service
) -> schemas.Recommendations:
    """What somebody new would be recommended, as described. Nothing of the description is kept."""

    def answer() -> schemas.Recommendations:
        description = Description(
            question.age, question.region, question.skin_type, question.concerns, question.excluded, question.bought
        )
        profile = in_terms_of(release.vocabulary, release.serving.products, description)
        items = recommended_to(release.serving, profile, question.count or release.length)
        return schemas.Recommendations(
            customer_id=None,
            is_known=False,
            release_id=release.release_id,
            items=answers.items(_places(items, None, release), release, service.tracking),
        )

    return await service.for_visitors.run(answer)


async def _minting(customer_id: Id, service: Service, caller: Anybody) -> str:
    if service.is_demo or (caller is not None and caller.customer_id is None):
        return customer_id
    if caller is None:
        raise HTTPException(401, "An API key is needed.", {"WWW-Authenticate": "Bearer"})
    raise HTTPException(403, "Only the shop's back end can mint tokens.")


@router.post("/customers/{customer_id}/token", responses=FORBIDDEN)
async def mint_token(customer_id: Annotated[str, Depends(_minting)], service: Service) -> schemas.CustomerToken:
    """A short-lived token for one customer's browser. Needs an API key."""
    token = service.credentials.token_for(customer_id)
    return schemas.CustomerToken(token=token.text, expires_at=token.expires_at)


def _places(items: list[Item], customer_id: str | None, release: OpenRelease) -> list[tuple[Place, Item]]:
    return [
        (
            Place(
                customer_id=customer_id,
                product_id=item.product.product_id,
                rank=item.facts["rank"],
                release_id=release.release_id,
                model_run_id=item.facts["model_run_id"],
                propensity=item.facts.get("propensity"),
                reason_code=item.facts["reason_code"],
            ),
            item,
        )
        for item in items
    ]
