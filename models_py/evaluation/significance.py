"""Is the hybrid better? Paired comparison with every other model on the same customers.

In the simulations of cold start the parts that can help are compared as well.

The test is Student's t on the differences within customers: among the usual tests it keeps closest to its nominal
error rate on ranking metrics (Urbano, Lima & Hanjalic 2019), and agrees with randomisation (Smucker, Allan &
Carterette 2007) at a thousandth of its cost. The interval is the bootstrap's, which leans on nothing but the
sample. Testing against many models finds something by chance: p-values of one protocol, split and metric are corrected
together (Holm 1979).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import stats

from models_py import columns as c
from models_py.data.dataset import Flags
from models_py.evaluation import bootstrap
from models_py.evaluation.cold_start import PATHS
from models_py.evaluation.judging import USER_METRICS
from models_py.evaluation.ranked_lists import HYBRID
from models_py.ranking.metrics import Doubles

COMPARED_RUN = "compared_run_id"
COMPARISON_SCHEMA = pa.schema(
    [
        (c.MODEL_RUN, pa.string()),
        ("protocol", pa.string()),
        ("split", pa.string()),
        ("metric", pa.string()),
        ("model", pa.string()),
        (COMPARED_RUN, pa.string()),
        ("compared_model", pa.string()),
        ("users", pa.int64()),
        ("value", pa.float64()),
        ("compared_value", pa.float64()),
        ("difference", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("p_value", pa.float64()),
        ("p_value_adjusted", pa.float64()),
        ("is_significant", pa.bool_()),
    ]
)
_VIEW = ["protocol", "split"]
_ORDER = [*_VIEW, c.MODEL_RUN, "model", c.CUSTOMER]


@dataclass(frozen=True)
class ComparisonConfig:
    """How models are compared.

    Attributes:
        confidence: of the intervals; 1 - confidence is the significance level.
        resamples, seed: of the bootstrap.
    """

    confidence: float = 0.95
    resamples: int = 1000
    seed: int = 7


def compare(users: pa.Table, run_id: str, config: ComparisonConfig | None = None) -> pa.Table:
    """Compare the hybrid of a run with its other models, and with the hybrids of other runs.

    Customers of another run are paired where it was asked for the same products.

    Args:
        users: rows of `evaluation.USERS_SCHEMA` with a column `model_run_id`.

    Returns:
        rows of `COMPARISON_SCHEMA`, one a rival and metric.
    """
    config = config or ComparisonConfig()
    wanted = pc.or_(pc.equal(users[c.MODEL_RUN], run_id), pc.equal(users["model"], HYBRID))
    frame = users.filter(wanted).sort_by([(name, "ascending") for name in _ORDER]).to_pandas()
    rows = [
        {**dict(zip(_VIEW, names, strict=True)), **row}
        for names, view in frame.groupby(_VIEW)
        for row in _compare_view(view, run_id, config)
    ]
    if not rows:
        return COMPARISON_SCHEMA.empty_table()
    found = pd.DataFrame(rows)
    found["p_value_adjusted"] = found.groupby([*_VIEW, "metric"])["p_value"].transform(holm)
    found["is_significant"] = found["p_value_adjusted"] < 1 - config.confidence
    return pa.Table.from_pandas(found, COMPARISON_SCHEMA, preserve_index=False)


def holm(p_values: "pd.Series[float]") -> "pd.Series[float]":
    """Adjusted p-values of one family (Holm 1979): valid however the tests depend on each other.

    statsmodels has it too, but collects all garbage of the process at each call: half a second inside dbt.
    """
    rising = p_values.sort_values(kind="stable")
    still_standing = np.arange(len(rising), 0, -1)
    return (rising * still_standing).cummax().clip(upper=1.0).reindex(p_values.index)


def _compare_view(view: pd.DataFrame, run_id: str, config: ComparisonConfig) -> Iterator[dict[str, object]]:
    """The comparisons of one (protocol, split)."""
    scores = {names: _Scores.of(rows) for names, rows in view.groupby([c.MODEL_RUN, "model"])}
    drawn = bootstrap.draw(max(len(found.customers) for found in scores.values()), config.resamples, config.seed)
    for model in (HYBRID, *PATHS.get(view["protocol"].iloc[0], ())):
        mine = scores.pop((run_id, model), None)
        if mine is None:
            continue
        for (compared_run, compared_model), theirs in scores.items():
            # Another run stands in for its hybrid, which has but one counterpart here.
            if compared_run == run_id or model == HYBRID:
                names = {"model": model, COMPARED_RUN: compared_run, "compared_model": compared_model}
                for row in _compare(mine, theirs, drawn[: len(mine.customers)], config.confidence):
                    yield {c.MODEL_RUN: run_id, **names, **row}


def _compare(mine: "_Scores", theirs: "_Scores", drawn: Doubles, confidence: float) -> Iterator[dict[str, object]]:
    """One row a metric; none where no customer pairs."""
    place, is_paired = theirs.places_of(mine)
    if not is_paired.any():
        return
    value, compared_value = mine.values[:, is_paired], theirs.values[:, place[is_paired]]
    differences = np.zeros_like(mine.values)
    differences[:, is_paired] = value - compared_value
    resampled = bootstrap.means(differences, bootstrap.sizes(is_paired[None], drawn), drawn)
    low, high = bootstrap.percentiles(resampled, confidence)
    for row, metric in enumerate(USER_METRICS):
        yield {
            "metric": metric,
            "users": int(is_paired.sum()),
            "value": float(value[row].mean()),
            "compared_value": float(compared_value[row].mean()),
            "difference": float((value[row] - compared_value[row]).mean()),
            "ci_low": float(low[row]),
            "ci_high": float(high[row]),
            "p_value": _p_value(value[row], compared_value[row]),
        }


@dataclass(frozen=True)
class _Scores:
    """One model's results on one (protocol, split).

    Attributes:
        customers: ids, sorted.
        held_out: (customers,) what each was asked for, as one number.
        values: (metrics, customers).
    """

    customers: "pd.Index[str]"
    held_out: npt.NDArray[np.int64]
    values: Doubles

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "_Scores":
        values = np.stack([rows[column].to_numpy(np.float64) for column in USER_METRICS.values()])
        return cls(pd.Index(rows[c.CUSTOMER]), rows["held_out"].to_numpy(np.int64), values)

    def places_of(self, other: "_Scores") -> tuple[npt.NDArray[np.intp], Flags]:
        """Where the other's customers stand here, and which of them were asked for the same."""
        place = self.customers.get_indexer(other.customers)
        return place, (place >= 0) & (self.held_out[place] == other.held_out)


def _p_value(values: Doubles, others: Doubles) -> float:
    """Two-sided, of the paired t-test; 1 where nothing differs or one customer is all there is."""
    if len(values) < 2 or np.array_equal(values, others):
        return 1.0
    return float(stats.ttest_rel(values, others).pvalue)
