"""What tuning maximises: NDCG@10 of a model on the validation transactions of protocol *published*.

The hybrid is judged by its linear blend, fitted anew in each trial: trees on top would take minutes a trial, and they
gain from better parts as the blend does. A baseline is judged on the same customers. Test is never seen, by
construction: tables that hold anything but published validation are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc

from models_py import columns as c
from models_py.arrays.scoring import from_lists, target_ranks
from models_py.baselines.by_name import fit_baseline
from models_py.config import RunConfig
from models_py.config_file import merged, with_settings
from models_py.data.assemble import Dataset, assemble
from models_py.data.dataset import Snapshot
from models_py.evaluation.protocols import View
from models_py.evaluation.study import Study
from models_py.ranking.hybrid import LINEAR
from models_py.ranking.linear_ranker import tuning_customers
from models_py.ranking.metrics import ndcg
from models_py.search_space import HYBRID, nested
from models_py.tables import REQUIRED_COLUMNS, Tables
from models_py.training import RANKER_VIEW

CUTOFF = 10


class NothingToTuneError(ValueError):
    """No customer has a validation transaction to tune on."""


@dataclass(frozen=True)
class Objective:
    """NDCG@10 on validation, by model and settings.

    Attributes:
        tables: of published validation alone.
        settings: what is not tuned, as the tree of a configuration file.

    Raises:
        ValueError: the tables hold rows of another protocol or split.
        NothingToTuneError: nobody has a validation transaction.
    """

    tables: Tables
    settings: Mapping[str, Any]

    def __post_init__(self) -> None:
        refuse_other_views(self.tables, RANKER_VIEW)
        if not self.customers:
            raise NothingToTuneError("No customer has enough transactions for validation: there is nothing to tune on.")

    @cached_property
    def _data(self) -> Dataset:
        return assemble(self.tables)

    @cached_property
    def _snapshot(self) -> Snapshot:
        return self._data.snapshot(RANKER_VIEW.protocol, RANKER_VIEW.split)

    @property
    def customers(self) -> int:
        """How many customers are judged on."""
        most = with_settings(self.settings).hybrid.linear.customers
        return min(int(np.count_nonzero(self._snapshot.targets.lengths)), most)

    def value(self, model: str, trial: Mapping[str, float]) -> float:
        """NDCG@10 of the model with some settings, by path, changed."""
        config = with_settings(merged(self.settings, nested(trial)))
        return self._of_hybrid(config) if model == HYBRID else self._of_baseline(model, config)

    def _of_hybrid(self, config: RunConfig) -> float:
        by_blend = replace(config, hybrid=replace(config.hybrid, ranker=LINEAR))
        return Study(self._data, by_blend, lambda _: None).train(RANKER_VIEW).quality

    def _of_baseline(self, model: str, config: RunConfig) -> float:
        asked = self._snapshot.rows(tuning_customers(self._snapshot, config.hybrid.linear.customers))
        baseline = fit_baseline(model, self._data, self._snapshot, config.evaluation.baseline)
        ids, scores = baseline.propose(asked, asked.purchases, config.evaluation.depth)
        gains = ndcg(target_ranks(from_lists(ids, scores), asked.targets), asked.targets, CUTOFF)
        return float(gains.mean())


def refuse_other_views(tables: Tables, view: View) -> None:
    """Make sure that tables show one (protocol, split) and nothing else.

    Raises:
        ValueError: naming the table that does.
    """
    for field in fields(tables):
        if c.SPLIT not in REQUIRED_COLUMNS[field.name]:
            continue
        table = getattr(tables, field.name)
        seen = {*pc.unique(table[c.PROTOCOL]).to_pylist()} | {*pc.unique(table[c.SPLIT]).to_pylist()}
        if not seen <= {view.protocol, view.split}:
            raise ValueError(
                f"table '{field.name}' holds rows beside {view.protocol}/{view.split}: tuning must not see them"
            )
