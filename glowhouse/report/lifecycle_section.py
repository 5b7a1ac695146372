"""What the report shows of the model's life: what a release changes, the gate, triggers, decisions, runs."""

from __future__ import annotations

from functools import partial
from typing import Final

from glowhouse.report.bars import columns
from glowhouse.report.exhibit import Exhibit, Section
from glowhouse.report.intervals import intervals

_NO_RELEASE_BEFORE: Final = "No release of an earlier day has been compared with this one."
_NO_CHALLENGER: Final = "No challenger has met a champion yet: see glowhouse retrain."

LIFECYCLE: Final = Section(
    "lifecycle",
    "The model's life",
    (
        Exhibit(
            "overlap_with_last_release",
            "What this release changes",
            "Against the last release of an earlier day: the share of the products of either list that stand in both, "
            "and rank-biased overlap, in which the top of the list weighs more. 1 is the same list.",
            _NO_RELEASE_BEFORE,
            partial(
                intervals,
                label="slice",
                value="value",
                interval=("value", "value"),
                series="measure",
                same_scale=True,
            ),
        ),
        Exhibit(
            "customers_by_overlap",
            "For how many?",
            "Customers by rank-biased overlap of their lists, in tenths; below a column stands where it begins.",
            _NO_RELEASE_BEFORE,
            partial(columns, position="overlap_from", value="customers"),
        ),
        Exhibit(
            "gate_by_slice",
            "Challenger against champion",
            "Difference at the same customers with 95 % intervals, at the gate's latest decision. An interval that "
            "reaches below the red mark rejects the challenger, unless the slice has too few customers to judge.",
            _NO_CHALLENGER,
            partial(
                intervals,
                label="line",
                value="difference",
                interval=("ci_low", "ci_high"),
                panel=("metric",),
                zero=True,
                least="least_allowed",
            ),
        ),
        Exhibit(
            "gate_checks",
            "What the gate said",
            "Every check of that decision; what failed comes first.",
            _NO_CHALLENGER,
        ),
        Exhibit(
            "triggers_of_retraining",
            "Is a new run wanted?",
            "What glowhouse retrain --if-needed asks.",
            "There is no champion yet.",
        ),
        Exhibit(
            "model_history",
            "Decisions about the model",
            "Every training, promotion and rejection, the latest first.",
            "Nothing has been decided about any run yet.",
        ),
        Exhibit(
            "runs_and_states",
            "Runs",
            "Every run that was trained, and what became of it.",
            "No run has been trained yet.",
        ),
    ),
)
