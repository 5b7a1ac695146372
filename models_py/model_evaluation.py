"""The façade of the evaluation: every model under every protocol, with a row for each result and each customer."""

from collections.abc import Collection, Mapping

import numpy as np

from models_py import bootstrap
from models_py import columns as c
from models_py.assemble import assemble
from models_py.evaluation import (
    USERS_SCHEMA,
    Evaluation,
    Held,
    Lists,
    evaluable_share,
    evaluated_customers,
    judge,
    target_digests,
)
from models_py.hybrid import Hybrid, Ranker
from models_py.part import Part
from models_py.protocols import Question, questions, training_view
from models_py.slices import slices
from models_py.study import HYBRID, Progress, Study, held_out_customers, hybrid_lists, part_lists
from models_py.tables import Tables
from models_py.training import RANKER_VIEW, TrainedRun


def evaluate(tables: Tables, run: TrainedRun, progress: Progress = lambda _: None) -> Evaluation:
    """Evaluate hybrid, parts and baselines, configured as in `run`, under every protocol that the tables hold.

    Parts are fitted anew on what each protocol may see. The ranker of the run, trained on published/validation, serves
    wherever that view is what a protocol trains on; the others train their own.
    """
    study = Study(assemble(tables, known_products=run.product_ids), run.config, progress)
    protocols = {protocol for protocol, _ in tables.snapshots()} - {c.SERVING}
    return Evaluation.joined(
        answer for protocol in sorted(protocols) for answer in _protocol(study, run, protocol, protocols)
    )


def _protocol(study: Study, run: TrainedRun, protocol: str, protocols: Collection[str]) -> list[Evaluation]:
    view = training_view(protocol, protocols)
    ranker = run.hybrid.ranker if view == RANKER_VIEW else study.train(view).ranker
    return [answer(study, question, ranker) for question in questions(protocol, protocols)]


def answer(study: Study, question: Question, ranker: Ranker) -> Evaluation:
    """Judge every model on one (protocol, split)."""
    fit = study.fit(question.fitted_on)
    protocol, split = question.asked.protocol, question.asked.split
    study.progress(f"{protocol}: evaluating {split}")
    config, products = study.config.evaluation, len(study.data.catalogue)
    everybody = study.data.snapshot(protocol, split)
    rows = evaluated_customers(everybody, config)
    if split == c.VALIDATION:
        rows = np.intersect1d(rows, held_out_customers(everybody, study.config))
    customers = everybody.rows(rows)
    counts = np.bincount(fit.snapshot.purchases.ids, minlength=products).astype(np.float64)
    held = Held(
        protocol=protocol,
        split=split,
        names=study.data.customers.names[rows],
        customers=customers,
        slices=tuple(slices(customers, fit.snapshot, products)),
        popularity=counts / max(counts.sum(), 1.0),
        vectors=study.vectors,
        held_out=target_digests(customers.targets, study.data.catalogue.index.names),
        drawn=bootstrap.draw(len(rows), config.resamples, config.seed),
    )
    baselines = study.baselines(question.fitted_on)
    lists = _lists(baselines, held, config.depth, Hybrid.of(fit.source, ranker, study.config.hybrid.per_part))
    share = Evaluation(evaluable_share(protocol, split, everybody), USERS_SCHEMA.empty_table())
    return Evaluation.joined([share, *(judge(model, ranked, held, config) for model, ranked in lists.items())])


def _lists(baselines: Mapping[str, Part], held: Held, depth: int, hybrid: Hybrid) -> dict[str, Lists]:
    """The ranked lists of every model. Baselines know nothing of exclusions, as a shop without them would."""
    customers = held.customers
    forbidden = customers.purchases.joined(customers.excluded)
    lists = {HYBRID: hybrid_lists(hybrid, customers, forbidden, depth)}
    lists |= {name: baseline.propose(customers, customers.purchases, depth) for name, baseline in baselines.items()}
    if held.split == c.TEST:
        # Validation compares what is tuned; what a part is worth by itself is a finding, and findings are of test.
        lists |= part_lists(hybrid, customers, forbidden, depth, frozenset(baselines))
    return lists
