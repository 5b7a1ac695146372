"""What goes over the wire: questions and answers, with their limits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator

MOST_ITEMS = 50
# What a client calls itself is cut there: enough to know a machine by.
MOST_OF_A_CLIENT = 300
# Any text without NUL, which neither the landing zone nor a CSV file could hold.
_TEXT = r"^[^\x00]*$"
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_TEXT)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_TEXT)]
Query = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_TEXT)]
# Text with something in it that can be seen.
Session = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
Signed = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[A-Za-z0-9_.-]+$")]
Client = Annotated[str, StringConstraints(min_length=1, max_length=MOST_OF_A_CLIENT, pattern=_TEXT)]
Whole = Annotated[int, Strict()]
# Inside the service times are in UTC and do not say so; on the wire they must.
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=UTC))]


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


# What may be wrong with a body before it is read as a question.
BAD_BODY = {**problem(400, "The body is no text."), **problem(413, "The body is too large.")}


class Health(Answer):
    """Whether the service can answer."""

    status: str = Field(description="`ok`.")
    release_id: str


class Release(Answer):
    """The release that is being served."""

    release_id: str
    model_id: str | None = Field(description="The model package of the release.")
    model_run_id: str | None = Field(description="The run that made the recommendations.")
    as_of: Moment | None = Field(description="The moment that the release is as of, in UTC.")
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

    age: Whole | None = Field(None, ge=0, le=150)
    region: Word | None = Field(None, description="Country (name or code) or region.")
    skin_type: Word | None = None
    concerns: list[Word] = Field([], max_length=20)
    excluded: list[Word] = Field([], max_length=50, description="Ingredients or families never to show.")
    bought: list[Word] = Field([], max_length=50, description="Products, by id or name, the oldest first.")
    count: Whole | None = Field(None, ge=1, le=MOST_ITEMS)


class Vocabulary(Answer):
    """What can be chosen from. Customers may also use other words; what is understood is said in the answer."""

    skin_types: list[Choice]
    concerns: list[Choice]
    regions: list[Choice]
    excludable: list[Choice] = Field(description="Families of ingredients. Single ingredients can be excluded as well.")


class CustomerToken(Answer):
    """Opens one customer, for a while."""

    token: str
    expires_at: Moment = Field(description="In UTC, by the service's clock.")


class Demo(Answer):
    """The demo shop: whom one can play."""

    customers: list[str]
    now: Moment = Field(description="What time it is in the demo shop, in UTC.")


class EventReport(Question):
    """Something that a customer did or was shown.

    It is about a place in a list of recommendations (`tracking`), about a product, or about a search. The facts of a
    place are in its tracking; nobody has to repeat them.
    """

    event_id: UUID = Field(description="Made by the client, once an event: an event that is sent again counts once.")
    event_type: Literal[
        "impression", "click", "view", "like", "save", "unsave", "add_to_cart", "purchase", "rating", "complaint",
        "search",
    ]  # fmt: skip
    session_id: Session
    tracking: Signed | None = None
    product_id: Id | None = None
    query: Query | None = Field(None, description="What was searched for.")
    rating: Annotated[float, Strict()] | None = Field(None, ge=1, le=5, description="In stars.")
    customer_id: Id | None = Field(
        None, description="Only from the shop's back end, where no tracking tells whose event it is."
    )
    platform: Literal["web", "ios", "android"] = "web"
    user_agent: Client | None = Field(
        None, description="What the customer's client calls itself, where the shop's back end reports for it."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> EventReport:
        subjects = (self.tracking is not None) + (self.product_id is not None)
        if self.event_type == "search":
            if self.query is None or subjects:
                raise ValueError("a search has a query, and neither tracking nor product_id")
        elif subjects != 1 or self.query is not None:
            raise ValueError("an event about a product has tracking or product_id, one of them, and no query")
        if self.event_type == "impression" and self.tracking is None:
            raise ValueError("an impression has tracking")
        if (self.event_type == "rating") != (self.rating is not None):
            raise ValueError("a rating has a rating, and nothing else has one")
        return self


class EventReports(Question):
    """What was seen and done, in the order in which it happened."""

    events: list[EventReport] = Field(min_length=1, max_length=100)


class Receipt(Answer):
    """The events are on disk: whatever happens next, each is found by the warehouse once.

    Those of a customer who was erased are counted as neither: they are not written.
    """

    landed: int = Field(description="How many are new.")
    known: int = Field(description="How many had been sent before.")


class Exclusion(Answer):
    """Something that a customer wants left out."""

    term: str = Field(description="Allows it again when it is deleted.")
    label: str
    evidence: str | None = Field(description="Where the shop knows it from, in a sentence for the customer.")
    is_declared: bool = Field(description="The customer's profile says so: it is changed there, not here.")


class Exclusions(Answer):
    """What a customer wants left out."""

    customer_id: str
    exclusions: list[Exclusion]


class Why(Answer):
    """Why a product is recommended to a customer, or why not; the sentences are for the customer."""

    customer_id: str
    product: Product
    is_recommended: bool
    rank: int | None = Field(description="In the list that the customer gets.")
    reason: str | None = Field(description="What speaks for it.")
    evidence: Product | None = Field(description="The purchase that the reason points at.")
    caution: str | None = Field(description="A sentence that must be shown beside the product.")
    obstacles: list[str] = Field(description="What speaks against it, one sentence each.")
