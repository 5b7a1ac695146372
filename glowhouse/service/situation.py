"""All that decides what one customer is shown: what the release knows of them, and what they have said since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from glowhouse.service.arms import Assignment, assignment
from glowhouse.service.exclusions import Exclusions, resolve
from glowhouse.service.live_customer import LiveCustomer
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.overlay import Said
from glowhouse.serving import Item
from models_py.profile import Profile


@dataclass(frozen=True)
class Situation:
    """A customer at a moment. What nobody asks for is not looked up: most requests need the released rows alone."""

    release: OpenRelease
    customer_id: str
    said: Said
    now: datetime

    @property
    def key(self) -> tuple[object, ...]:
        """What the model's answer depends on."""
        return self.release.release_id, self.customer_id, self.said

    @cached_property
    def assignment(self) -> Assignment | None:
        """The customer's arm. The experiments are about customers whom the warehouse knows."""
        return assignment(self.customer_id, self.release.experiments, self.now) if self.released else None

    @cached_property
    def released(self) -> list[Item]:
        """What the release recommends; empty for a customer whom it does not know."""
        return self.release.recommendations(self.customer_id)

    @cached_property
    def exclusions(self) -> Exclusions:
        """What the customer avoids."""
        model = self.release.model
        known, declared = model.exclusions(self.customer_id), model.declared_exclusions(self.customer_id)
        return resolve(known, declared, self.said, self.release.vocabulary, model.as_of)

    @cached_property
    def unwanted(self) -> set[str]:
        """Products that must not be shown, as far as it takes no model to know."""
        return {*self.release.forbidden(self.exclusions.all), *self.said.disliked, *self.said.bought}

    @property
    def is_released_list_good(self) -> bool:
        """Whether what was said changes nothing about the released list.

        A purchase always does: what conflicts with the product must not be shown beside it, and the model may see the
        customer with other eyes.
        """
        if not self.said.wishes and not self.said.disliked and not self.said.bought:
            return True
        shown = {item.product.product_id for item in self.released}
        return not self.said.bought and not self.exclusions.allowed and not shown & self.unwanted

    @cached_property
    def live(self) -> LiveCustomer:
        """The customer as the model is to see them. Whom the release does not serve is as good as new to it."""
        if self.released:
            return LiveCustomer.known(self.release, self.customer_id, self.exclusions, self.said)
        profile = Profile(exclusions=tuple(self.exclusions.all), bought=self.said.bought, customer_id=self.customer_id)
        return LiveCustomer.described(self.release, profile, self.said.disliked)
