"""What is one customer's: recommendations and tokens; and recommendations for a profile, who is nobody's customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query

from glowhouse.description import Description
from glowhouse.new_customer import in_terms_of
from glowhouse.service import answers, schemas
from glowhouse.service.arms import Assignment
from glowhouse.service.events import wish_event
from glowhouse.service.live_customer import LiveCustomer
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.routes_events import landed
from glowhouse.service.situation import Situation
from glowhouse.service.state import Anybody, Current, Id, OpenedCustomer, Service, State
from glowhouse.service.tracking import Place
from glowhouse.service.why import explained
from glowhouse.serving import Item
from glowhouse.vocabulary import UnknownWordError

router = APIRouter(
    prefix="/v1",
    tags=["customers"],
    responses=schemas.problem(401, "No credential, or one that is worth nothing."),
)
FORBIDDEN = schemas.problem(403, "The credential does not open this customer.")
BUSY = schemas.problem(503, "Too many ask the model at once. Come back after `Retry-After` seconds.")
NO_PRODUCT = schemas.problem(404, "There is no such product.")
DECLARED = schemas.problem(409, "The customer's profile says that this be left out; nothing was done.")
NOT_LANDED = schemas.problem(503, "Not written; send it again later.")
Term = Annotated[schemas.Word, Path()]
Count = Annotated[int | None, Query(ge=1, le=schemas.MOST_ITEMS, description="At most so many; all if left out.")]


@router.get("/customers/{customer_id}/recommendations", responses={**FORBIDDEN, **BUSY})
async def recommendations(
    customer_id: OpenedCustomer, release: Current, service: Service, count: Count = None
) -> schemas.Recommendations:
    """What a customer is recommended, best first. An unknown customer gets what suits everybody."""

    situation = service.lists.situation(release, customer_id)
    listing = await service.lookups.run(lambda: service.lists.at_hand(situation))
    if listing is None:
        listing = await service.for_customers.run(lambda: service.lists.made(situation))
    places = _places(listing.items[:count], customer_id, release, listing.assignment)
    return schemas.Recommendations(
        customer_id=customer_id,
        is_known=listing.is_known,
        release_id=release.release_id,
        items=answers.items(places, release, service.tracking),
    )


@router.post("/recommendations", responses={**schemas.BAD_BODY, **BUSY})
async def recommendations_for_profile(
    question: schemas.ProfileQuestion, release: Current, service: Service
) -> schemas.Recommendations:
    """What somebody new would be recommended, as described. Nothing of the description is kept."""

    def answer() -> schemas.Recommendations:
        description = Description(
            question.age, question.region, question.skin_type, question.concerns, question.excluded, question.bought
        )
        profile = in_terms_of(release.vocabulary, release.serving.products, description)
        items = LiveCustomer.described(release, profile).recommended(release, question.count or release.length)
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


@router.get("/customers/{customer_id}/exclusions", responses=FORBIDDEN)
async def exclusions(customer_id: OpenedCustomer, release: Current, service: Service) -> schemas.Exclusions:
    """What a customer wants left out."""
    situation = service.lists.situation(release, customer_id)
    return await service.lookups.run(lambda: answers.exclusions(situation))


@router.put("/customers/{customer_id}/exclusions/{term:path}", responses={**FORBIDDEN, **NOT_LANDED})
async def exclude(customer_id: OpenedCustomer, term: Term, release: Current, service: Service) -> schemas.Exclusions:
    """Leave an ingredient, or a family of ingredients, out from now on. It is on disk when this answers."""
    situation = service.lists.situation(release, customer_id)
    return await _land(await _understood(term, situation, service), True, situation, service)


@router.delete("/customers/{customer_id}/exclusions/{term:path}", responses={**FORBIDDEN, **DECLARED, **NOT_LANDED})
async def allow(customer_id: OpenedCustomer, term: Term, release: Current, service: Service) -> schemas.Exclusions:
    """Allow it again, unless the customer's profile says that it be left out. It is on disk when this answers."""
    situation = service.lists.situation(release, customer_id)
    declared = await service.lookups.run(lambda: situation.exclusions.declared)
    word = await _understood(term, situation, service)
    if declared.intersection(release.vocabulary.exclusions.get(word, ())):
        raise HTTPException(409, "The customer's profile says that this be left out; it can only be changed there.")
    return await _land(word, False, situation, service)


@router.get("/customers/{customer_id}/why/{product_id}", responses={**FORBIDDEN, **BUSY, **NO_PRODUCT})
async def why(customer_id: OpenedCustomer, product_id: Id, release: Current, service: Service) -> schemas.Why:
    """Why a product is recommended to a customer, or why not."""
    if product_id not in release.catalogue.products:
        raise HTTPException(404, "There is no such product.")
    situation = service.lists.situation(release, customer_id)
    listing = await service.lookups.run(lambda: service.lists.at_hand(situation))
    return await service.for_customers.run(
        lambda: explained(situation, listing or service.lists.made(situation), product_id)
    )


async def _understood(term: str, situation: Situation, service: State) -> str:
    # A word that nobody knows is answered with what may have been meant, and looking for that takes long.
    return await service.for_customers.run(lambda: _word(term, situation))


async def _land(word: str, is_excluded: bool, before: Situation, service: State) -> schemas.Exclusions:
    """Write a wish down; what the customer leaves out from now on."""
    await landed([wish_event(before.customer_id, word, is_excluded, service.clock)], service)
    situation = service.lists.situation(before.release, before.customer_id)
    return await service.lookups.run(lambda: answers.exclusions(situation))


def _word(term: str, situation: Situation) -> str:
    """The word that lands. What a customer has said they may say again and take back, though it means nothing now."""
    try:
        return situation.release.vocabulary.excluded_word(term)
    except UnknownWordError:
        if any(wish.term == term for wish in situation.said.wishes):
            return term
        raise


def _places(
    items: list[Item], customer_id: str | None, release: OpenRelease, assignment: Assignment | None = None
) -> list[tuple[Place, Item]]:
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
                experiment_id=assignment.experiment_id if assignment else None,
                arm=assignment.arm.arm if assignment else None,
            ),
            item,
        )
        for item in items
    ]
