"""Exploration: some customers' last slot goes to a new product, so that it can earn data, with the odds written down.

The policy, for a customer with a choice of m >= 1 new products (those that fit best, none of them in the list anyway),
and the list's own product d in the last slot: with probability `share` the slot is given away, to each of the m with
equal odds; else d keeps it. So over the policy's draws

    P(d stands in the last slot) = 1 - share          P(each of the m stands there) = share / m

and every other row, which no draw touches, stands where it stands with probability 1. That is `propensity`. A draw is a
hash of customer (and product) and the release's clock: it can be repeated, and is new with each release.

With it the value of another policy that differs only in which of these products it puts into the last slot is estimated
without bias by weighting each outcome with (its probability there) / propensity (Horvitz & Thompson 1952; Bottou et al.
2013, "Counterfactual reasoning and learning systems"). Products that had no chance here get no estimate.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints
from models_py.arrays.scoring import best_entries
from models_py.data.dataset import Flags
from models_py.parts.names import CONCERNS, CONTENT
from models_py.ranking.candidates import Candidates
from models_py.rules.book import RuleBook
from models_py.rules.chance import draws
from models_py.rules.config import ExplorationConfig
from models_py.rules.conflicts import values_at
from models_py.rules.slots import places_of


@dataclass(frozen=True)
class Exploration:
    """What becomes of each row's last slot.

    Attributes:
        entries: (rows,) the candidate that takes the slot; -1 where it is kept.
        propensity: (rows,) probability that what stands in the slot stands there.
    """

    entries: npt.NDArray[np.int64]
    propensity: npt.NDArray[np.float64]


def explore(
    candidates: Candidates,
    scores: Floats,
    listed: Ints,
    has_slot: Flags,
    book: RuleBook,
    config: ExplorationConfig,
) -> Exploration:
    """Draw whose last slot is given away, and to which product.

    Args:
        scores: (candidates,) the model's.
        listed: (rows, count) the lists so far, which are no choice any more.
        has_slot: (rows,) whether the row's last slot may be given away.
        book: of the same customers.
    """
    choices = _choices(candidates, scores, listed, book, config)
    number = (choices >= 0).sum(axis=1)
    can = has_slot & (number > 0) & (config.share > 0)
    propensity = np.where(can, 1.0 - config.share, 1.0)
    entries = np.full(len(listed), -1, np.int64)
    salt = f"explore/{book.clock}"
    for row in np.flatnonzero(can & (draws(book.customers, salt) < config.share)).tolist():
        drawn_from = choices[row, : number[row]]
        keys = (f"{book.customers[row]}/{book.products[product]}" for product in candidates.pairs.ids[drawn_from])
        entries[row] = drawn_from[draws(keys, salt).argmin()]
        propensity[row] = config.share / number[row]
    return Exploration(entries, propensity)


def _choices(
    candidates: Candidates, scores: Floats, listed: Ints, book: RuleBook, config: ExplorationConfig
) -> npt.NDArray[np.int64]:
    """(rows, choices) the new candidates that suit each row best, filled up with -1.

    They must fit by content or by the customer's concerns, since nobody's purchases speak for them yet, and need no
    word of caution.
    """
    speaking = [candidates.parts.index(part) for part in (CONTENT, CONCERNS) if part in candidates.parts]
    is_new = np.flatnonzero(book.is_new[candidates.pairs.ids])
    fits = np.zeros(len(scores), np.bool_)
    fits[is_new] = (candidates.scores[is_new][:, speaking] > 0).any(axis=1)
    best = best_entries(candidates.pairs.with_values(scores).where(fits), config.choices + listed.shape[1])
    # Back to positions among all candidates; the one appended is for -1, none.
    entries = np.append(np.flatnonzero(fits), -1)[best]
    ids = np.append(candidates.pairs.ids, np.int32(-1))[entries]
    is_choice = (ids >= 0) & (places_of(ids, listed) < 0) & (values_at(book.conflicts.cautions, ids) < 0)
    choices_first = np.argsort(~is_choice, axis=1, kind="stable")[:, : config.choices]
    return np.take_along_axis(np.where(is_choice, entries, -1), choices_first, axis=1)
