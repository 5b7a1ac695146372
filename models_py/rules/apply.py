"""All rules together: from a shortlist to the list that is shown.

What must not be shown never reaches the shortlist. Then, in this order:

1. Relevance, the model's score brought to 0..1 within the shortlist, is multiplied by merchandisers' factors, raised
   for the best product of a missing step of the routine, and lowered for products to be used with care.
2. The list is chosen by maximal marginal relevance.
3. Pins take their slots.
4. Exploration gives some last slots to new products.

Scores still fall with rank: a product that a rule lifted gets the score of the best one that it was lifted above.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.ranking.hybrid import Shortlist
from models_py.rules import diversity, exploration, merchandising, routine
from models_py.rules.book import RuleBook
from models_py.rules.config import RulesConfig
from models_py.rules.conflicts import values_at
from models_py.rules.slots import Places, falling, places_of, taken, values_of

ROUTINE: Final = "routine"
BOOST: Final = "boost"
BURY: Final = "bury"
CAUTION: Final = "caution"
DIVERSITY: Final = "diversity"
PIN: Final = "pin"
EXPLORATION: Final = "exploration"
# What `Ruled.moved_by` points into; the first stands for a row that the model alone put there.
MOVERS: Final = ("", ROUTINE, BOOST, BURY, CAUTION, DIVERSITY, PIN, EXPLORATION)
_UPWARDS = [MOVERS.index(ROUTINE), MOVERS.index(BOOST)]
_DOWNWARDS = [MOVERS.index(BURY), MOVERS.index(CAUTION)]

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Ruled:
    """The lists after all rules, (customers, count) each.

    Attributes:
        ids: products, best first; -1 where there is none.
        entries: positions among the shortlist's candidates; -1 where the product is no candidate (a pin may not be).
        scores: falling with the slot.
        rule_scores: what the rules added to the model's score (to 0 where the product is no candidate).
        model_ranks: the place, from 1, in the shortlist; 0 where it is beyond.
        moved_by: positions in `MOVERS`.
        propensity: probability, over the policy's draws, that the product stands in the slot.
    """

    ids: Ints
    entries: Places
    scores: Floats
    rule_scores: Floats
    model_ranks: Ints
    moved_by: Codes
    propensity: npt.NDArray[np.float64]


def apply_rules(shortlist: Shortlist, book: RuleBook, masked: Ragged, config: RulesConfig, count: int) -> Ruled:
    """Choose `count` products for each customer.

    Args:
        shortlist: without anything masked, at least `count` deep.
        book: of the same customers.
        masked: customers x products that must not be shown, not even if pinned.
    """
    draft = _with_pins(_chosen(shortlist, book, config, count), shortlist, book, masked)
    entries = taken(shortlist.entries, draft.places, -1)
    explored = exploration.explore(
        shortlist.candidates,
        shortlist.judgement.scores,
        draft.ids,
        (draft.ids[:, -1] >= 0) & (draft.moved_by[:, -1] != MOVERS.index(PIN)),
        book,
        config.exploration,
    )
    given = explored.entries >= 0
    entries[given, -1] = explored.entries[given]
    draft.ids[given, -1] = shortlist.candidates.pairs.ids[explored.entries[given]]
    draft.places[given, -1] = places_of(draft.ids[given, -1:], shortlist.ids[given])[:, 0]
    draft.moved_by[given, -1] = MOVERS.index(EXPLORATION)
    propensity = np.ones(entries.shape)
    propensity[:, -1] = explored.propensity

    judged = np.append(shortlist.judgement.scores, np.float32(0))[entries]
    scores = falling(judged, entries >= 0)
    return Ruled(
        ids=draft.ids,
        entries=entries,
        scores=scores,
        rule_scores=scores - judged,
        model_ranks=(draft.places + 1).astype(np.int32),
        moved_by=draft.moved_by,
        propensity=propensity,
    )


def followed_by_the_rest(ruled: Ruled, shortlist: Shortlist, depth: int) -> tuple[Ints, Floats]:
    """The list, then the rest of the shortlist in the model's order: for an evaluation that looks deeper than the list.

    Returns:
        ids (customers, depth), filled up with -1, and scores that fall from slot to slot.
    """
    ids = shortlist.ids
    every = np.concatenate([ruled.ids, np.where(places_of(ids, ruled.ids) >= 0, -1, ids)], axis=1)
    gaps_last = np.argsort(every < 0, axis=1, kind="stable")
    lists = np.take_along_axis(every, gaps_last, axis=1)[:, :depth]
    scores = np.where(lists >= 0, np.arange(depth, 0, -1), 0).astype(np.float32)
    return lists, scores


@dataclass(frozen=True)
class _Draft:
    """Lists on their way, (customers, count) each: places in the shortlist, products, and what moved them."""

    places: Places
    ids: Ints
    moved_by: Codes


def _chosen(shortlist: Shortlist, book: RuleBook, config: RulesConfig, count: int) -> _Draft:
    """Boosts and penalties, then diversity."""
    ids = shortlist.ids
    adjusted, pushed_by = _adjusted(shortlist, book, config)
    order = np.argsort(-adjusted, axis=1, kind="stable")
    chosen = diversity.most_relevant_and_unlike(
        taken(adjusted, order, 0),
        taken(values_of(book.category_of_product, ids), order, -1),
        taken(values_of(book.brand_of_product, ids), order, -1),
        count,
        config.diversity,
    )
    places = taken(order, chosen, -1)
    pushed = taken(pushed_by, places, 0)
    was_pushed = (np.isin(pushed, _UPWARDS) & (chosen < places)) | (np.isin(pushed, _DOWNWARDS) & (chosen > places))
    is_lifted = np.arange(count) < chosen
    moved_by = np.where(was_pushed, pushed, np.where(is_lifted, MOVERS.index(DIVERSITY), 0)).astype(np.int8)
    return _Draft(places, taken(ids, places, -1), moved_by)


def _adjusted(shortlist: Shortlist, book: RuleBook, config: RulesConfig) -> tuple[Floats, Codes]:
    """Relevance after boosts and penalties, -inf where there is no product, and what spoke for or against each."""
    ids = shortlist.ids
    factors = np.where(ids >= 0, book.wishes.factors[ids], np.float32(1))
    completes = routine.first_of_missing_steps(ids, book.step_of_product, book.missing_steps)
    needs_care = values_at(book.conflicts.cautions, ids) >= 0
    boost, penalty = config.routine_boost * completes, config.caution_penalty * needs_care
    pushed_by = np.zeros(ids.shape, np.int8)
    # Where several speak, the last one named here is the one that is told.
    spoke = {ROUTINE: boost > 0, BOOST: factors > 1, BURY: factors < 1, CAUTION: penalty > 0}
    for mover, applies in spoke.items():
        pushed_by[applies] = MOVERS.index(mover)
    adjusted = _relevance(shortlist.scores, ids >= 0) * factors + boost - penalty
    return np.where(ids >= 0, adjusted, -np.inf).astype(np.float32), pushed_by


def _relevance(scores: Floats, is_there: npt.NDArray[np.bool_]) -> Floats:
    """Scores brought to 0 (the last of the shortlist) .. 1 (the first); 1 where all are equal."""
    if not scores.shape[1]:
        return scores
    lowest = np.where(is_there, scores, scores[:, :1]).min(axis=1, keepdims=True)
    span = scores[:, :1] - lowest
    relevance: Floats = (1 - (scores[:, :1] - scores) / np.where(span > 0, span, 1)).astype(np.float32)
    return relevance


def _with_pins(draft: _Draft, shortlist: Shortlist, book: RuleBook, masked: Ragged) -> _Draft:
    """Put pins into their slots, and everything else around them."""
    if not book.wishes.pins:
        return draft
    pinned = merchandising.pinned_products(book.wishes.pins, book.in_stock, masked, draft.ids.shape[1])
    slots = merchandising.around_pins(draft.ids, pinned)
    is_pin = pinned >= 0
    return replace(
        draft,
        places=np.where(is_pin, places_of(pinned, shortlist.ids), taken(draft.places, slots, -1)),
        ids=np.where(is_pin, pinned, taken(draft.ids, slots, -1)),
        moved_by=np.where(is_pin, np.int8(MOVERS.index(PIN)), taken(draft.moved_by, slots, 0)),
    )
