"""What a customer must not be shown: what the release knows, and what was said since."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from glowhouse.service.overlay import Said, Wish
from glowhouse.vocabulary import UnknownWordError, Vocabulary
from models_py.profile import Exclusion

logger = logging.getLogger(__name__)
# Kind of an exclusion that is a word of which the release knows no more than how it is spelt.
WORD = "word"


@dataclass(frozen=True)
class Exclusions:
    """What a customer avoids.

    Attributes:
        of_release: what the release knows and still holds.
        since: what was asked for on the site, and holds whatever the release knows.
        allowed: what the release still excludes and the customer has allowed since.
        declared: what their profile says, such as an allergy; nothing said on the site lifts it.
    """

    of_release: frozenset[Exclusion]
    since: frozenset[Exclusion]
    allowed: frozenset[Exclusion]
    declared: frozenset[Exclusion]

    @property
    def all(self) -> frozenset[Exclusion]:
        """All that holds now."""
        return self.of_release | self.since


def resolve(
    released: Iterable[Exclusion],
    declared: Iterable[Exclusion],
    said: Said,
    vocabulary: Vocabulary,
    as_of: datetime | None,
) -> Exclusions:
    """Put together what the release excludes for a customer and what the customer has said.

    The last wish about a thing wins. Wishes older than the release say nothing against what it excludes: the
    warehouse has weighed them against everything else that it knows.
    """
    since: set[Exclusion] = set()
    allowed: set[Exclusion] = set()
    for wish in said.wishes:
        meanings = _meanings(wish, vocabulary)
        if wish.is_excluded:
            since |= meanings
            allowed -= meanings
        else:
            since -= meanings
            if as_of is None or wish.at >= as_of:
                allowed |= meanings
    known, kept = frozenset(released), frozenset(declared)
    allowed -= kept
    return Exclusions(known - allowed, frozenset(since), known & allowed, kept)


def _meanings(wish: Wish, vocabulary: Vocabulary) -> set[Exclusion]:
    try:
        return set(vocabulary.excluded([wish.term]))
    except UnknownWordError:
        # It was understood when it was said; the words of this release are others. To forget it could harm somebody.
        logger.warning("A landed exclusion is no word of this release: whatever mentions it is left out.")
        return {Exclusion(WORD, wish.term)}
