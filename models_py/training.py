"""The façade: train a run. Recommending is in `recommend.py`, evaluating in `model_evaluation.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models_py import columns as c
from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.evaluation.protocols import PUBLISHED, View
from models_py.evaluation.study import Progress, Study
from models_py.fingerprint import Marks, marks
from models_py.ranking.hybrid import Hybrid
from models_py.tables import Tables

# Where the ranker of a run learns from.
RANKER_VIEW = View(PUBLISHED, c.VALIDATION)


@dataclass(frozen=True)
class TrainedRun:
    """A fitted model and where it came from.

    Attributes:
        run_id: from the fingerprint of inputs, configuration, code and library versions: same run, same id.
        fingerprint: in full.
        config: as configured.
        hybrid: fitted on everything visible at (serving, serving).
        product_ids: ids of the products by position.
        bucket_ids: ids of the buckets by position.
        summary: what a register of runs shows: sizes, the ranker and why it was chosen, validation NDCG.
    """

    run_id: str
    fingerprint: str
    config: RunConfig
    hybrid: Hybrid
    product_ids: tuple[str, ...]
    bucket_ids: tuple[str, ...]
    summary: Mapping[str, object]


def train(
    tables: Tables, config: RunConfig, progress: Progress = lambda _: None, known: Marks | None = None
) -> TrainedRun:
    """Fit the ranker on published/validation and the parts on everything, and put both together.

    Args:
        progress: is told what happens.
        known: the marks of tables and configuration, where they have been computed already.

    Returns:
        the run. Equal inputs, configuration, code and library versions give an equal run.
    """
    progress("reading tables")
    mark = (known or marks(tables, config)).whole
    study = Study(assemble(tables), config, progress)
    learned = study.train(RANKER_VIEW)
    fit = study.fit(View(c.SERVING, c.SERVING))
    return TrainedRun(
        run_id=f"run_{mark[:16]}",
        fingerprint=mark,
        config=config,
        hybrid=Hybrid.of(fit.source, learned.ranker, config.hybrid.per_part),
        product_ids=tuple(study.data.catalogue.index.names),
        bucket_ids=tuple(study.data.buckets.index.names),
        summary={
            "customers": int(fit.snapshot.present.sum()),
            "products": len(study.data.catalogue),
            "purchases": len(fit.snapshot.purchases.ids),
            "validation_ndcg@10": None if np.isnan(learned.quality) else round(learned.quality, 6),
            "ranker": learned.ranker.describe(),
            "ranker_choice": learned.choice,
        },
    )
