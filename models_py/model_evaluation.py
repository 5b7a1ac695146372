"""The façade of the evaluation: every model under every protocol, with a row for each result and each customer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from models_py import columns as c
from models_py.ablation import Ablated, ablate
from models_py.assemble import assemble
from models_py.cold_start import simulate_cold_start
from models_py.dataset import Snapshot
from models_py.evaluation import Evaluation, Lists, evaluable_share, evaluated_customers, judge, judge_slices
from models_py.hybrid import Hybrid, Ranker
from models_py.lessons import held_out_customers
from models_py.parts import REPURCHASE
from models_py.protocols import PUBLISHED, Question, View, questions, training_view
from models_py.ragged import Ragged
from models_py.rules.lists import recommended_lists
from models_py.rules.tables import RuleTables
from models_py.serving import bought_and_not_due
from models_py.slices import REPEAT, everybody, slices
from models_py.study import HYBRID, RECOMMENDED, Positions, Progress, Study, hybrid_lists, part_lists
from models_py.tables import Tables
from models_py.training import RANKER_VIEW, TrainedRun

# Switching parts off trains a ranker for each: under the protocol that the run's own ranker learned from.
ABLATED = PUBLISHED


def evaluate(
    tables: Tables,
    run: TrainedRun,
    progress: Progress = lambda _: None,
    with_ablation: bool = False,
    rules: RuleTables | None = None,
) -> Evaluation:
    """Evaluate hybrid, parts and baselines, configured as in `run`, under every protocol that the tables hold.

    Parts are fitted anew on what each protocol may see. The ranker of the run, trained on published/validation, serves
    wherever that view is what a protocol trains on; the others train their own.

    Args:
        with_ablation: also evaluate the hybrid without each of its parts; trains as many rankers.
        rules: also evaluate what customers would have been shown, the hybrid after the rules.
    """
    study = Study(assemble(tables, known_products=run.product_ids), run.config, progress, rules)
    protocols = sorted({protocol for protocol, _ in tables.snapshots()} - {c.SERVING})
    answers = [
        answer
        for protocol in protocols
        for answer in _protocol(study, run, protocol, protocols, with_ablation and protocol == ABLATED)
    ]
    return Evaluation.joined([*answers, simulate_cold_start(tables, run.config, progress)])


def _protocol(
    study: Study, run: TrainedRun, protocol: str, protocols: Collection[str], with_ablation: bool
) -> Iterator[Evaluation]:
    view = training_view(protocol, protocols)
    ranker = run.hybrid.ranker if view == RANKER_VIEW else study.train(view).ranker
    ablated = tuple(ablate(study, view)) if with_ablation else ()
    for question in questions(protocol, protocols):
        yield answer(study, question, ranker, ablated)


def answer(study: Study, question: Question, ranker: Ranker, ablated: Sequence[Ablated] = ()) -> Evaluation:
    """Judge every model on one (protocol, split)."""
    hybrid = Hybrid.of(study.fit(question.fitted_on).source, ranker, study.config.hybrid.per_part)
    study.progress(f"{question.asked.protocol}: evaluating {question.asked.split}")
    of_new_products = _discovery(study, question, hybrid, ablated)
    if question.asked.split == c.VALIDATION:
        return of_new_products
    return Evaluation.joined([of_new_products, _repeats(study, question, hybrid, ablated)])


def _discovery(study: Study, question: Question, hybrid: Hybrid, ablated: Sequence[Ablated]) -> Evaluation:
    """Judge every model on products that the customers had not bought before.

    At validation only what is tuned is judged, on customers whom the ranker's training held out; what a part is worth
    by itself is a finding, and findings are of test.
    """
    config, fit, view = study.config, study.fit(question.fitted_on), question.asked
    asked = study.data.snapshot(view.protocol, view.split)
    rows = evaluated_customers(asked, config.evaluation)
    if view.split == c.VALIDATION:
        rows = np.intersect1d(rows, held_out_customers(asked, config.hybrid.lambdamart))
    customers = asked.rows(rows)
    held = study.held(view, fit, rows, customers, slices(customers, fit.snapshot, len(study.data.catalogue)))
    lists = _lists(study, question, hybrid, customers, customers.purchases)
    if view.split == c.TEST:
        forbidden = customers.purchases.joined(customers.excluded)
        lists |= part_lists(hybrid, customers, forbidden, config.evaluation.depth, frozenset(lists))
        lists |= _ablated_lists(ablated, hybrid, customers, forbidden, config.evaluation.depth)
        lists |= _shown_lists(study, hybrid, view, rows, customers, customers.purchases)
    judged = (judge(model, ranked, held, config.evaluation) for model, ranked in lists.items())
    return Evaluation.joined([Evaluation.of(evaluable_share(view.protocol, view.split, asked)), *judged])


def _repeats(study: Study, question: Question, hybrid: Hybrid, ablated: Sequence[Ablated]) -> Evaluation:
    """Judge on products that the customers had bought before, which for once are not masked.

    What is shown in the shop hides them until they are due, and does so here.
    """
    config, fit, view = study.config.evaluation, study.fit(question.fitted_on), question.asked
    asked = study.data.snapshot(view.protocol, view.split)
    asked = replace(asked, targets=asked.repeat_targets)
    rows = evaluated_customers(asked, config)
    customers = asked.rows(rows)
    held = study.held(view, fit, rows, customers, [everybody(customers, REPEAT)])
    lists = _lists(study, question, hybrid, customers, Ragged.empty(len(rows)))
    if due := hybrid.parts.get(REPURCHASE):
        lists[REPURCHASE] = due.propose(customers, customers.excluded, config.depth)
    lists |= _ablated_lists(ablated, hybrid, customers, customers.excluded, config.depth)
    not_due = bought_and_not_due(hybrid, customers, study.config.recommend.due_products)
    lists |= _shown_lists(study, hybrid, view, rows, customers, not_due)
    tables = [judge_slices(model, ranked, held, config) for model, ranked in lists.items()]
    return Evaluation.of(pa.concat_tables(tables))


def _lists(study: Study, question: Question, hybrid: Hybrid, customers: Snapshot, masked: Ragged) -> dict[str, Lists]:
    """What the hybrid and the baselines recommend. Baselines know of no exclusions, like a shop without them."""
    depth = study.config.evaluation.depth
    lists = {HYBRID: hybrid_lists(hybrid, customers, masked.joined(customers.excluded), depth)}
    for name, baseline in study.baselines(question.fitted_on).items():
        lists[name] = baseline.propose(customers, masked, depth)
    return lists


def _ablated_lists(
    ablated: Sequence[Ablated], hybrid: Hybrid, customers: Snapshot, forbidden: Ragged, depth: int
) -> dict[str, Lists]:
    return {
        other.model: hybrid_lists(other.hybrid(hybrid.source, hybrid.per_part), customers, forbidden, depth)
        for other in ablated
    }


def _shown_lists(
    study: Study, hybrid: Hybrid, view: View, rows: Positions, customers: Snapshot, masked: Ragged
) -> dict[str, Lists]:
    """The hybrid after the rules, as customers would have been shown it."""
    book, config = study.book(view, rows), study.config
    if book is None:
        return {}
    count, depth = config.recommend.count, config.evaluation.depth
    return {RECOMMENDED: recommended_lists(hybrid, customers, book, masked, config.rules, count, depth)}
