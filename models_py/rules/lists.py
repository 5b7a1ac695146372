"""Lists as customers would have been shown them at a (protocol, split): to evaluate model and rules together."""

import numpy as np

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.data.dataset import Snapshot
from models_py.ranking.hybrid import Hybrid, Shortlist, blocks
from models_py.rules.apply import apply_rules, followed_by_the_rest
from models_py.rules.book import RuleBook
from models_py.rules.config import RulesConfig


def recommended_lists(
    hybrid: Hybrid, customers: Snapshot, book: RuleBook, masked: Ragged, config: RulesConfig, count: int, depth: int
) -> tuple[Ints, Floats]:
    """The first `count` products as the rules choose them, then the rest in the model's order.

    Args:
        book: opened at the customers' (protocol, split), of the same customers.
        masked: customers x products that must not be listed; what is excluded or conflicts is added to it.
        count: length of the lists that are shown.
        depth: how many products to return; at least `count`.

    Returns:
        ids (customers, depth), filled up with -1, and scores that fall from slot to slot.
    """
    ids = [np.empty((0, depth), np.int32)]
    scores = [np.empty((0, depth), np.float32)]
    forbidden = masked.joined(customers.excluded).joined(book.conflicts.forbidden)
    for rows in blocks(np.arange(len(customers))):
        never = forbidden.take(rows)
        shortlist = hybrid.shortlist(customers.rows(rows), never, max(depth, config.depth))
        of_block = chosen_by_rules(shortlist, book.rows(rows), never, config, count, depth)
        ids.append(of_block[0])
        scores.append(of_block[1])
    return np.concatenate(ids), np.concatenate(scores)


def chosen_by_rules(
    shortlist: Shortlist, book: RuleBook, masked: Ragged, config: RulesConfig, count: int, depth: int
) -> tuple[Ints, Floats]:
    """The same for customers whose shortlist, at least as deep as either depth, is there already."""
    ruled = apply_rules(shortlist.cut(config.depth), book, masked, config, count)
    return followed_by_the_rest(ruled, shortlist, depth)
