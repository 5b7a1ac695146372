"""The evaluation protocols: what is fitted on what, and who is asked.

| protocol      | split      | parts fitted on          | histories asked about     | ranker trained on        |
|---------------|------------|--------------------------|---------------------------|--------------------------|
| published     | validation | all but the last two     | all but the last two      | this split               |
| published     | test       | all but the last two     | all but the last          | published/validation     |
| ties_shuffled | both       | as published, with the order within a day drawn at random                       |
| refit         | validation | as published             | as published              | published/validation     |
| refit         | test       | all but the last         | all but the last          | published/validation     |
| global_time   | validation | before the first cutoff  | before the first cutoff   | this split               |
| global_time   | test       | before the second cutoff | before the second cutoff  | global_time/validation   |
| serving       | serving    | everything               | everything                | published/validation     |

'All but the last' speaks of transactions. The warehouse decides what is visible at a (protocol, split); since published
histories at validation are 'all but the last two', a model for published/test is fitted on the snapshot of
published/validation. Nothing in a score for a split was fitted on that split's targets.

At validation only customers are asked whom the ranker's training held out.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from models_py import columns as c
from models_py.data.dataset import Catalogue, Flags, Snapshot

PUBLISHED = "published"
REFIT = "refit"
GLOBAL_TIME = "global_time"
FITTED_WITH_HISTORY = frozenset({REFIT, GLOBAL_TIME})


@dataclass(frozen=True)
class View:
    """What was visible at one (protocol, split)."""

    protocol: str
    split: str


@dataclass(frozen=True)
class Question:
    """One evaluation: fit parts on one view, ask about another."""

    asked: View
    fitted_on: View


def training_view(protocol: str, available: Collection[str]) -> View:
    """The view whose targets the protocol's ranker learns from.

    At validation refit shows what published shows: where both are evaluated, they share one ranker and its parts.
    """
    is_twin = protocol == REFIT and PUBLISHED in available
    return View(PUBLISHED if is_twin else protocol, c.VALIDATION)


def questions(protocol: str, available: Collection[str]) -> tuple[Question, Question]:
    """The validation and the test question of a protocol.

    Args:
        available: all protocols that are evaluated.
    """
    validation, test = View(protocol, c.VALIDATION), View(protocol, c.TEST)
    trained_on = training_view(protocol, available)
    return Question(validation, trained_on), Question(test, test if protocol in FITTED_WITH_HISTORY else trained_on)


def known_products(protocol: str, fitted_on: Snapshot, catalogue: Catalogue) -> Flags:
    """Products that existed, as far as could be known.

    Under global_time a product exists once it was launched or sold before the cutoff; elsewhere all do.
    """
    if protocol != GLOBAL_TIME:
        return np.ones(len(catalogue), np.bool_)
    sold = np.bincount(fitted_on.purchases.ids, minlength=len(catalogue)) > 0
    cutoffs = fitted_on.cutoff_day[fitted_on.present]
    cutoff = np.nanmax(cutoffs) if np.isfinite(cutoffs).any() else -np.inf
    return np.asarray(sold | (catalogue.launched_day < cutoff))


def as_known(catalogue: Catalogue, known: Flags) -> Catalogue:
    """The catalogue with blank entries for products that did not exist yet: only how many there are can be told."""
    terms = {
        kind: replace(found, weights=found.weights.where(known[found.weights.row_of_entry()]))
        for kind, found in catalogue.terms.items()
    }
    return replace(
        catalogue,
        names=np.where(known, catalogue.names, ""),
        brands=np.where(known, catalogue.brands, ""),
        texts=np.where(known, catalogue.texts, ""),
        launched_day=np.where(known, catalogue.launched_day, np.nan),
        terms=terms,
    )
