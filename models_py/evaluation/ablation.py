"""Ablation: the hybrid with one part switched off, its ranker trained again without it.

Two-step parts keep building on content and item-to-item where these are switched off: what is measured is the part's
own voice among the candidates and in the ranking.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from models_py.evaluation.protocols import View
from models_py.evaluation.study import Study
from models_py.ranking.features import FeatureSource
from models_py.ranking.hybrid import Hybrid, Ranker

PREFIX = "hybrid_without_"


@dataclass(frozen=True)
class Ablated:
    """A ranker that never heard a part."""

    part: str
    ranker: Ranker

    @property
    def model(self) -> str:
        """The name in the evaluation."""
        return f"{PREFIX}{self.part}"

    def hybrid(self, source: FeatureSource, per_part: int) -> Hybrid:
        """The ranker on the other parts of `source`."""
        return Hybrid.of(without(source, self.part), self.ranker, per_part)


def ablate(study: Study, view: View) -> Iterator[Ablated]:
    """Train a ranker without each of the parts in turn."""
    parts = sorted(study.fit(view).source.parts)
    # A hybrid of one part has nothing left without it.
    for part in parts if len(parts) > 1 else ():
        study.progress(f"{view.protocol}: switching off {part}")
        yield switched_off(study, view, part)


def switched_off(study: Study, view: View, part: str) -> Ablated:
    """Train a ranker without one part."""
    return Ablated(part, study.train(view, partial(without, part=part)).ranker)


def without(source: FeatureSource, part: str) -> FeatureSource:
    """The source, deaf to one part."""
    return replace(source, parts={name: fitted for name, fitted in source.parts.items() if name != part})


def has_ablation(results: pa.Table) -> bool:
    """Whether an evaluation's rows hold a hybrid without one of its parts."""
    return bool(pc.any(pc.starts_with(results["model"], PREFIX)).as_py())
