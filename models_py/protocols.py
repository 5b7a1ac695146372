"""The evaluation protocols: what is fitted on what, and who is asked.

| protocol      | split      | parts fitted on          | histories asked about     | blend tuned on           |
|---------------|------------|--------------------------|---------------------------|--------------------------|
| published     | validation | all but the last two     | all but the last two      | this split               |
| published     | test       | all but the last two     | all but the last          | published/validation     |
| ties_shuffled | both       | as published, with the order within a day drawn at random                       |
| refit         | test       | all but the last         | all but the last          | refit/validation         |
| global_time   | validation | before the first cutoff  | before the first cutoff   | this split               |
| global_time   | test       | before the second cutoff | before the second cutoff  | global_time/validation   |
| serving       | serving    | everything               | everything                | published/validation     |

'All but the last' speaks of transactions. The warehouse decides what is visible at a (protocol, split); since published
histories at validation are 'all but the last two', a model for published/test is fitted on the snapshot of
published/validation. Nothing in a score for a split was fitted on that split's targets.
"""

from dataclasses import dataclass

import numpy as np

from models_py import columns as c
from models_py.dataset import Catalogue, Flags, Snapshot

PUBLISHED = "published"
GLOBAL_TIME = "global_time"
FITTED_WITH_HISTORY = frozenset({"refit", GLOBAL_TIME})


@dataclass(frozen=True)
class Question:
    """One evaluation: fit parts on one snapshot, ask about another."""

    protocol: str
    split: str
    fit_split: str


def questions(protocol: str) -> tuple[Question, Question]:
    """The validation and the test question of a protocol."""
    fit_split = c.TEST if protocol in FITTED_WITH_HISTORY else c.VALIDATION
    return Question(protocol, c.VALIDATION, c.VALIDATION), Question(protocol, c.TEST, fit_split)


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
