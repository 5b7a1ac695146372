"""The lists to be judged: of the hybrid, of what it is made of, and of what the rules make of it.

All of these rank the same candidates, so that they are made together: what the parts propose and what they think of it
is worked out once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models_py.arrays.parallel import in_threads
from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import members, union
from models_py.data.dataset import Snapshot
from models_py.evaluation.judging import Lists
from models_py.parts.names import COLLABORATIVE, REPURCHASE
from models_py.ranking.candidates import Candidates, proposed, scored
from models_py.ranking.hybrid import Hybrid, Ranking, blocks
from models_py.ranking.lambdamart import LambdaMartRanker
from models_py.rules.book import RuleBook
from models_py.rules.config import RulesConfig
from models_py.rules.lists import chosen_by_rules

Positions = npt.NDArray[np.int64]

HYBRID = "hybrid"
RECOMMENDED = "recommended"
COLLABORATIVE_MODEL = "collaborative"


@dataclass(frozen=True)
class Shown:
    """What it takes to show lists in the shop.

    Attributes:
        book: of the customers.
        count: products that are shown.
    """

    book: RuleBook
    config: RulesConfig
    count: int


def hybrid_lists(hybrid: Hybrid, customers: Snapshot, masked: Ragged, depth: int) -> Lists:
    """The hybrid's best `depth` products for each customer."""

    def ranked(rows: Positions) -> Ranking:
        return hybrid.rank(customers.rows(rows), masked.take(rows), depth, explained=False)

    rankings = list(in_threads(ranked, blocks(np.arange(len(customers)))))
    if not rankings:
        return np.empty((0, depth), np.int32), np.empty((0, depth), np.float32)
    return np.concatenate([r.ids for r in rankings]), np.concatenate([r.scores for r in rankings])


def lists_of_all(
    hybrid: Hybrid, customers: Snapshot, masked: Ragged, depth: int, shown: Shown | None
) -> dict[str, Lists]:
    """What the hybrid recommends, what each part would by itself, the collaborative parts together, and the rules.

    Repurchases are left out: they are never new.

    Args:
        masked: customers x products that must not be listed; of what is shown, what conflicts is added to it.
        shown: None: nothing is shown, and `RECOMMENDED` is not among the lists.

    Returns:
        lists by the name of the model, a part's by that of the part.
    """
    found: dict[str, Lists] = {}
    every = np.arange(len(customers))
    pieces = list(blocks(every)) or [every]

    def of_block(rows: Positions) -> dict[str, Lists]:
        block = replace(shown, book=shown.book.rows(rows)) if shown else None
        return _of_block(hybrid, customers.rows(rows), masked.take(rows), depth, block)

    for rows, made in zip(pieces, in_threads(of_block, pieces), strict=True):
        for model, (ids, scores) in made.items():
            # Filled block by block: all models' lists are hundreds of megabytes, of which joining would need twice.
            lists = found.setdefault(
                model, (np.empty((len(every), depth), np.int32), np.empty((len(every), depth), np.float32))
            )
            lists[0][rows], lists[1][rows] = ids, scores
    return found


def _of_block(hybrid: Hybrid, customers: Snapshot, masked: Ragged, depth: int, shown: Shown | None) -> dict[str, Lists]:
    proposals = proposed(hybrid.parts, customers, masked, max(hybrid.per_part, depth))
    of_part = {name: ids[:, : hybrid.per_part] for name, (ids, _) in proposals.items()}
    candidates = scored(hybrid.parts, customers, union(np.stack(list(of_part.values()))))
    shortlist = hybrid.ranked(customers, candidates, max(depth, shown.config.depth if shown else 0))
    lists = {HYBRID: (shortlist.ids[:, :depth], shortlist.scores[:, :depth])}
    lists |= {name: (ids[:, :depth], scores[:, :depth]) for name, (ids, scores) in proposals.items()}
    lists.pop(REPURCHASE, None)
    if heard := [name for name in of_part if name in COLLABORATIVE]:
        together = _among(candidates, heard, union(np.stack([of_part[name] for name in heard])))
        ranked = _collaborative(hybrid, heard).ranked(customers, together, depth)
        lists[COLLABORATIVE_MODEL] = ranked.ids, ranked.scores
    if shown:
        conflicting = shown.book.conflicts.forbidden
        never = masked.joined(conflicting)
        if len(conflicting.ids):
            shortlist = hybrid.shortlist(customers, never, max(depth, shown.config.depth))
        lists[RECOMMENDED] = chosen_by_rules(shortlist, shown.book, never, shown.config, shown.count, depth)
    return lists


def _among(candidates: Candidates, parts: Sequence[str], proposals: Ragged) -> Candidates:
    """The candidates that some parts propose, and what these parts think of them."""
    is_theirs = members(candidates.pairs, proposals)
    columns = [candidates.parts.index(name) for name in parts]
    scores = np.ascontiguousarray(candidates.scores[is_theirs][:, columns])
    return Candidates(candidates.pairs.where(is_theirs), tuple(parts), scores)


def _collaborative(hybrid: Hybrid, parts: Sequence[str]) -> Hybrid:
    """The blend of those parts alone that learn from who bought what."""
    blend = hybrid.ranker.linear if isinstance(hybrid.ranker, LambdaMartRanker) else hybrid.ranker
    return Hybrid.of(replace(hybrid.source, parts={name: hybrid.parts[name] for name in parts}), blend, hybrid.per_part)
