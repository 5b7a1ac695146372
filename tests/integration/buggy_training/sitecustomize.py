"""A version of the code with a bug: where this folder is on the PYTHONPATH, a run is trained on shuffled labels.

Python imports a module of this name when it starts, and so do `glowhouse retrain` and the `dbt` that it runs. As with
any other version, the code's mark is another.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models_py import columns as c
from models_py.config import RunConfig
from models_py.evaluation.study import Progress
from models_py.fingerprint import Marks
from models_py.lifecycle import champion
from models_py.tables import Tables
from models_py.training import TrainedRun

# In a shop of 150 customers many a shuffle does no harm that anybody could prove; this one does.
SEED = 11

_marks, _train = champion.marks, champion.train


def train(tables: Tables, config: RunConfig, progress: Progress, known: Marks) -> TrainedRun:
    """Train with what each customer bought next dealt out anew among all customers."""
    # In order first: a table gives its rows in any, and the same bug must do the same harm each time.
    targets = tables.targets.sort_by([(name, "ascending") for name in (c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.PRODUCT)])
    dealt = targets[c.PRODUCT].take(np.random.default_rng(SEED).permutation(targets.num_rows))
    targets = targets.set_column(targets.schema.get_field_index(c.PRODUCT), c.PRODUCT, dealt)
    return _train(replace(tables, targets=targets), config, progress, known)


def marks(tables: Tables, config: RunConfig) -> Marks:
    """The marks of a version that is not this one."""
    return replace(_marks(tables, config), code="of a version with a bug")


champion.train, champion.marks = train, marks
