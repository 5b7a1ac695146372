"""What goes over the wire: questions and answers, with their limits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_ITEMS = 50
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Answer(BaseModel):
    """What the service answers with."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(BaseModel):
    """What the service is asked with: no field that it does not know, so that a misspelled one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Answer):
    """Why a request was not answered."""

    detail: str = Field(description="What is wrong and what to do, for people.")


def problem(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    """How a route tells that it may answer with a problem."""
    return {status: {"model": Problem, "description": description}}


class Health(Answer):
    """Whether the service can answer."""

    status: str = Field(description="`ok`.")
    release_id: str


class Release(Answer):
    """The release that is being served."""

    release_id: str
    model_id: str | None = Field(description="The model package of the release.")
    model_run_id: str | None = Field(description="The run that made the recommendations.")
    as_of: datetime | None = Field(description="The moment that the release is as of, in UTC.")
    customers: int = Field(description="How many customers have recommendations.")
    products: int
    recommendations_per_customer: int


class Choice(Answer):
    """A word of the vocabulary and how to show it."""

    term: str
    label: str


class Product(Answer):
    """A product as a shop window shows it."""

    product_id: str
    name: str
    brand: str | None
    title: str = Field(description="Brand and name, the brand once.")
    category_path: str | None = Field(description="From the root to the leaf, separated by ` > `.")
    price_eur: float | None
    is_in_stock: bool
    average_rating: float | None = Field(description="In stars, 1 to 5.")


class ProductDetails(Product):
    """A product with what it contains and is for."""

    description: str | None
    ingredients: list[str] = Field(description="As far as they are known, the one with the largest share first.")
    ingredient_families: list[Choice] = Field(description="What a customer may exclude that it contains.")
    concerns: list[Choice] = Field(description="What it is for, the strongest first.")


class Products(Answer):
    """Products that were found."""

    products: list[Product]


class Neighbour(Answer):
    """A product that is like another."""

    product: Product
    score: float
    shared: dict[str, list[str]] = Field(description="What both have, by kind of term.")


class SimilarProducts(Answer):
    """Products like one product."""

    product_id: str
    alike: list[Neighbour] = Field(description="Alike in what they are.")
    bought_together: list[Neighbour] = Field(description="Bought by the same customers.")


class RecommendedItem(Answer):
    """One place of a list of recommendations."""

    rank: int
    product: Product
    reason: str = Field(description="A sentence that can be shown to the customer.")
    reason_code: str
    caution: str | None = Field(description="A sentence that must be shown beside the product.")
    tracking: str = Field(
        description="Signed facts of this place. To be sent back, unchanged, with every event about it."
    )


class Recommendations(Answer):
    """What somebody is recommended, the best first."""

    customer_id: str | None = Field(description="None where a profile was asked for.")
    is_known: bool = Field(description="False: nothing is known of the customer, who gets what suits everybody.")
    release_id: str
    items: list[RecommendedItem]


class ProfileQuestion(Question):
    """Somebody new, as described. Nothing of it is kept."""

    age: int | None = Field(None, ge=0, le=150)
    region: Word | None = Field(None, description="Country (name or code) or region.")
    skin_type: Word | None = None
    concerns: list[Word] = Field([], max_length=20)
    excluded: list[Word] = Field([], max_length=50, description="Ingredients or families never to show.")
    bought: list[Word] = Field([], max_length=50, description="Products, by id or name, the oldest first.")
    count: int | None = Field(None, ge=1, le=MOST_ITEMS)


class Vocabulary(Answer):
    """What can be chosen from. Customers may also use other words; what is understood is said in the answer."""

    skin_types: list[Choice]
    concerns: list[Choice]
    regions: list[Choice]
    excludable: list[Choice] = Field(description="Families of ingredients. Single ingredients can be excluded as well.")


class CustomerToken(Answer):
    """Opens one customer, for a while."""

    token: str
    expires_at: datetime = Field(description="In UTC, by the service's clock.")


class Demo(Answer):
    """The demo shop: whom one can play."""

    customers: list[str]
    now: datetime = Field(description="What time it is in the demo shop, in UTC.")
