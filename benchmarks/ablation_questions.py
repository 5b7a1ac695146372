"""The questions of the ablation: everyday purchases by slice, repeat purchases, and newcomers by simulation.

At validation only those are asked about from whom no ranker learned: customers held out of its training, and customers
and products that are hidden from everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from models_py import columns as c
from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import from_lists, target_ranks
from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.data.dataset import Snapshot, Texts
from models_py.evaluation.ablation import switched_off
from models_py.evaluation.cold_start import PATHS, answers, draw_sample, hidden, newcomers
from models_py.evaluation.judging import USER_METRICS, USERS_SCHEMA, evaluated_customers
from models_py.evaluation.protocols import PUBLISHED, View
from models_py.evaluation.ranked_lists import HYBRID, hybrid_lists
from models_py.evaluation.slices import REPEAT, Slice, everybody, slices
from models_py.evaluation.study import Study
from models_py.parts.names import REPURCHASE
from models_py.ranking.hybrid import Hybrid
from models_py.ranking.lessons import held_out_customers
from models_py.ranking.metrics import customer_metrics
from models_py.tables import Tables

TRAINED_ON = View(PUBLISHED, c.VALIDATION)
SPLITS = (c.VALIDATION, c.TEST)
# Enough for NDCG@10 and for what ties with the tenth.
DEPTH = 20
# Slices by profile are small; what parts differ in is history, and how a product sells.
BY_SKIN_TYPE = "skin_type_"


@dataclass(frozen=True)
class Question:
    """Customers with targets, and what must not be recommended to them.

    Attributes:
        about: the parts that can have something to say to it. Without another one the blend is another, whose balance
            with repeat purchases, say, is chance.
        names: ids of the customers.
        slices: each is a question of its own, under its name.
    """

    about: frozenset[str]
    split: str
    names: Texts
    customers: Snapshot
    masked: Ragged
    slices: tuple[Slice, ...]

    def answer(self, model: str, hybrid: Hybrid) -> Iterator[pa.Table]:
        """What the hybrid finds: rows of `USERS_SCHEMA` whose protocol is the question's name."""
        ids, scores = hybrid_lists(hybrid, self.customers, self.masked.joined(self.customers.excluded), DEPTH)
        ranks = target_ranks(from_lists(ids, scores), self.customers.targets)
        for part in self.slices:
            found = customer_metrics(ranks[part.targets], self.customers.targets.where(part.targets))
            asked = np.flatnonzero(part.customers)
            columns = [pa.repeat(text, len(asked)) for text in (part.name, self.split)]
            columns += [pa.array(self.names[asked], pa.string()), pa.repeat(model, len(asked))]
            # The same for every hybrid: nothing else is asked of a customer here.
            columns += [pa.array(np.zeros(len(asked), np.int64))]
            columns += [pa.array(found[metric][asked]) for metric in USER_METRICS]
            yield pa.Table.from_arrays(columns, schema=USERS_SCHEMA)


@dataclass(frozen=True)
class World:
    """What is fitted, and what is asked."""

    study: Study
    questions: tuple[Question, ...]

    def without(self, part: str | None) -> pa.Table:
        """Train without a part (None: with all) and answer the questions about it, see `Question.answer`."""
        source, per_part = self.study.fit(TRAINED_ON).source, self.study.config.hybrid.per_part
        if part is None:
            model, hybrid = HYBRID, Hybrid.of(source, self.study.train(TRAINED_ON).ranker, per_part)
        else:
            deaf = switched_off(self.study, TRAINED_ON, part)
            model, hybrid = deaf.model, deaf.hybrid(source, per_part)
        asked = [question for question in self.questions if part is None or part in question.about]
        return pa.concat_tables(rows for question in asked for rows in question.answer(model, hybrid))


def everyday(tables: Tables, config: RunConfig) -> World:
    """The shop as it is: products new to the customer, by slice, and repeat purchases."""
    study = Study(assemble(tables), config, lambda _: None)
    fitted_on, names = study.fit(TRAINED_ON).snapshot, study.data.customers.names
    questions = []
    for split in SPLITS:
        seen = study.data.snapshot(PUBLISHED, split)
        rows = evaluated_customers(seen, config.evaluation)
        if split == c.VALIDATION:
            rows = np.intersect1d(rows, held_out_customers(seen, config.hybrid.lambdamart))
        new = seen.rows(rows)
        by_slice = _asked(slices(new, fitted_on, len(study.data.catalogue)))
        questions.append(Question(frozenset(config.hybrid.parts), split, names[rows], new, new.purchases, by_slice))
        rows = evaluated_customers(replace(seen, targets=seen.repeat_targets), config.evaluation)
        again = replace(seen, targets=seen.repeat_targets).rows(rows)
        nothing, all_of_them = Ragged.empty(len(rows)), _asked([everybody(again, REPEAT)])
        questions.append(Question(frozenset({REPURCHASE}), split, names[rows], again, nothing, all_of_them))
    return World(study, tuple(questions))


def with_newcomers(tables: Tables, config: RunConfig) -> World:
    """The shop without what it knows of some customers and products, which are then asked about."""
    full = assemble(tables)
    sample = draw_sample(full, config.evaluation)
    study = Study(assemble(hidden(tables, full, sample)), config, lambda _: None)
    data = answers(study.data, tables)
    questions = [
        Question(
            frozenset(PATHS[name]),
            split,
            data.customers.names[rows],
            customers,
            customers.purchases,
            _asked([everybody(customers, name)]),
        )
        for split in SPLITS
        for name, rows, customers in newcomers(data, sample, split)
    ]
    return World(study, tuple(questions))


def _asked(parts: Iterable[Slice]) -> tuple[Slice, ...]:
    return tuple(part for part in parts if part.customers.any() and not part.name.startswith(BY_SKIN_TYPE))
