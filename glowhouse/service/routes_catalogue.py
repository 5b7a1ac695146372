"""What everybody may know: health, the release, its products, and the words to speak about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from glowhouse.service import answers, schemas
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.state import Anybody, Current, Id, Service
from models_py.similar import Neighbour, alike, bought_together

router = APIRouter()
Count = Annotated[int, Query(ge=1, le=schemas.MOST_ITEMS)]
BAD_CREDENTIAL = schemas.problem(401, "A credential that is worth nothing.")
NOT_FOUND = schemas.problem(404, "There is no such product.")


@router.get("/health", tags=["operations"], responses=schemas.problem(503, "Events do not land."))
async def health(release: Current, service: Service) -> schemas.Health:
    """Whether the service can answer, and events land."""
    if service.landing.failure is not None:
        raise HTTPException(503, "Events do not land: the disk has failed.")
    return schemas.Health(status="ok", release_id=release.release_id)


@router.get("/v1/release", tags=["operations"])
async def release_info(release: Current) -> schemas.Release:
    """The release that is being served. It changes when the warehouse publishes another."""
    return schemas.Release(
        release_id=release.release_id,
        model_id=release.serving.model_id,
        model_run_id=release.facts["model_run_id"],
        as_of=release.model.as_of,
        customers=release.facts["customers"],
        products=len(release.catalogue.products),
        recommendations_per_customer=release.length,
    )


@router.get("/v1/products", tags=["catalogue"])
async def search_products(
    release: Current,
    service: Service,
    search: Annotated[str, Query(max_length=200, description="Words of brand, name or category.")] = "",
    count: Count = 20,
) -> schemas.Products:
    """Products whose brand, name and category hold all words, by title."""
    found = await service.lookups.run(lambda: release.catalogue.search(search, count))
    return schemas.Products(products=[answers.product(one) for one in found])


@router.get("/v1/products/{product_id}", tags=["catalogue"], responses=NOT_FOUND)
async def product(product_id: Id, release: Current, service: Service) -> schemas.ProductDetails:
    """One product, with what it contains and what it is for."""
    _known(product_id, release)
    return await service.lookups.run(lambda: answers.product_details(release, product_id))


@router.get("/v1/products/{product_id}/similar", tags=["catalogue"], responses={**NOT_FOUND, **BAD_CREDENTIAL})
async def similar(
    product_id: Id, release: Current, service: Service, caller: Anybody, count: Count = 6
) -> schemas.SimilarProducts:
    """Products like one product: alike in what they are, and bought together with it.

    A customer who shows a token is not shown what they want left out.
    """
    _known(product_id, release)
    customer_id = caller.customer_id if caller else None

    def found() -> schemas.SimilarProducts:
        unwanted = service.lists.situation(release, customer_id).unwanted if customer_id is not None else set()
        model, asked = release.opened_shop, count + len(unwanted)

        def shown(neighbours: list[Neighbour]) -> list[schemas.Neighbour]:
            wanted = [one for one in neighbours if one.product_id not in unwanted]
            return answers.neighbours(wanted[:count], release)

        return schemas.SimilarProducts(
            product_id=product_id,
            alike=shown(alike(model, product_id, asked)),
            bought_together=shown(bought_together(model, product_id, asked)),
        )

    return await service.lookups.run(found)


@router.get("/v1/vocabulary", tags=["catalogue"])
async def vocabulary(release: Current, service: Service) -> schemas.Vocabulary:
    """Skin types, concerns, regions, and what can be excluded."""
    return await service.lookups.run(lambda: answers.vocabulary(release.vocabulary))


def _known(product_id: str, release: OpenRelease) -> None:
    if product_id not in release.catalogue.products:
        raise HTTPException(404, "There is no such product.")
