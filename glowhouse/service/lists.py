"""Decides what a customer is recommended: the released rows, the bestsellers, or what the model says now."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import islice

from glowhouse.service import arms
from glowhouse.service.arms import Assignment
from glowhouse.service.bestsellers import as_items
from glowhouse.service.clock import Clock
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.overlay import Overlay
from glowhouse.service.situation import Situation
from glowhouse.serving import Item
from models_py.reasons import POPULAR_NOW

# Lists that the model has made are kept as long as they are right; so many, those used last.
_LISTS_KEPT = 10_000


@dataclass(frozen=True)
class Listing:
    """A list for a customer.

    Attributes:
        items: the best first.
        is_known: whether the release has recommendations for the customer.
        assignment: the arm whose list this is; None while no experiment is running.
    """

    items: list[Item]
    is_known: bool
    assignment: Assignment | None = None


@dataclass(frozen=True)
class Lists:
    """Makes lists for customers. Safe to use from several threads.

    Attributes:
        overlay: what was said since the release.
        clock: says which experiment is running.
    """

    overlay: Overlay
    clock: Clock
    _made: OrderedDict[tuple[object, ...], list[Item]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def situation(self, release: OpenRelease, customer_id: str) -> Situation:
        """What is known of a customer now."""
        most_stars = release.model.run.config.recommend.most_stars_of_a_dislike
        said = self.overlay.of(customer_id, release.model.as_of, most_stars)
        return Situation(release, customer_id, said, self.clock())

    def at_hand(self, situation: Situation) -> Listing | None:
        """The customer's list, as far as it takes no model; where it does, None: `made` has it."""
        items = _without_model(situation)
        if items is None:
            items = self._kept(situation)
        return None if items is None else Listing(items, bool(situation.released), situation.assignment)

    def made(self, situation: Situation) -> Listing:
        """The customer's list from the model. This takes long."""
        items = situation.live.recommended(situation.release, situation.release.length)
        with self._lock:
            self._made[situation.key] = items
            while len(self._made) > _LISTS_KEPT:
                self._made.popitem(last=False)
        return Listing(items, bool(situation.released), situation.assignment)

    def _kept(self, situation: Situation) -> list[Item] | None:
        with self._lock:
            items = self._made.get(situation.key)
            if items is not None:
                self._made.move_to_end(situation.key)
            return items


def _without_model(situation: Situation) -> list[Item] | None:
    release, assignment = situation.release, situation.assignment
    if not situation.released:
        return None if situation.unwanted else release.for_anybody
    if assignment is not None and assignment.arm.policy == arms.MOST_POPULAR:
        return _bestsellers(release, situation.unwanted)
    return situation.released if situation.is_released_list_good else None


def _bestsellers(release: OpenRelease, unwanted: set[str]) -> list[Item]:
    wanted = (product_id for product_id in release.bestsellers if product_id not in unwanted)
    return as_items(islice(wanted, release.length), release.serving, release.model.wording[POPULAR_NOW].reason)
