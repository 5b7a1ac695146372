"""A run on a later day than its training: what it learned stays, what it describes is of today.

Learned from customers, and kept until a run is trained anew: who buys what after what and beside what (`item_to_item`,
`sparse_linear`, `user_knn`), the averages of buckets, the ranker. Of today, on any day:
histories, profiles, exclusions, repurchases, stock (they are asked, not fitted), concerns, and what this module renews:

- `content`, which knows the catalogue and no customer, so that products are reached as they are made today, those that
  came after the training too;
- `companions_of_similar`, the companions of products alike in content: the way from a new product in a history to
  products that the run knows;
- the dates of sales, from which the learned ranker counts how a product sold lately.

So a product that came after the training is proposed by content, concerns and interest, by the exploration slot, and
where lists must be filled; by what others bought only after the next training.
"""

from dataclasses import replace

import numpy as np

from models_py import columns as c
from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.parts import content_based, two_step
from models_py.parts.names import COMPANIONS_OF_SIMILAR, CONTENT, ITEM_TO_ITEM
from models_py.parts.part import NeighbourPart
from models_py.ranking import product_sales
from models_py.ranking.features import FeatureSource
from models_py.ranking.hybrid import Hybrid
from models_py.tables import Tables
from models_py.training import TrainedRun


def brought_up_to_date(run: TrainedRun, tables: Tables, config: RunConfig) -> TrainedRun:
    """The run for today's catalogue, sales and rules. On the day of its training it is the run itself.

    Args:
        tables: with the rows of (serving, serving).
        config: what acts after the model (`recommend`, `rules`) is taken from here, since no training depends on it.
    """
    data = assemble(tables, known_products=run.product_ids)
    settings, parts = run.config.hybrid, dict(run.hybrid.parts)
    content = content_based.fit(data.catalogue, settings.content)
    companions = parts.get(ITEM_TO_ITEM)
    if COMPANIONS_OF_SIMILAR in parts and isinstance(companions, NeighbourPart):
        known = companions.among(np.ones(len(data.catalogue), np.bool_))
        parts[COMPANIONS_OF_SIMILAR] = two_step.fit(content, known, settings.companions_of_similar)
    if CONTENT in parts:
        parts[CONTENT] = content
    sales = product_sales.fit(data.snapshot(c.SERVING, c.SERVING), len(data.catalogue))
    source = FeatureSource(parts, sales, data.catalogue.terms, data.buckets.root)
    return replace(
        run,
        config=replace(run.config, recommend=config.recommend, rules=config.rules),
        hybrid=Hybrid.of(source, run.hybrid.ranker, run.hybrid.per_part),
        product_ids=tuple(data.catalogue.index.names),
    )
