"""What the report shows, in its order: sections, and in each the queries and how their answers are drawn.

To add a plot, write the query under `analyses/`, describe it in `_analyses.yml`, and add an `Exhibit` here.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from glowhouse.report.bars import bars, columns, parts
from glowhouse.report.exhibit import Exhibit, Section
from glowhouse.report.heat import heat
from glowhouse.report.intervals import days, drift, intervals
from glowhouse.report.lifecycle_section import LIFECYCLE

_NO_EXPERIMENT: Final = "No customer of an experiment has been shown anything yet."
_INTERVAL: Final = ("ci_low", "ci_high")

SECTIONS: Final = (
    Section(
        "release",
        "Release",
        (
            Exhibit(
                "release_facts",
                "What is released",
                "The recommendations that shop and app read, and the run behind them.",
                "Nothing has been released yet.",
                upright=True,
            ),
            Exhibit(
                "recommendations_by_reason",
                "Why products are recommended",
                "Each recommended product carries the reason that speaks for it most.",
                "Nothing is recommended yet.",
                partial(bars, label=("reason_code",), value="recommendations"),
            ),
        ),
    ),
    Section(
        "quality",
        "Data quality",
        (
            Exhibit(
                "quality_ledger_by_entity",
                "What became of every row",
                "No row is lost: shares of the rows that were merged with their duplicate, rejected, or erased with "
                "their customer. All others were kept.",
                "No extract has been read.",
                partial(
                    parts, label=("source_system", "entity"), parts=("merged_share", "rejected_share", "erased_share")
                ),
            ),
            Exhibit(
                "rejections_by_rule",
                "Why rows were rejected",
                "Rows by the rule that rejected them; the table says what to do.",
                "No row was rejected.",
                partial(bars, label=("entity", "rule_id"), value="rejected_rows"),
            ),
            Exhibit(
                "missing_values",
                "What is missing",
                "Shares of customers and products: a value was imputed, or stays unknown.",
                "There are neither customers nor products.",
                partial(parts, label=("attribute",), parts=("imputed_share", "missing_share"), panel=("entity",)),
            ),
        ),
    ),
    Section(
        "exploration",
        "Customers and products",
        (
            Exhibit(
                "customers_by_attribute",
                "Who the customers are",
                "Customers by what is known of them, after imputation.",
                "There are no customers.",
                partial(bars, label=("attribute_value",), value="customers", panel=("attribute",)),
            ),
            Exhibit(
                "distributions",
                "Long tails",
                "Each bin is twice as wide as the one before; below it stands where it begins.",
                "Nothing was bought.",
                partial(columns, position="bin_from", value="members", panel=("measure",)),
            ),
            Exhibit(
                "days_between_transactions",
                "Weeks between two purchases",
                "Gaps between a customer's transactions, by whole weeks. The table goes on after a year.",
                "No customer came back on a day that is known: this shop has no order dates, only their sequence.",
                partial(columns, position="weeks", value="gaps", unit="weeks"),
            ),
            Exhibit(
                "most_bought_products",
                "Most bought products",
                "The twenty most bought; the table has fifty.",
                "Nothing was bought.",
                partial(bars, label=("product_name",), value="purchases"),
            ),
            Exhibit(
                "concerns_by_category",
                "Concerns and categories",
                "Percent of the products of a category that are for a concern; the fuller, the more.",
                "No product is known to be for any concern.",
                partial(heat, line="category", column="concern_id", value="share"),
            ),
            Exhibit(
                "features_and_buying",
                "What goes along with buying",
                "Rank correlation with purchases (customers) or buyers (products), with 95 % intervals. Not a "
                "cause: who buys much also looks at much.",
                "Too few customers have bought to say.",
                partial(
                    intervals, label="feature", value="correlation", interval=_INTERVAL, panel=("entity",), zero=True
                ),
            ),
        ),
    ),
    Section(
        "evaluation",
        "Evaluation",
        (
            Exhibit(
                "evaluation_by_protocol",
                "The model and its baselines",
                "NDCG@10 at each customer's held-out transaction, with 95 % intervals; right is better. global time "
                "is the one to believe for a live shop.",
                "No customer has enough transactions to hold one out.",
                partial(
                    intervals, label="model", value="value", interval=_INTERVAL, panel=("protocol",), same_scale=True
                ),
            ),
            Exhibit(
                "hybrid_against_rivals",
                "Does it beat its rivals?",
                "Difference of NDCG@10 at the same customers, with 95 % intervals; right of zero the model is "
                "better. The table has p-values after Holm's correction.",
                "Nothing was compared.",
                partial(
                    intervals,
                    label="compared_model",
                    value="difference",
                    interval=_INTERVAL,
                    panel=("protocol",),
                    same_scale=True,
                    zero=True,
                ),
            ),
            Exhibit(
                "evaluation_by_slice",
                "For whom?",
                "NDCG@10 by length of history, skin type and how well the held-out product sells, with 95 % intervals.",
                "No slice has enough customers.",
                partial(
                    intervals,
                    label="slice",
                    value="value",
                    interval=_INTERVAL,
                    panel=("slice_kind",),
                    same_scale=True,
                    series="model",
                ),
            ),
            Exhibit(
                "evaluation_of_lists",
                "What the lists are like",
                "Coverage, novelty and diversity should be high, concentration (gini) low, and violated exclusions "
                "zero for the model. Baselines know of no exclusions.",
                "Nothing was evaluated.",
                partial(
                    intervals,
                    label="model",
                    value="value",
                    interval=_INTERVAL,
                    panel=("metric",),
                ),
            ),
        ),
    ),
    Section(
        "experiment",
        "Experiment",
        (
            Exhibit(
                "experiment_effects",
                "Effect on each metric",
                "Arm minus control, with 95 % intervals: for one look on a day chosen beforehand, for looking "
                "daily, and less what the customers' past explains.",
                _NO_EXPERIMENT,
                partial(
                    intervals,
                    label="way",
                    value="estimate",
                    interval=("interval_low", "interval_high"),
                    panel=("experiment_id", "arm", "metric"),
                    zero=True,
                ),
            ),
            Exhibit(
                "experiment_by_day",
                "Primary metric day by day",
                "The wide band may be looked at every day; the narrow one only once, at the end.",
                _NO_EXPERIMENT,
                partial(
                    days,
                    day="readout_date",
                    value="effect",
                    panel=("experiment_id", "arm", "metric"),
                    zero=True,
                    bands=(("sequential_ci_low", "sequential_ci_high"), _INTERVAL),
                    columns=1,
                    height=3.0,
                ),
            ),
            Exhibit(
                "off_policy_values",
                "What other lists would have earned",
                "Clicks a place, estimated from what was logged, with 95 % intervals. Today's lists have learned "
                "from this very log: their value is no forecast.",
                _NO_EXPERIMENT,
                partial(
                    intervals,
                    label="policy",
                    value="value",
                    interval=_INTERVAL,
                    panel=("logging_arm", "metric"),
                    series="estimator",
                ),
            ),
        ),
    ),
    Section(
        "monitoring",
        "Monitoring",
        (
            Exhibit("open_alerts", "Open alerts", "What is wrong, since when, and what to do.", "No alert is open."),
            Exhibit(
                "drift_by_feature",
                "Drift of features",
                "How far today's features lie from those the model learned from. Grey is what chance alone may "
                "reach: within it a point says nothing.",
                "Nothing has been compared with the training snapshot yet.",
                drift,
            ),
            Exhibit(
                "monitoring_by_day",
                "Day by day",
                "What is watched of the run that recommends, with 95 % intervals where it is a sample; dashed: "
                "thresholds.",
                "Nothing has been observed yet.",
                partial(
                    days,
                    day="observed_on",
                    value="value",
                    bands=(("interval_low", "interval_high"),),
                    panel=("metric",),
                ),
            ),
        ),
    ),
    LIFECYCLE,
)
